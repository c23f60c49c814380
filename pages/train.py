"""train: choose settings, press Start, watch a GAN learn, change something and see what it does."""

import streamlit as st

from gan_core.live.registry import registry
from pages.parts import navigation
from pages.parts.classroom import student, teacher
from pages.parts.shared import (
    comparison_state,
    controls,
    diagnosis_line,
    figure,
    link_problems,
    pace,
    page_settings,
    state,
    tab_runs,
    watching,
)
from pages.parts.shared.fragment import fragment
from pages.parts.sweep import choice
from pages.parts.train import code, go_on, live_view, look_back

navigation.require()
registry().warm()
if student.asked():
    student.page()
    st.stop()
came = page_settings.open_page()
tab_runs.attach()
if came and not page_settings.problems():
    tab_runs.adopt()  # somebody went back to earlier settings, or followed a link with others
if state.AUTOSTART.take() and tab_runs.snapshot() is None:
    tab_runs.begin(go=True)

with st.sidebar:
    controls.draw(changed=tab_runs.adopt, locked=watching.read_only(tab_runs.snapshot()))
    if page_settings.changed() and not tab_runs.watched(tab_runs.snapshot()):
        go_on.defaults("all_defaults", "stretch")
    comparison_state.button(page_settings.experiment())
    choice.way_here(page_settings.experiment())
    teacher.button()
comparison_state.go_where_asked()
link_problems.show()
if teacher.opened():
    teacher.page()
    page_settings.write(state.RUN.get())
    st.stop()


@fragment(run_every=live_view.interval_with_rest(tab_runs.snapshot()))
@pace.measured
def view(polled: float | None) -> None:
    """The whole live part; drawn again by itself while a run moves."""
    page_settings.write_begun(state.RUN.get())
    run = tab_runs.snapshot()
    watching.follow(run)
    where, what = st.columns([0.4, 0.6], vertical_alignment="center")
    with where:
        live_view.progress(run, page_settings.experiment().steps)
    with what:
        live_view.buttons(run)
    said, seen = st.container(), st.container()
    shown = look_back.scrubber(run)
    with said:
        diagnosis_line.show(run, shown, page_settings.experiment())
    with seen:
        live_view.actors(run, shown)
        with figure.light(live_view.moves(run)):
            live_view.measurements(run, shown)
    comparison_state.go_where_asked()
    if state.REDRAW.take():
        st.rerun()
    pace.follow(polled, live_view.interval_with_rest(run))


view(live_view.interval_with_rest(tab_runs.snapshot()))
controls.rates(controls.RATES, changed=tab_runs.adopt, locked=watching.read_only(tab_runs.snapshot()))
code.show(page_settings.experiment())
page_settings.write(state.RUN.get())
