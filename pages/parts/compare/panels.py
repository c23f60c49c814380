"""The runs of a comparison beside each other: one scrubber for all, a panel for each, and the table at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st
from markupsafe import Markup

from gan_core.diagnosis.measurements import MEASUREMENTS, Measurement, caption, number, winner
from gan_core.diagnosis.verdict import verdict
from gan_core.live import aligned_frames
from gan_core.live.registry import registry
from gan_core.live.run import ACTIVE, Snapshot
from gan_core.messages.frame import Frame
from gan_core.settings.comparison import LETTERS
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS
from pages.parts.compare import panel
from pages.parts.shared import charts, comparison_state, glossary, html, pictures, playback, state, tab_runs, theme
from pages.parts.shared.charts import numbers

Runs = Sequence[Snapshot | None]
# The measurements of the final table, in its order.
FINAL = (
    "out_of_range", "histogram_distance", "contrast", "diversity", "modes_covered", "recognised", "duplicates",
    "high_quality", "reverse_kl", "wasserstein_2", "sliced_wasserstein", "precision", "recall", "theta", "psi",
    "d_accuracy", "loss_d", "loss_g", "grad_norm_g", "grad_norm_d",
)  # fmt: skip
# Pixels: on a screen of 1280 x 800, pictures and histograms of all runs are in sight, of two runs the losses as well.
CHART, LOW_CHART = 126, 96
TO_TRAIN = "Copies the run as trained so far, so that you can continue, save and export it."
BY = {"steps": "Equal steps", "time": "Equal training time"}
PIXELS = {"now": "Pixels now", "past": "Pixels over time"}


def buttons(runs: Runs) -> None:
    """Train all, or let all stand still."""
    states = {run.state for run in runs if run}
    moving = bool(states & set(ACTIVE))
    resumes = "paused" in states and not moving
    watched = any(tab_runs.watched(run) for run in runs)  # then a start is one of runs of one's own
    resumes = resumes and not watched
    words = "Train my own" if watched else "Resume all" if resumes else "Train again" if states else "Train all"
    with st.container(horizontal=True, gap="small", key="transport", vertical_alignment="center"):
        st.button(
            words, key="start", type="primary", icon=":material/play_arrow:", disabled=moving and not watched,
            on_click=comparison_state.act if resumes else comparison_state.begin,
            args=(registry().go,) if resumes else (),
        )  # fmt: skip
        st.button(
            "Pause",
            key="pause",
            icon=":material/pause:",
            on_click=comparison_state.act,
            args=(registry().pause,),
            disabled=not moving or watched,
        )
        st.segmented_control(
            "What is compared", BY, format_func=BY.__getitem__, default="steps", required=True, key=state.BY.name,
            label_visibility="collapsed", on_change=playback.forget,
        )  # fmt: skip
        if not _of_points():
            st.segmented_control(
                "Pixels", PIXELS, format_func=PIXELS.__getitem__, default="now", required=True, key=state.PIXELS.name,
                label_visibility="collapsed",
            )  # fmt: skip
        _real(runs)


def scrubber(runs: Runs) -> list[Frame | None]:
    """The slider over all runs, and the picture of each at its moment."""
    by_time = state.BY.get() == "time"
    kept: list[float] = [*(aligned_frames.seconds(runs) if by_time else aligned_frames.steps(runs))]
    with st.container(key="scrubber"):
        if len(kept) < 2:
            st.html('<div class="small-print">The time slider appears after the second picture.</div>')
            return aligned_frames.at_step(runs, 0) if kept else [None] * len(runs)
        steps = max(run.steps for run in runs if run)
        end = kept[-1] if by_time or not _moving(runs) else steps
        at = playback.moment(kept, end)
        transport, label, slider, speed = st.columns([0.12, 0.14, 0.48, 0.26], vertical_alignment="center")
        with transport:
            playback.buttons(kept, at, end)
        shown = max((moment for moment in kept if moment <= at), default=kept[0])
        live_now = " · **live**" if at == end and _moving(runs) else ""
        label.markdown(f"{'After' if by_time else 'Step'} **{f'{shown:.1f} s' if by_time else int(shown)}**{live_now}")
        with slider, st.container(key="time_slider"):
            if by_time:
                playback.slider("All runs", at, end, "%.1f s of training")
            else:
                playback.slider("All runs", at, int(end), "step %d")
            playback.marks((), end, newest=at == end)  # several runs have no changes in common
        with speed, st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="speed-labelled"):
            st.html('<div class="small-print">Pictures per second</div>', width="content")
            playback.speed()
    return aligned_frames.after(runs, shown) if by_time else aligned_frames.at_step(runs, shown)


def panels(runs: Runs, frames: Sequence[Frame | None], opened: Callable[[int], None]) -> None:
    """One panel a run: its difference on top, and the way with it to Train, which calls `opened` with its number; the
    rest aligned with the others."""
    now = comparison_state.now()
    axes = _axes(runs, frames)
    with st.container(key=f"panels-{len(runs)}"):
        columns = st.columns(len(runs), gap="small")
        wide = len(runs) == 2
        for number, (letter, column, run, frame) in enumerate(zip(LETTERS, columns, runs, frames, strict=False)):
            e = now.experiments[number]
            with column, st.container(key=f"panel-{letter}", border=True):
                apart, leave = st.columns([0.66, 0.34], vertical_alignment="center")
                title = Markup('<div class="apart"><i>{}</i><b>{}</b></div>').format(
                    letter, glossary.text(panel.named(e, now.differing))
                )
                apart.html(title)
                leave.button(
                    f"Open {letter} in Train", key=f"open_{letter}", type="tertiary", on_click=opened, args=(number,),
                    width="stretch", help=TO_TRAIN if run else None,
                )  # fmt: skip
                past = run.frames if run and state.PIXELS.get() == "past" else ()
                panel.panel(
                    letter, run, e, f"Run {letter}", theme.GENERATED, frame, explained=wide, past=past, beside=wide,
                    height=CHART if wide else LOW_CHART, more=partial(_losses, letter, run, e, frame, axes),
                )  # fmt: skip


def _losses(letter: str, run: Snapshot | None, e: Experiment, frame: Frame | None, axes: charts.Shared) -> None:
    with st.container(key=f"losses-{letter}"):
        rows, changes = (run.rows, run.changes) if run else ((), ())
        charts.losses(rows, e.loss, f"losses_chart_{letter}", axes, _seconds(run), changes, CHART)
        m = frame.measurements if frame else {}
        numbers(caption(m, "loss_d", "loss_g"))


def table(runs: Runs) -> None:
    """The measurements at the end of every run, the winner of each row marked; before, when it comes."""
    if not all(run and aligned_frames.over(run) for run in runs):
        st.caption("The table of final measurements appears when all runs have ended.")
        return
    ended = [run for run in runs if run]
    last = [run.rows[-1].measurements if run.rows else {} for run in ended]
    verdicts = [verdict(run.experiment, run.rows, run.changes) for run in ended]
    differing = comparison_state.now().differing
    heads = [
        (
            letter,
            panel.named(run.experiment, differing),
            run.rows[-1].step if run.rows else 0,
            run.frames[-1].trained_s if run.frames else 0,
        )
        for letter, run in zip(LETTERS, ended, strict=False)
    ]
    diagnosed = [(of.mark, of.short) for of in verdicts]
    rows = []
    for name in FINAL:
        measurement = MEASUREMENTS[name]
        values = [m.get(name) for m in last]
        if all(value is None for value in values):
            continue
        aim = measurement.better.words if measurement.better else "neither is better"
        best = winner(name, values)
        if best is not None and verdicts[best].fails:
            best = None
        rows.append((measurement.label, [_cell(measurement, m) for m in last], best, aim))
    with st.container(key="final"):
        st.markdown("#### Final measurements")
        drawn = html.render("compare/final_measurements", heads=heads, diagnosed=diagnosed, rows=rows)
        st.html(glossary.marked(drawn))
        st.caption(
            "★ marks the best in each row; there is none for a tie, or where the best run fails. Each is a single "
            "run: vary the seed to be sure."
        )


def _cell(measurement: Measurement, m: Mapping[str, float]) -> str:
    """To the three digits by which the winner is told."""
    share = measurement.share and measurement.name in m
    return f"{100 * m[measurement.name]:.3g}%" if share else number(m, measurement.name)


def _real(runs: Runs) -> None:
    """What all of them imitate: once, or of each run where they do not imitate the same."""
    there = {run.opening.real_png: (letter, run.opening) for letter, run in zip(LETTERS, runs, strict=False)
             if run and run.opening}  # fmt: skip
    words = "Real points" if _of_points() else "Real images"
    with st.popover(words, key="real", disabled=not there):
        for letter, opening in there.values():
            heading = pictures.titled(words, f"of run {letter}" if len(there) > 1 else "", theme.REAL)
            pictures.grid(heading, opening.real_png, *panel.size_of(opening), words)


def _of_points() -> bool:
    return all(e.dataset in POINT_SETS for e in comparison_state.now().experiments)


def _moving(runs: Runs) -> bool:
    return any(run.state in ACTIVE for run in runs if run)


def _seconds(run: Snapshot | None) -> list[float] | None:
    """The seconds of training at each row of a run, where they are the axis that all share; None where steps are."""
    if run is None or state.BY.get() != "time" or not run.frames:
        return None
    taken = [frame.step for frame in run.frames]
    seconds = np.interp([row.step for row in run.rows], taken, [frame.trained_s for frame in run.frames])
    return [float(second) for second in seconds]


def _span(run: Snapshot) -> tuple[float, float] | None:
    """The lowest and the highest loss of a run; of one that broke, but for the last of its way to infinity."""
    losses = [m[name] for row in run.rows for name in ("loss_d", "loss_g") if name in (m := row.measurements)]
    if not losses:
        return None
    cut = 0.02 if run.state == "broken" else 0.0
    low, high = np.quantile(losses, [cut, 1 - cut])
    return float(low), float(high)


def _axes(runs: Runs, frames: Sequence[Frame | None]) -> charts.Shared:
    """From the losses of all runs, without what a broken one ended in."""
    by_time = state.BY.get() == "time"
    spans = [span for run in runs if run and (span := _span(run))]
    low, high = (min(low for low, _ in spans), max(high for _, high in spans)) if spans else (0.0, 1.0)
    margin = 0.05 * max(high - low, 0.1)
    shown = [frame.trained_s if by_time else frame.step for frame in frames if frame]
    steps = max(e.steps for e in comparison_state.now().experiments)
    end = max((run.frames[-1].trained_s for run in runs if run and run.frames), default=1.0) if by_time else steps
    return charts.Shared(max(end, 1e-3), low - margin, high + margin, max(shown, default=0.0))
