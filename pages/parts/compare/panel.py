"""Runs beside each other: what sets each apart, and its panel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from gan_core.diagnosis.measurements import caption
from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame, Opening
from gan_core.outputs.plane_picture import SIZE
from gan_core.pixels.tiles import COLUMNS, ROWS
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import charts, controls, diagnosis_line, figure, pictures, playback
from pages.parts.shared.charts import numbers
from pages.parts.shared.figure import HEIGHT
from pages.parts.train import live_view

BESIDE = [0.6, 0.4]  # the pictures, and the charts at their right


def interval(*runs: Snapshot | None) -> float | None:
    """Seconds between two looks at several runs, see live_view.interval; the longer the more there is to draw."""
    waits = [wait for run in runs if (wait := live_view.interval(run)) is not None]
    if playing := playback.interval():
        return playing
    return min(waits) * max(1.0, len(runs) / 2) if waits else None


def named(e: Experiment, names: Iterable[str]) -> str:
    """Some settings of a run in words."""
    return ", ".join(f"{SETTINGS[name].label}: {words(getattr(e, name))}" for name in names)


def words(value: object) -> str:
    """A value of a setting in words."""
    return controls.name_of(value) if value != () else "none"


def size_of(opening: Opening) -> tuple[int, int]:
    """Width and height of a run's pictures, in pixels."""
    return opening.columns * opening.tile, opening.rows * opening.tile


def _points(side: str, run: Snapshot | None, e: Experiment, m: Mapping[str, float]) -> None:
    """What stands in place of pixel values in a run on points."""
    rows, changes = (run.rows, run.changes) if run else ((), ())
    if e.dataset == "dirac":
        charts.numbers_of_dirac(rows, changes, f"dirac_chart_{side}")
        numbers(caption(m, "theta", "psi"))
    else:
        charts.point_quality(rows, changes, f"quality_chart_{side}")
        numbers(caption(m, "diversity", "d_accuracy"))


def panel(
    side: str,
    run: Snapshot | None,
    e: Experiment,
    title: str,
    colour: str,
    frame: Frame | None,
    *,
    explained: bool = True,
    past: Sequence[Frame] = (),
    beside: bool = False,
    height: int = HEIGHT,
    more: Callable[[], None] | None = None,
) -> None:
    """One run: where it is, what is found, its pictures at `frame`, its pixels, and what `more` draws below.

    With `explained`, the evidence for what is found is at hand. The pixels are those of the moment or, where frames
    are given as `past`, of all these, in a chart of this `height`; with `beside`, they stand at the right of the
    pictures. Keys end in `side`.
    """
    live_view.progress(run, e.steps, key=f"progress-{side}")
    # Runs in lock-step wait for each other all the time: what is found stays in sight.
    diagnosis_line.show(
        run,
        frame,
        e,
        key=f"diagnosis-{side}",
        explained=explained,
        fixable=False,
        queued=frame is None,
        details="Details" if explained else "",
    )
    points = e.dataset in POINT_SETS
    left, right = st.columns(BESIDE, gap="small") if beside else (st.container(), st.container())
    width, tall = (SIZE, SIZE) if points else (COLUMNS * e.image_size, ROWS * e.image_size)
    if run and run.opening:
        width, tall = size_of(run.opening)
    kind = "plane" if points else "grid"  # of a plane no part may be cut off
    with left, st.container(key=f"grid-{side}"), st.container(key=f"{kind}-picture-{side}"):
        heading = pictures.titled(title, f"step {frame.step}" if frame else "", colour, square=True)
        if frame:
            what = f"Generated {'points' if points else 'images'}, {title}, step {frame.step}"
            pictures.grid(heading, frame.fake_png, width, tall, what)
        else:
            pictures.no_grid(heading, width, tall, awaited(run))
    with right, figure.light(live_view.moves(run)):
        _pixels(side, run, e, frame, past, height)
        if more:
            more()


def awaited(run: Snapshot | None) -> str:
    """Why there is no picture yet."""
    if run is None:
        return "Not started yet"
    return "Waiting for the first picture of every run" if run.frame else "The first picture is on its way"


def _pixels(
    side: str, run: Snapshot | None, e: Experiment, frame: Frame | None, past: Sequence[Frame], height: int
) -> None:
    m = frame.measurements if frame else {}
    with st.container(key=f"histogram-{side}"):
        if e.dataset in POINT_SETS:
            _points(side, run, e, m)
            return
        if past and frame and run and run.opening:
            charts.histogram_map(run.opening, past, frame.step, f"histogram_map_{side}", run.steps, height)
            numbers(charts.spread(run.opening, past, frame.step))
            return
        charts.pixel_histogram(run.opening if run else None, frame, key=f"histogram_chart_{side}", height=height)
        numbers(caption(m, "out_of_range", "contrast", "diversity", "d_accuracy"))
