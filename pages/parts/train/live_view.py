"""The live view of one run: progress, buttons, pictures, charts, and the way back through its frames."""

from __future__ import annotations

import time
from html import escape
from typing import NamedTuple

import streamlit as st

from gan_core.diagnosis.measurements import caption
from gan_core.diagnosis.row import Row
from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame
from gan_core.outputs.plane_picture import SIZE
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.settings.players import Players
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import access, charts, pace, page_settings, pictures, playback, state, tab_runs, theme
from pages.parts.shared.charts import numbers
from pages.parts.train import save, save_run

CHART_EVERY_LOOKS = 2
ACTIVE = ("starting", "waiting", "running")
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
    if run is None or not (run.state in ACTIVE or tab_runs.awaiting(run)):
        return None
    return pace.interval()


def progress(run: Snapshot | None, steps: int, key: str = "progress") -> None:
    """The line that says where the run is, and that it lives; `steps` are those of a run yet to start."""
    step, steps = (run.step, run.steps) if run else (0, steps)
    parts = [STATE_WORDS[run.state] if run else "not started"]
    if run and run.state == "running" and run.steps_per_second > 0:
        parts += [
            f"{run.steps_per_second:.0f} steps/s",
            f"{_duration((steps - step) / run.steps_per_second)} left",
        ]
    if run and run.frame_age_s is not None and run.state in ACTIVE:
        parts.append(f"frame {run.frame_age_s:.1f} s ago")
    if run and run.device_name:
        parts.append(run.device_name)
    if run and run.memory_mb and run.state not in ACTIVE:  # where speed and time stand there, it would not fit
        parts.append(f"{run.memory_mb:.0f} MB")
    if tab_runs.watched(run):
        parts.append("another visitor's run")
    elif run and (saved := save_run.words(run)):
        parts.append(saved)
    share = 100 * min(1.0, step / steps) if steps else 100
    with st.container(key=key):
        st.html(
            f'<div class="progress-line"><b>Step {step} of {steps}</b> <span>· {escape(" · ".join(parts))}</span>'
            f'<div class="bar" role="progressbar" aria-valuenow="{share:.0f}"><div style="width:{share:.1f}%"></div>'
            "</div></div>"
        )


def buttons(run: Snapshot | None, held: str = "") -> None:
    """Start, pause, single steps, and back to the same start; `held` says why nothing may start, where it may not."""
    now = run.state if run else None
    over = now in ("finished", "broken", "refused")
    gone = now in ("crashed", "stopped")
    invalid = bool(page_settings.problems())
    start = "Resume" if now == "paused" and run and run.step else "Start"
    if gone:
        start = "Resume from checkpoint"
    watched = tab_runs.watched(run)
    holds = not watched or access.teacher()
    no_step = invalid or over or gone or now == "starting" or bool(held) or watched
    with st.container(horizontal=True, gap="xsmall", key="transport"):
        st.button(
            start, key="start", type="primary", icon=":material/play_arrow:", on_click=_start, help=held or None,
            disabled=invalid or now in ACTIVE or over or bool(held) or not holds,
        )  # fmt: skip
        st.button(
            "Pause", key="pause", icon=":material/pause:", on_click=tab_runs.pause,
            disabled=now not in ("running", "waiting") or not holds,
        )  # fmt: skip
        st.button(
            "Step D",
            key="step_d",
            on_click=_step,
            args=("d",),
            help="Update only the discriminator.",
            disabled=no_step,
        )
        st.button(
            "Step G", key="step_g", on_click=_step, args=("g",), help="Update only the generator.", disabled=no_step
        )
        st.button(
            "Step both", key="step_both", on_click=_step, args=("both",), help="One whole step.", disabled=no_step
        )
        st.button(
            "Reset", key="reset", icon=":material/replay:", on_click=_reset,
            disabled=invalid or run is None or bool(held) or watched,
            help="Back to step 0 with these settings: the same start every time.",
        )  # fmt: skip
        if watched:
            st.button(
                "Take a copy", key="take_copy", type="primary", icon=":material/content_copy:",
                on_click=tab_runs.copy, disabled=bool(held),
                help="This is another visitor's run, to be watched. The copy is yours, from its newest checkpoint on.",
            )  # fmt: skip


def grids(run: Snapshot | None, frame: Frame | None) -> None:
    """Real beside generated, at the same scale."""
    e = page_settings.experiment()
    width, height = COLUMNS * e.image_size, ROWS * e.image_size
    if run and run.opening:
        width, height = run.opening.columns * run.opening.tile, run.opening.rows * run.opening.tile
    elif e.dataset in POINT_SETS:
        width = height = SIZE
    left, right = st.columns(2)
    with left, st.container(key="grid-real"):
        heading = pictures.titled("Real images", e.dataset, theme.REAL)
        if run and run.opening:
            pictures.grid(heading, run.opening.real_png, width, height, f"{COLUMNS * ROWS} real images")
        else:
            pictures.no_grid(heading, width, height, "What the generator must learn to imitate")
    with right, st.container(key="grid-fake"):
        words = f"step {frame.step}, always the same noise" if frame else "always from the same noise"
        heading = pictures.titled("Generated images", words, theme.GENERATED, square=True)
        if frame:
            alt = f"{COLUMNS * ROWS} generated images at step {frame.step}"
            pictures.grid(heading, frame.fake_png, width, height, alt)
        else:
            pictures.no_grid(heading, width, height, "Noise at first: press Start and watch")


def measurements(run: Snapshot | None, frame: Frame | None) -> None:
    """Histogram, losses, accuracy, gradients, each with its numbers; empty before the start, so that nothing
    jumps when it comes."""
    rows = _chart_rows(run) if run else []
    changes = run.changes if run else ()
    e = run.experiment if run else page_settings.experiment()
    m = frame.measurements if frame else {}
    pixel, loss, right, gradient = st.columns(4)
    with pixel, st.container(key="histogram"):
        charts.pixel_histogram(run.opening if run else None, frame)
        numbers(caption(m, "out_of_range", "saturated"))
    with loss, st.container(key="losses"):
        charts.losses(rows, e.loss, changes=changes)
        numbers(f"{caption(m, 'loss_d', 'loss_g')} · dotted: D guesses")
    with right, st.container(key="accuracy"):
        charts.accuracy(rows, changes)
        numbers(caption(m, "d_accuracy_real", "d_accuracy_fake"))
    with gradient, st.container(key="gradients"):
        charts.gradients(rows, changes)
        numbers(caption(m, "grad_norm_d", "grad_norm_g"))


def scrubber(run: Snapshot | None) -> Frame | None:
    """The slider over the run, and the frame it stands at: the newest while it is at its right end.

    It spans what there is while the run stands still, and all steps to come while it moves: a slider whose end
    moved under the hand could not be held.
    """
    if run is None or run.frame is None:
        return None
    if run.steps == 0:
        with st.columns([0.88, 0.12])[1]:
            save.popover(run)
        return run.frame
    end = max(1, run.steps if run.state in ACTIVE else run.step)
    kept = [frame.step for frame in run.frames]
    at = playback.moment(kept, end)
    transport, label, slider, past, saving, classes = st.columns(
        [0.13, 0.12, 0.33, 0.13, 0.12, 0.17], vertical_alignment="center"
    )
    with transport:
        playback.buttons(kept, at, end)
    label.markdown(
        "**Live**" if at == end else f"Step **{at:.0f}**",
        help=f"{len(run.frames)} pictures of this run are kept, always the first and the newest. Right end: live.",
    )
    with slider:
        st.slider(
            "Look back over the run", 0, end, key=state.SCRUB.name, format="step %d", label_visibility="collapsed"
        )
    shown = min(run.frames, key=lambda frame: abs(frame.step - at)) if at < end else run.frame
    with past:
        _past(run, shown)
    with saving:
        save.popover(run)
    with classes:
        _classes(run, shown)
    return shown


def _past(run: Snapshot, shown: Frame) -> None:
    """The pixels over the whole run as a map, drawn once it is opened, and how fast to play."""
    with st.popover("Over time", width="stretch", key="over_time", on_change="rerun") as opened:
        with st.container(height=290, border=False):
            if opened.open and run.opening:
                charts.histogram_map(run.opening, run.frames, shown.step, "histogram_map", run.step, height=190)
                st.caption(charts.spread(run.opening, run.frames, shown.step))
        playback.speed()


def _classes(run: Snapshot, frame: Frame) -> None:
    """How many of the data's classes the generator makes at this moment, and each one's share when opened."""
    classes = run.opening.classes if run.opening else None
    if classes is None:
        return
    until = [row.measurements for row in run.rows if row.step <= frame.step and "modes_covered" in row.measurements]
    m = until[-1] if until else {}
    covered = f"{m['modes_covered']:.0f}" if m else "–"
    label = f"Classes {covered} of {len(classes.names)}"
    with st.popover(label, width="stretch", key="classes", on_change="rerun") as opened:
        if not opened.open:
            return
        charts.class_shares(classes, m)
        charts.recognised(run.rows, run.changes)
        st.caption(
            f"What a small classifier takes the generated images for; it is right on {classes.accuracy:.1%} of real "
            "images it has not seen. The rest it could not classify confidently. "
            f"{caption(m, 'recognised')}: of these it has hardly a doubt."
        )


def _start() -> None:
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


def _reset() -> None:
    playback.forget()
    tab_runs.rewind(go=False)


def _chart_rows(run: Snapshot) -> list[Row]:
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
        if not rows or rows[-1].step <= run.step:
            return rows
    fresh = [*run.rows]
    if run.frame and (not fresh or run.frame.step > fresh[-1].step):
        fresh.append(Row(run.frame.step, run.frame.measurements))
    state.CHART_ROWS.set(ChartRows(run.run_id, now, fresh))
    return fresh


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
