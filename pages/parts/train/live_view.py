"""The live view of one run: progress, buttons, pictures and charts."""

from __future__ import annotations

import time
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st

from gan_core.diagnosis.measurements import caption
from gan_core.diagnosis.row import Row
from gan_core.live.registry import registry
from gan_core.live.run import ACTIVE, Snapshot
from gan_core.messages.frame import Frame
from gan_core.outputs.plane_picture import SIZE
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.settings.players import Players
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import (
    access,
    charts,
    network,
    pace,
    page_settings,
    pictures,
    plain_text,
    playback,
    state,
    tab_runs,
    theme,
    watching,
)
from pages.parts.shared.charts import numbers
from pages.parts.train import go_on, save_run

CHART_EVERY_LOOKS = 2
PLANE = "Behind the points is D's answer: green for real, pink for generated. Orange: where each point is to move."
STATE_WORDS = {
    "starting": "starting",
    "waiting": "waiting for its turn",
    "running": "training",
    "paused": "paused",
    "finished": "finished",
    "broken": "stopped: a number became infinite or NaN",
    "crashed": "its process ended",
    "refused": "could not start",
    "stopped": "ended",
}


class ChartRows(NamedTuple):
    """The rows that the charts show."""

    run_id: str
    drawn_at: float  # by time.monotonic
    rows: list[Row]


def interval(run: Snapshot | None) -> float | None:
    """Seconds between two looks at the run, see pace; None, so no polling, where nothing moves."""
    if playing := playback.interval():
        return playing
    if run is None:
        return None
    if not (run.state in ACTIVE or tab_runs.awaiting(run) or save_run.pending(run)):
        return watching.LOOK_EVERY_S if tab_runs.watched(run) and run.state == "paused" else None
    return pace.interval()


def moves(run: Snapshot | None) -> bool:
    """Whether the charts of the run change by themselves; those of one that is yet to start will."""
    return run is None or run.state in ACTIVE or playback.interval() is not None


def interval_with_rest(run: Snapshot | None) -> float | None:
    """The same, and now and then where a run is paused: it may be put aside for others who wait."""
    return interval(run) or (pace.SLOWEST_S if run and run.state == "paused" else None)


def progress(run: Snapshot | None, steps: int, key: str = "progress") -> None:
    """The line that says where the run is, and that it lives; `steps` are those of a run yet to start."""
    step, steps = (run.step, run.steps) if run else (0, steps)
    parts = [STATE_WORDS[run.state] if run else "not started"]
    watched = run is not None and tab_runs.watched(run)  # whose it is takes the room of how fast it is
    if run and run.state == "running" and run.steps_per_second > 0 and not watched:
        parts += [
            f"{run.steps_per_second:.0f} steps/s",
            f"{_duration((steps - step) / run.steps_per_second)} left",
        ]
    if run and run.frame_age_s is not None and run.state in ACTIVE and not watched:
        parts.append(f"frame {run.frame_age_s:.1f} s ago")
    if run and run.device_name and run.people < 2:  # where that is told, there is no room for both
        parts.append(f"{run.device_name} of {urlsplit(run.place).hostname}" if run.place else run.device_name)
    if run and run.memory_mb and run.state not in ACTIVE:  # where speed and time stand there, it would not fit
        parts.append(f"{run.memory_mb:.0f} MB")
    if run and not watched and (saved := save_run.words(run)):
        parts.append(saved)
    parts += watching.words(run) if run else []
    share = 100 * min(1.0, step / steps) if steps else 100 * bool(run and run.rows)
    with st.container(key=key):
        st.html(
            f'<div class="progress-line"><b>Step {step} of {steps}</b> <span>· {escape(" · ".join(parts))}</span>'
            f'<div class="bar" role="progressbar" aria-valuenow="{share:.0f}"><div style="width:{share:.1f}%"></div>'
            "</div></div>"
        )


def buttons(run: Snapshot | None, held: str = "") -> None:
    """Start, pause, single steps, and back to the same start; after the end, what may come next; of another visitor's
    run, a copy instead. `held` says why nothing may start, where it may not."""
    now = run.state if run else None
    over = now in ("finished", "broken", "refused")
    gone = now in ("crashed", "stopped")
    invalid = bool(page_settings.problems())
    watched = tab_runs.watched(run)
    with st.container(horizontal=True, gap="xsmall", key="transport"):
        ended = over and not (watched or held or invalid or page_settings.lesson())
        if run and ended:
            go_on.buttons(run)
        else:
            start = "Resume from checkpoint" if gone else "Resume" if now == "paused" and run and run.step else "Start"
            holds = not watched or access.teacher()
            st.button(
                start, key="start", type="primary", icon=":material/play_arrow:", on_click=_start, help=held or None,
                disabled=invalid or now in ACTIVE or over or bool(held) or not holds,
            )  # fmt: skip
            st.button(
                "Pause", key="pause", icon=":material/pause:", on_click=tab_runs.pause,
                disabled=now not in ("running", "waiting") or not holds,
            )  # fmt: skip
        if watched:
            _of_another(held)
            return
        if not ended:
            _single_steps(disabled=invalid or over or gone or now == "starting" or bool(held))
        st.button(
            "Reset", key="reset", icon=":material/replay:", on_click=_reset,
            disabled=invalid or run is None or bool(held),
            help="Back to step 0 with these settings. Every reset begins with the same weights.",
        )  # fmt: skip


def _of_another(held: str) -> None:
    """What to do with another visitor's run."""
    st.button(
        "Take a copy", key="take_copy", type="primary", icon=":material/content_copy:",
        on_click=watching.take_copy, disabled=bool(held),
        help="The copy is yours. It begins where this run stands now.",
    )  # fmt: skip
    st.button(
        "Stop watching", key="leave_watched", type="tertiary", on_click=watching.leave,
        help="Keeps these settings for a run of your own, from step 0.",
    )  # fmt: skip


def _single_steps(*, disabled: bool) -> None:
    players: tuple[tuple[str, Players, str], ...] = (
        ("Step D", "d", "Update only the discriminator."),
        ("Step G", "g", "Update only the generator."),
        ("Step both", "both", "One whole step."),
    )
    for label, player, words in players:
        st.button(label, key=f"step_{player}", on_click=_step, args=(player,), help=words, disabled=disabled)


def actors(run: Snapshot | None, frame: Frame | None) -> None:
    """Both networks, and under them what they are about: real beside generated, at the same scale."""
    with st.container(key="actors"):
        e = run.experiment if run else page_settings.experiment()
        network.show(e, frame, acts(run), finds=page_settings.lesson() is None)
        grids(run, frame)


def grids(run: Snapshot | None, frame: Frame | None) -> None:
    """Real beside generated, at the same scale."""
    e = page_settings.experiment()
    width, height = COLUMNS * e.image_size, ROWS * e.image_size
    if run and run.opening:
        width, height = run.opening.columns * run.opening.tile, run.opening.rows * run.opening.tile
    elif e.dataset in POINT_SETS:
        width = height = SIZE
    what = "points" if e.dataset in POINT_SETS else "images"
    left, right = st.columns(2)
    with left, st.container(key="grid-real"):
        heading = pictures.titled(f"Real {what}", e.dataset, theme.REAL)
        if run and run.opening:
            alt = "Real points" if what == "points" else f"{COLUMNS * ROWS} real images"
            pictures.grid(heading, run.opening.real_png, width, height, alt)
        else:
            pictures.no_grid(heading, width, height, "What the generator must learn to imitate")
    with right, st.container(key="grid-fake"):
        words = f"step {frame.step}, always the same noise" if frame else "always from the same noise"
        heading = pictures.titled(f"Generated {what}", words, theme.GENERATED, square=True)
        if frame:
            count = "" if what == "points" else f"{COLUMNS * ROWS} "
            alt = f"{count}generated {what} at step {frame.step}".capitalize()
            pictures.grid(heading, frame.fake_png, width, height, alt)
            if what == "points":
                plain_text.small(PLANE)
        else:
            pictures.no_grid(heading, width, height, "Noise at first: press Start and watch")


def measurements(run: Snapshot | None, frame: Frame | None) -> None:
    """Histogram, losses, accuracy, gradients, each with its numbers; empty before the start, so that nothing
    jumps when it comes. The numbers are those at the end of the curves or, while the slider stands at an earlier
    picture, at the upright line."""
    rows = chart_rows(run) if run else []
    changes = run.changes if run else ()
    e = run.experiment if run else page_settings.experiment()
    m = frame.measurements if frame else {}
    past = frame if run and frame is not run.frame else None
    at = past.step if past else None
    curves = past.measurements if past else rows[-1].measurements if rows else {}
    pixel, loss, right, gradient = st.columns(4)
    with pixel, st.container(key="histogram"):
        if e.dataset in POINT_SETS:
            charts.point_quality(rows, changes)
            numbers(caption(curves, "modes_covered", "high_quality"))
        else:
            charts.pixel_histogram(run.opening if run else None, frame)
            numbers(caption(m, "out_of_range", "saturated"))
    if not e.steps:
        return  # nothing will be trained, so nothing runs over the steps
    with loss, st.container(key="losses"):
        charts.losses(rows, e.loss, changes=changes, at=at)
        numbers(caption(curves, "loss_d", "loss_g"))
    with right, st.container(key="accuracy"):
        charts.accuracy(rows, changes, at)
        numbers(caption(curves, "d_accuracy_real", "d_accuracy_fake"))
    with gradient, st.container(key="gradients"):
        charts.gradients(rows, changes, at)
        numbers(caption(curves, "grad_norm_d", "grad_norm_g"))


def _start() -> None:
    state.STEPPED.clear()
    run = tab_runs.snapshot()
    if run is None:
        tab_runs.begin(go=True)
    elif run.state in ("crashed", "stopped"):
        tab_runs.act(registry().resume)
    else:
        tab_runs.act(registry().go)


def _step(players: Players) -> None:
    if tab_runs.snapshot() is None:
        tab_runs.begin(go=False)
    tab_runs.act(registry().step, players)
    if run_id := state.RUN.get():
        state.STEPPED.set((run_id, players))


def acts(run: Snapshot | None) -> Players | None:
    """Who is updated now or, where a run stands still after a single step, who was."""
    if run is None:
        return None
    if run.state in ACTIVE:
        e = run.experiment
        return "both" if e.n_dis and e.n_gen else "d" if e.n_dis else "g" if e.n_gen else None
    run_id, players = state.STEPPED.get() or ("", None)
    return players if run_id == run.run_id and run.state == "paused" else None


def _reset() -> None:
    playback.forget()
    state.STEPPED.clear()
    tab_runs.rewind(go=False)


def chart_rows(run: Snapshot) -> list[Row]:
    """The rows, renewed at every second look: four charts drawn twice as often would take half a processor in
    every browser. A run that stands still is shown to its last row."""
    shown = state.CHART_ROWS.get()
    now = time.monotonic()
    if (
        shown
        and shown.run_id == run.run_id
        and run.state == "running"
        and now - shown.drawn_at < CHART_EVERY_LOOKS * pace.interval()
    ):
        rows = shown.rows
        if rows and rows[-1].step <= run.step:
            return rows
    fresh = [*run.rows]
    if run.frame and (not fresh or run.frame.step > fresh[-1].step):
        fresh.append(Row(run.frame.step, run.frame.measurements))
    state.CHART_ROWS.set(ChartRows(run.run_id, now, fresh))
    return fresh


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
