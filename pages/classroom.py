"""classroom: the teacher's lessons and the class's runs: what Home offers, the projector, who trains what."""

import streamlit as st

from pages.parts import navigation
from pages.parts.classroom import lessons, wall
from pages.parts.shared import access, diagnosis_line, state, theme
from pages.parts.shared.fragment import fragment

navigation.require()
if state.TO_TRAIN.take():
    st.switch_page("pages/train.py")
st.html(theme.ASSETS / "runs.css")
st.markdown("## The class")
if access.teacher():
    lessons.show()
    fragment(run_every=wall.LOOK_EVERY_S)(wall.show)()
else:
    diagnosis_line.say(
        diagnosis_line.WAITING,
        "This page is the teacher's: open the link with the key that the server printed when it was started.",
    )
