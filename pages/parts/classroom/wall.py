"""All live runs of a class as small pictures, with their state and what is found, and what a teacher may do."""

from __future__ import annotations

import base64
from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from gan_core.diagnosis.verdict import verdict
from gan_core.live.registry import RunError, registry
from gan_core.live.run import ACTIVE, Snapshot
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.settings.fields import SETTINGS
from gan_core.sweep import server_sweeps
from pages.parts.shared import diagnosis_line, html, state, tab_runs
from pages.parts.train.live_view import STATE_WORDS

LOOK_EVERY_S = 2.0
ACROSS = 4
ROWS_SHOWN = 3  # rows of small images of each run


def show() -> None:
    """The buttons for all, and a card for each."""
    runs = registry().everything()
    _buttons(runs)
    _maps()
    if not runs:
        st.markdown("Nobody is training yet.")
    for start in range(0, len(runs), ACROSS):
        for column, run in zip(st.columns(ACROSS), runs[start : start + ACROSS], strict=False):
            with column, st.container(border=True, key=f"wall-{run.run_id}"):
                _card(run)
    if state.TO_TRAIN.get():
        st.rerun()


def _buttons(runs: list[Snapshot]) -> None:
    active = [run.run_id for run in runs if run.state in ACTIVE]
    paused = [run.run_id for run in runs if run.state == "paused"]
    held = [run_id for run_id in state.HELD.get() if run_id in paused]
    alive = active + paused + [run.run_id for run in runs if run.state in ("finished", "broken")]
    with st.container(horizontal=True, gap="small", key="for_all", vertical_alignment="center"):
        st.button(
            "Pause all", key="pause_all", icon=":material/pause:", on_click=_pause, args=(active,), disabled=not active
        )
        st.button(
            "Resume all", key="resume_all", icon=":material/play_arrow:", on_click=_resume, args=(held or paused,),
            disabled=not paused, help="Resumes the runs that you paused together, or else all paused runs.",
        )  # fmt: skip
        st.button(
            "End all", key="end_all", icon=":material/stop:", on_click=_all, args=(alive, registry().stop),
            disabled=not alive, help="Frees the machine. Each can go on from its last checkpoint.",
        )  # fmt: skip
        st.html(Markup('<div class="budget">{} live, {} training or waiting</div>').format(len(runs), len(active)))


def _maps() -> None:
    """The maps that go on, each with a button that stops it."""
    for number, (owner, sweep) in enumerate(server_sweeps.of_people().items()):
        settings = " × ".join(SETTINGS[name].label for name in sweep.plan.vary)
        words, button = st.columns([0.8, 0.2], vertical_alignment="center")
        words.html(
            Markup('<div class="small-print">A map of {}: {} of {} runs are there, {} train</div>').format(
                settings, sweep.done, sweep.total, sweep.training
            )
        )
        button.button(
            "Stop the map", key=f"stop-map-{number}", icon=":material/stop:", on_click=server_sweeps.sweeps().stop,
            args=(owner,), width="stretch", help="What was finished is kept, and Start continues with the rest.",
        )  # fmt: skip


def _card(run: Snapshot) -> None:
    frame = run.frame
    if frame is None:
        st.html('<div class="kept-picture none">No picture yet</div>')
    else:
        size = run.opening.tile if run.opening else run.experiment.image_size
        st.html(
            html.render(
                "runs/picture", source=base64.b64encode(frame.fake_png).decode(), name=f"a run at step {frame.step}",
                width=COLUMNS * size, height=ROWS_SHOWN * size, whole=ROWS * size,
            )
        )  # fmt: skip
    of = verdict(run.experiment, run.rows, run.changes)
    diagnosis_line.say(diagnosis_line.COLOURS[of.mark], of.short if run.rows else "Not started")
    words, button = st.columns([0.62, 0.38], vertical_alignment="center")
    words.html(Markup('<div class="small-print">{}, step {}</div>').format(STATE_WORDS[run.state], run.step))
    button.button("Open", key=f"open-{run.run_id}", on_click=_open, args=(run,), width="stretch")


def _open(run: Snapshot) -> None:
    tab_runs.look_at(run)
    state.TO_TRAIN.set(True)


def _pause(run_ids: list[str]) -> None:
    state.HELD.set(run_ids)
    _all(run_ids, registry().pause)


def _resume(run_ids: list[str]) -> None:
    state.HELD.set([])
    _all(run_ids, registry().go)


def _all(run_ids: list[str], what: Callable[[str], None]) -> None:
    for run_id in run_ids:
        try:
            what(run_id)
        except RunError:
            continue  # it has ended meanwhile
