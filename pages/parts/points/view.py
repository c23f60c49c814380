"""The page Points around its plane: what a run came to in charts and numbers, and the way back through it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import streamlit as st

from gan_core.data import SOURCES, Points, load_for
from gan_core.diagnosis.measurements import caption
from gan_core.diagnosis.row import Row
from gan_core.live.run import ACTIVE, Snapshot
from gan_core.messages.frame import Frame
from gan_core.messages.plane import real_plane
from gan_core.outputs.plane_picture import in_plane
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment, nearest
from gan_core.settings.fields import SETTINGS
from gan_core.settings.link import read_query
from gan_core.settings.points import POINT_SETS
from pages.parts.points import plane
from pages.parts.shared import charts, page_link, page_settings, pictures, playback, points_aside, theme
from pages.parts.shared.charts import numbers
from pages.parts.train import live_view

REAL_POINTS = 400  # as many as a run shows
FIRST = ("dataset", "loss", "penalty", "penalty_weight", "lr_g", "lr_d", "update", "noise", "noise_scale", "seed")


class FinishedRun:
    """The run that the page opens with, kept beside the page: settings, rows and pictures."""

    def __init__(self, text: str) -> None:
        told = json.loads(text)
        self.experiment = Experiment.from_json(json.dumps(told["experiment"]))
        self.real: str = told["real"]
        self.seconds: float = told["seconds"]
        self.rows = [Row(row.pop("step"), row) for row in told["rows"]]
        self.frames = [Frame(f["step"], f["measurements"], b"", [], plane=f["plane"]) for f in told["frames"]]


@cache
def finished() -> FinishedRun:
    """See FinishedRun."""
    return FinishedRun((theme.ASSETS / "points" / "run.json").read_text())


def only_points(asked: bool) -> None:
    """Have the page's settings be of points; where images were `asked` for, say so."""
    e = page_settings.experiment()
    if e.dataset not in POINT_SETS:
        query, key = page_link.query(), SETTINGS["dataset"].url_key
        if asked and query.keys().isdisjoint(("dataset", key)):  # a link without data means this page's
            page_settings.take(nearest(read_query({**query, key: points_aside.FIRST})[0]))
            return
        page_settings.take(Experiment(dataset=points_aside.FIRST))
        if asked:
            st.info(
                f"{SOURCES[e.dataset].label} consists of images: open it on Train. This page shows points, so "
                f"here is the ring."
            )


def shown_frames(run: Snapshot | None) -> tuple[str, list[Frame], Sequence[Row], Sequence[Change]]:
    """The real points, the frames, rows and changes that are shown: of the run, or of the kept one where there is none
    and the settings are its own."""
    if run is not None and run.opening:
        return run.opening.plane, list(run.frames), run.rows, run.changes
    e, kept = run.experiment if run else page_settings.experiment(), finished()
    if run is None and e == kept.experiment:
        return kept.real, kept.frames, kept.rows, ()
    return _real(e), [], [], ()


def _real(e: Experiment) -> str:
    """The real points before a run shows them."""
    points = load_for(e)
    assert isinstance(points, Points)
    return real_plane(in_plane(points.probe(REAL_POINTS)))


def headline(run: Snapshot | None, e: Experiment) -> None:
    """Which data, and what is seen before a run is started."""
    words = f"{SOURCES[e.dataset].label} · seed {e.seed}"
    if run is None and e == finished().experiment:
        kept = finished()
        words += f" · a finished run, {kept.rows[-1].step} steps in {kept.seconds:.0f} s on one core"
    elif run is None:
        words += " · press Start"
    st.html(pictures.titled("Points", words, theme.REAL))


def scrubber(run: Snapshot | None, frames: Sequence[Frame]) -> list[Frame]:
    """The slider over the kept pictures; the frames up to the one where it stands."""
    if len(frames) < 2:
        st.space("medium")  # the row keeps its height, so that the charts stay where they are at the start
        return list(frames)
    end = max(1, run.steps if run and run.state in ACTIVE else frames[-1].step)
    kept = [frame.step for frame in frames]
    at = playback.moment(kept, end)
    transport, label, slider = st.columns([0.34, 0.2, 0.46], vertical_alignment="center")
    with transport:
        playback.buttons(kept, at, end)
    label.markdown("**Newest**" if at == end else f"Step **{at:.0f}**")
    with slider, st.container(key="time_slider"):
        playback.slider("Look back over the run", at, end, "step %d")
        playback.marks(run.changes if run else (), end, newest=at == end)
    if at >= end:
        return list(frames)
    nearest = min(range(len(frames)), key=lambda index: abs(frames[index].step - at))
    return [frames[nearest]]


def measured(
    run: Snapshot | None, e: Experiment, rows: Sequence[Row], frame: Frame | None, changes: Sequence[Change]
) -> None:
    """Modes or distances, losses, D's answers, gradients: each a chart with its numbers."""
    until = [row for row in rows if frame and row.step <= frame.step]
    m = {**(until[-1].measurements if until else {}), **(frame.measurements if frame else {})}
    rows = live_view.chart_rows(run) if run and run.opening else rows
    quality, distance = st.columns(2)
    with quality, st.container(key="modes"):
        if e.dataset == "dirac":
            charts.numbers_of_dirac(rows, changes)
            numbers(caption(m, "theta", "psi"))
        else:
            charts.point_quality(rows, changes)
            numbers(
                caption(m, *(["modes_covered", "high_quality"] if "high_quality" in m else ["precision", "recall"]))
            )
    with distance, st.container(key="distances"):
        if e.dataset == "dirac":
            charts.gradients(rows, changes)
            numbers(caption(m, "grad_norm_d", "grad_norm_g"))
        else:
            charts.point_distances(rows, changes)
            numbers(caption(m, "wasserstein_2", "sliced_wasserstein", "energy_distance"))
    loss, right = st.columns(2)
    with loss, st.container(key="losses"):
        charts.losses(rows, e.loss, changes=changes)
        numbers(caption(m, "loss_d", "loss_g"))
    if e.dataset == "dirac":
        return  # D's answer on the one real number is 0 for ever
    with right, st.container(key="accuracy"):
        charts.accuracy(rows, changes)
        numbers(caption(m, "d_accuracy_real", "d_accuracy_fake"))


def draw_plane(run: Snapshot | None, real: str, frames: Sequence[Frame], polled: float | None) -> None:
    """The plane itself. Of a long run the history has few frames of each second, so those of the last one are added."""
    if run and run.recent and frames and frames[-1].step == run.recent[-1].step:
        frames = run.recent
    plane.show(run, real, frames, run.experiment if run else page_settings.experiment(), polled)
