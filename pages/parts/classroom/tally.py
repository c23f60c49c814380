"""How a class has answered: one bar a choice, with its count."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import streamlit as st

from gan_core.classroom.prediction import Prediction
from pages.parts.shared import html


def bars(
    asked: Prediction, counts: Mapping[str, int] | None, mine: str | None = None, measured: Collection[str] = ()
) -> None:
    """All choices with their counts, or without; `mine` is this visitor's, `measured` are those that the run bore
    out."""
    counted, counts = counts is not None, counts or {}
    answers = sum(counts.get(choice, 0) for choice in asked.choices)
    choices = []
    for choice in asked.choices:
        count = counts.get(choice, 0)
        share = 100 * count / answers if answers else 0
        marks = " · ".join(
            word for word, holds in (("your answer", choice == mine), ("measured", choice in measured)) if holds
        )
        choices.append((asked.label(choice), marks, choice in measured, count, share))
    st.html(html.render("classroom/tally", spoken=_spoken(asked, counts, counted), choices=choices, counted=counted))


def answers(asked: Prediction, counts: Mapping[str, int]) -> str:
    """How many have answered, in words."""
    count = sum(counts.get(choice, 0) for choice in asked.choices)
    return "1 answer" if count == 1 else f"{count} answers"


def _spoken(asked: Prediction, counts: Mapping[str, int], counted: bool) -> str:
    if not counted:
        return ", ".join(asked.label(choice) for choice in asked.choices)
    shares = ", ".join(f"{asked.label(choice)}: {counts.get(choice, 0)}" for choice in asked.choices)
    return f"{answers(asked, counts)}. {shares}"
