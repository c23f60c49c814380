"""train: choose settings, press Start, watch a GAN learn, change something and see what it does."""

import streamlit as st

from gan_core.runs import registry
from pages.parts import (
    address,
    code,
    compared,
    controls,
    diagnosis,
    frame,
    link_problems,
    live,
    session,
    student,
    teacher,
)

frame.require()
registry().warm()
if student.asked():
    student.page()
    st.stop()
came = address.open_page()
session.attach()
if came and not address.problems():
    session.adopt()  # somebody went back to earlier settings, or followed a link with others
if st.session_state.pop("autostart", False) and session.snapshot() is None:
    session.begin(go=True)

with st.sidebar:
    controls.draw(changed=session.adopt)
    compared.button(address.experiment())
    teacher.button()
compared.go_where_asked()
link_problems.show()
if teacher.opened():
    teacher.page()
    address.write(st.session_state.get("run"))
    st.stop()


@st.fragment(run_every=live.interval(session.snapshot()))
def view(polled: float | None) -> None:
    """The whole live part; drawn again by itself while a run moves."""
    run = session.snapshot()
    where, what = st.columns([0.4, 0.6], vertical_alignment="center")
    with where:
        live.progress(run, address.experiment().steps)
    with what:
        live.buttons(run)
    said, seen = st.container(), st.container()
    shown = live.scrubber(run)
    with said:
        diagnosis.show(run, shown, address.experiment())
    with seen:
        live.grids(run, shown)
        live.measurements(run, shown)
    compared.go_where_asked()
    # Only when the looking has to begin or end: a full run of the script draws every control again.
    if (live.interval(run) is None) != (polled is None) or st.session_state.pop("redraw", False):
        st.rerun()


view(live.interval(session.snapshot()))
code.show(address.experiment())
address.write(st.session_state.get("run"))
