"""How often the diagnosis of runs on points is right, as tests/study_points.py counted it."""

from __future__ import annotations

import json
from statistics import fmean
from typing import Any

import streamlit as st

from gan_core.diagnosis.point_failures import POINT_FAILURES, PointFailure
from gan_core.settings.fields import SETTINGS
from pages.parts.shared import controls, theme

Cell = dict[str, Any]


def show() -> None:
    """The counts: of the failures of the page Points, of their cures, of healthy runs."""
    study = _study()
    with st.expander("How often is the diagnosis of points right?", key="study_points"):
        st.markdown(
            "Each failure of the page Points at ten seeds that no threshold was chosen on, and the same run with its "
            "one setting fixed. Seconds are those of one core until the failure is first named. "
            "`python -m tests.study_points` trains them again."
        )
        lines = ["| failure | named | its fix, not accused | seconds until named |", "| --- | --- | --- | --- |"]
        lines += [_line(failure, study) for failure in POINT_FAILURES]
        st.markdown("\n".join(lines))
        if healthy := {label: cell for label, cell in study.items() if ":" not in label}:
            right, of = (sum(cell[part] for cell in healthy.values()) for part in ("right", "of"))
            labels = [
                label if cell["right"] == cell["of"] else f"{label} ({cell['right']}/{cell['of']})"
                for label, cell in healthy.items()
            ]
            st.caption(
                f"Healthy runs with settings of their own, not accused: {right}/{of}. They are: {'; '.join(labels)}."
            )


def _line(failure: PointFailure, study: dict[str, Cell]) -> str:
    broken, fixed = (study[f"{failure.name}:{side}"] for side in ("broken", "fixed"))
    now, instead = controls.name_of(failure.broken), controls.name_of(failure.fixed)
    setting = f"{SETTINGS[failure.setting].label} {now} instead of {instead}"
    took = f"{fmean(broken['seconds']):.1f}, at most {max(broken['seconds']):.1f}" if broken["seconds"] else "–"
    return f"| {failure.title}: {setting} | {_words(broken)} | {_words(fixed)} | {took} |"


def _words(cell: Cell) -> str:
    return f"{cell['right']}/{cell['of']} ({cell['low']:.0%} to {cell['high']:.0%})"


@st.cache_data(show_spinner=False)
def _study() -> dict[str, Cell]:
    found: dict[str, Cell] = json.loads((theme.ASSETS / "study_points.json").read_text())
    return found
