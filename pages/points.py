"""points: a GAN on points of a plane, where all of it can be seen: D's answers, gradients, the folded noise."""

import streamlit as st

from gan_core.live.registry import registry
from pages.parts import navigation
from pages.parts.points import dirac, failures, view
from pages.parts.shared import (
    comparison_state,
    controls,
    diagnosis_line,
    figure,
    link_problems,
    network,
    pace,
    page_settings,
    state,
    tab_runs,
    watching,
)
from pages.parts.shared.fragment import fragment
from pages.parts.sweep import choice
from pages.parts.train import live_view, save

navigation.require()
registry().warm()
came = page_settings.open_page()
view.only_points(asked=came is not None)
tab_runs.attach()
view.only_points(asked=True)
if came and not page_settings.problems():
    tab_runs.adopt()

with st.sidebar:
    locked = watching.read_only(tab_runs.snapshot())
    failures.draw()
    controls.draw(changed=tab_runs.adopt, locked=locked, first=view.FIRST)
    comparison_state.button(page_settings.experiment())
    choice.way_here(page_settings.experiment())
comparison_state.go_where_asked()
link_problems.show()


@fragment(run_every=live_view.interval_with_rest(tab_runs.snapshot()))
@pace.measured
def plane(polled: float | None) -> None:
    """The whole live part; drawn again by itself while a run moves."""
    page_settings.write_begun(state.RUN.get())
    run = tab_runs.snapshot()
    watching.follow(run)
    e = run.experiment if run else page_settings.experiment()
    real, frames, rows, changes = view.shown_frames(run)
    where, what = st.columns([0.4, 0.6], vertical_alignment="center")
    with where:
        live_view.progress(run, e.steps)
    with what:
        live_view.buttons(run)
    said, networks = st.container(), st.container(key="points-networks")
    left, right = st.columns([0.46, 0.54])
    with right:
        view.headline(run, e)
        look_back, saving = st.columns([0.79, 0.21], vertical_alignment="center")
        with look_back:
            shown = view.scrubber(run, frames)
        with saving:
            if run and run.frame:
                save.popover(run)
        frame = shown[-1] if shown else None
        with figure.light(live_view.moves(run) if run else not rows):
            view.measured(run, e, rows, frame, changes)
    with left:
        if e.dataset == "dirac":
            dirac.phase(e, [row for row in rows if frame and row.step <= frame.step])
        else:
            view.draw_plane(run, real, shown, live_view.interval(run))
    with networks:
        network.show(e, frame, live_view.acts(run))
    with said:
        if run is None and rows:
            diagnosis_line.tell(e, rows)  # of the kept run
        else:
            diagnosis_line.show(run, frame, e)
    comparison_state.go_where_asked()
    if state.REDRAW.take():
        st.rerun()
    pace.follow(polled, live_view.interval_with_rest(run))


plane(live_view.interval_with_rest(tab_runs.snapshot()))
if page_settings.experiment().dataset == "dirac":
    dirac.table(page_settings.experiment())
page_settings.write(state.RUN.get())
