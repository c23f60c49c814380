"""The way back through a run's kept pictures: the slider with its marks, pixels over time, classes, saving."""

from __future__ import annotations

import streamlit as st

from gan_core.diagnosis.measurements import caption
from gan_core.live.run import ACTIVE, Snapshot
from gan_core.messages.frame import Frame
from pages.parts.shared import charts, playback
from pages.parts.train import save


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
    moving = run.state in ACTIVE
    end = max(1, run.steps if moving else run.step)
    kept = [frame.step for frame in run.frames]
    at = playback.moment(kept, end)
    transport, label, slider, past, saving, classes = st.columns(
        [0.13, 0.12, 0.33, 0.13, 0.12, 0.17], vertical_alignment="center"
    )
    with transport:
        playback.buttons(kept, at, end)
    label.markdown(
        "**Live**" if at == end and moving else f"Step **{run.frame.step if at == end else at:.0f}**",
        help=f"{len(run.frames)} pictures of this run are kept, always including the first and the newest, which "
        "is at the right end.",
    )
    with slider, st.container(key="time_slider"):
        playback.slider("Look back over the run", at, end, "step %d")
        playback.marks(run.changes, end, newest=at == end)
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
            "How a small classifier sorts the generated images. It is right on "
            f"{classes.accuracy:.1%} of the real images it has not seen; images it is unsure of are in no class. "
            f"{caption(m, 'recognised')}: it has hardly any doubt about these."
        )
