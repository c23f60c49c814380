"""train: choose settings, press Start, watch a GAN learn, change something and see what it does."""

import streamlit as st

from gan_core.runs import registry
from pages.parts import address, controls, frame, link_problems, live, session

frame.require()
registry().warm()
address.open_page()
session.attach()
if st.session_state.pop("autostart", False) and session.snapshot() is None:
    session.begin(go=True)

with st.sidebar:
    controls.draw(changed=session.adopt)
link_problems.show()


@st.fragment(run_every=live.interval(session.snapshot()))
def view(polled: float | None) -> None:
    """The whole live part; drawn again by itself while the run moves."""
    run = session.snapshot()
    where, what = st.columns([0.4, 0.6], vertical_alignment="center")
    with where:
        live.progress(run)
    with what:
        live.buttons(run)
    said = st.container()
    seen = st.container()
    frame = live.scrubber(run)
    with said:
        live.diagnosis(run, frame)
    with seen:
        live.grids(run, frame)
        live.measurements(run, frame)
    if live.interval(run) != polled or st.session_state.pop("redraw", False):
        st.rerun()


view(live.interval(session.snapshot()))
address.write(st.session_state.get("run"))
