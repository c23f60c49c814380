"""train: choose settings, press Start, watch a GAN learn, change something and see what it does."""

import streamlit as st

from gan_core.runs import registry
from pages.parts import address, controls, diagnosis, frame, link_problems, live, session, student, teacher, versus

frame.require()
registry().warm()
if student.asked():
    student.page()
    st.stop()
address.open_page()
session.attach()
if st.session_state.pop("autostart", False) and session.snapshot() is None:
    session.begin(go=True)

with st.sidebar:
    controls.draw(changed=session.adopt)
    teacher.button()
link_problems.show()
if teacher.opened():
    teacher.page()
    address.write(st.session_state.get("run"))
    st.stop()


@st.fragment(run_every=versus.interval(session.snapshot(), session.beside()))
def view(polled: float | None) -> None:
    """The whole live part; drawn again by itself while a run moves."""
    run, second = session.snapshot(), session.beside()
    where, what = st.columns([0.4, 0.6], vertical_alignment="center")
    with where:
        live.progress(run, address.experiment().steps)
    with what:
        live.buttons(run)
    if run and second:
        versus.beside(run, second)
    else:
        said, seen = st.container(), st.container()
        shown = live.scrubber(run)
        with said:
            diagnosis.show(run, shown, address.experiment())
        with seen:
            live.grids(run, shown)
            live.measurements(run, shown)
    # Only when the looking has to begin or end: a full run of the script draws every control again.
    if (versus.interval(run, second) is None) != (polled is None) or st.session_state.pop("redraw", False):
        st.rerun()


view(versus.interval(session.snapshot(), session.beside()))
address.write(st.session_state.get("run"))
