"""home: a finished run is already on screen; one click trains one live."""

import json

import streamlit as st

from gan_core.diagnosis.failures import CARDS
from gan_core.live.registry import registry
from pages.parts import navigation
from pages.parts.classroom import join, offered
from pages.parts.failures import cards
from pages.parts.shared import pictures, state, theme

navigation.require()
registry().warm()
join.arrive()
FOLDER = theme.ASSETS / "home"
run = json.loads((FOLDER / "run.json").read_text())
width, height = run["width"], run["height"]

with st.container(key="home"):
    offered.show()
    words, action = st.columns([0.68, 0.32], vertical_alignment="center")
    with words:
        st.markdown("## Watch a GAN learn. Then break it.")
        st.markdown(
            "Two networks play against each other: the **generator** turns noise into images, the "
            "**discriminator** tells them from real ones. Change one setting and see what it does."
        )
    with action:
        if st.button("Train one live", key="train_live", type="primary", icon=":material/play_arrow:", width="stretch"):
            state.AUTOSTART.set(True)
            st.switch_page("pages/train.py")
        label = "Continue the course" if state.COURSE_PLACE.present else "Start the course: 8 × 5 minutes"
        if st.button(label, key="start_course", icon=":material/menu_book:", width="stretch"):
            st.switch_page("pages/course.py")
        join.box()

    left, right = st.columns(2)
    last = run["steps"][-1]
    with left:
        heading = pictures.titled("Real images", run["data"], theme.REAL)
        pictures.grid(heading, (FOLDER / "real.png").read_bytes(), width, height, "Real images: drawn digits")
    with right:
        heading = pictures.titled(
            "Generated images",
            f"after {last} steps, {run['seconds']:.0f} s on one core",
            theme.GENERATED,
            square=True,
        )
        picture = (FOLDER / f"step-{last}.png").read_bytes()
        pictures.grid(heading, picture, width, height, "Generated images that look like drawn digits")

    st.markdown("**How it got there:** the same noise at four moments of one run, seed 0, default settings.")
    for column, step in zip(st.columns(4), run["steps"], strict=True):
        with column:
            heading = pictures.titled(f"Step {step}", run["captions"][str(step)], theme.GENERATED, square=True)
            picture = (FOLDER / f"step-{step}.png").read_bytes()
            pictures.grid(heading, picture, width, height, f"Generated images at step {step}")

    st.markdown("## Now break it")
    cards.show([failure.recipe for failure in CARDS])
    cards.go_where_opened()
