"""How often the diagnosis of runs on points is right, as tests/study_points.py counted it."""

from __future__ import annotations

from statistics import fmean

import streamlit as st

from gan_core.diagnosis.point_failures import POINT_FAILURES, PointFailure
from gan_core.settings.fields import SETTINGS
from pages.parts.failures.counts import Count, in_words, of_study
from pages.parts.shared import controls


def show() -> None:
    """The counts: of the failures of the page Points, of their cures, of healthy runs."""
    study: dict[str, Count] = of_study("study_points")
    with st.expander("How often is the diagnosis of points right?", key="study_points"):
        st.markdown(
            "Each failure of the page Points at ten seeds that no threshold was chosen on, and the same run with its "
            "one setting fixed. Seconds are those of one core until the failure is first named. "
            "`python -m tests.study_points` trains them again."
        )
        lines = ["| failure | named | fixed run not flagged | seconds until named |", "| --- | --- | --- | --- |"]
        lines += [_line(failure, study) for failure in POINT_FAILURES]
        st.markdown("\n".join(lines))
        if healthy := {label: count for label, count in study.items() if ":" not in label}:
            right, of = (sum(count[part] for count in healthy.values()) for part in ("right", "of"))
            labels = [
                label if count["right"] == count["of"] else f"{label} ({count['right']}/{count['of']})"
                for label, count in healthy.items()
            ]
            st.caption(f"Healthy runs with other settings, not flagged: {right}/{of}. They are: {'; '.join(labels)}.")


def _line(failure: PointFailure, study: dict[str, Count]) -> str:
    broken, fixed = (study[f"{failure.name}:{side}"] for side in ("broken", "fixed"))
    now, instead = controls.name_of(failure.broken), controls.name_of(failure.fixed)
    setting = f"{SETTINGS[failure.setting].label} {now} instead of {instead}"
    took = f"{fmean(broken['seconds']):.1f}, at most {max(broken['seconds']):.1f}" if broken["seconds"] else "–"
    return f"| {failure.title}: {setting} | {in_words(broken)} | {in_words(fixed)} | {took} |"
