"""sweep: a map of two settings, a small picture and a verdict in each square; it fills while you look."""

import streamlit as st

from pages.parts import navigation
from pages.parts.shared import pace, theme
from pages.parts.sweep import choice, shown

navigation.require()
st.html(theme.ASSETS / "sweep.css")
choice.open_page()
with st.container(key="setup"):
    choice.draw()
    choice.shared()


@st.fragment(run_every=shown.interval())
@pace.measured
def view(polled: float | None) -> None:
    """The map and how far it is; drawn again by itself while it fills."""
    made = shown.found()
    shown.buttons(made)
    shown.squares(made)
    if pace.outdated(polled, shown.interval()):
        st.rerun()


view(shown.interval())
choice.LINK.put(choice.now())
