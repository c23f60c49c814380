"""The plane of a run on points, as the browser draws it from numbers: layers, D's answers, the brush, slow motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from gan_core.live.registry import registry
from gan_core.live.run import RECENT_FRAMES, Snapshot
from gan_core.messages.frame import Frame
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import LIMIT
from pages.parts.shared import page_settings, state, tab_runs, theme

_html, _css, _js = ((theme.ASSETS / "points" / f"plane.{ending}").read_text() for ending in ("html", "css", "js"))
_component = st.components.v2.component("gan_plane", html=_html, css=_css, js=_js)


def show(run: Snapshot | None, real: str, frames: Sequence[Frame], e: Experiment, looked_every_s: float | None) -> None:
    """The newest of the frames, and on the way to it those that came since the last look. `real` are the real points as
    text. What the visitor draws becomes the data; the stages of slow motion take single steps, where some can be
    taken."""
    newest = frames[-1] if frames else None
    told = _component(
        key="plane",
        data={
            "run": f"{run.run_id if run else 'kept'} {e.digest}",
            "id": run.run_id if run else "",
            "trains": run is not None and run.state in ("running", "waiting"),
            "steps": _steps(run),
            "real": real,
            "frames": [[frame.step, frame.plane] for frame in frames[-RECENT_FRAMES:]],
            "moving": looked_every_s is not None,
            "interval": looked_every_s or 0,
            "limit": LIMIT,
            "probability": e.loss in ("non_saturating", "minimax"),
            "colours": {"real": theme.REAL, "generated": theme.GENERATED, "gradient": theme.GRADIENT},
            "alt": _alt(newest),
        },
        on_drawn_change=_nothing,
        on_advance_change=_nothing,
    )
    _obey(told)


def _obey(told: Any) -> None:
    """What the visitor did in the plane."""
    if drawn := told.drawn:
        if page_settings.change({"dataset": "drawn", "drawn": str(drawn)}):
            tab_runs.adopt()
        st.rerun()  # the controls show the data too
    if told.advance == "hold":
        if state.RUN.get() is None:
            tab_runs.begin(go=False)  # what is explained is where it begins, not the picture of the kept run
        else:
            tab_runs.pause()
        st.rerun(scope="fragment")
    elif told.advance in ("d", "g"):
        if state.RUN.get() is None:
            tab_runs.begin(go=False)
        tab_runs.act(registry().step, told.advance)
        st.rerun(scope="fragment")


def _steps(run: Snapshot | None) -> bool:
    """Whether single steps can be taken."""
    if page_settings.problems() or tab_runs.watched(run):
        return False
    return run is None or run.state in ("starting", "waiting", "running", "paused")


def _alt(frame: Frame | None) -> str:
    if frame is None:
        return "Real points of the plane; there is no generated one yet."
    m = frame.measurements
    share = f", D's mean answer on generated points is {m['d_fake']:.2f}" if "d_fake" in m else ""
    return f"Real and generated points over D's answers at step {frame.step}{share}."


def _nothing() -> None:
    """Streamlit wants somebody to be told; what was done is read where the plane is drawn."""
