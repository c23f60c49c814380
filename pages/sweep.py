"""sweep: a map of two settings, a small picture and a verdict in each square; it fills while you look."""

import streamlit as st

from pages.parts import navigation
from pages.parts.shared import pace, theme
from pages.parts.shared.fragment import fragment
from pages.parts.sweep import choice, shown

navigation.require()
st.html(theme.ASSETS / "sweep.css")
choice.open_page()


@fragment(run_every=shown.interval())
@pace.measured
def view(polled: float | None) -> None:
    """The map and how far it is; drawn again by itself while it fills."""
    made = shown.found()
    shown.buttons(made)
    shown.squares(made)
    pace.follow(polled, shown.interval())


if shown.narrow():
    left, right = st.columns([0.58, 0.42], gap="medium")
    with left:
        view(shown.interval())
    with right, st.container(key="setup-beside"):
        choice.draw(beside=True)
        choice.shared(beside=True)
else:
    with st.container(key="setup-above"):
        choice.draw(beside=False)
        choice.shared(beside=False)
    view(shown.interval())
choice.LINK.put(choice.now())
