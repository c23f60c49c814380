"""How a class has answered: one bar a choice, with its count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

import streamlit as st

from gan_core.classroom.prediction import Prediction


def bars(asked: Prediction, counts: Mapping[str, int], mine: str | None = None, measured: Collection[str] = ()) -> None:
    """The counts of all choices; `mine` is this visitor's, `measured` are those that the run bore out."""
    answers = sum(counts.get(choice, 0) for choice in asked.choices)
    rows = ""
    for choice in asked.choices:
        count = counts.get(choice, 0)
        share = 100 * count / answers if answers else 0
        marks = " · ".join(
            word for word, holds in (("your answer", choice == mine), ("measured", choice in measured)) if holds
        )
        rows += (
            f'<div class="{"measured-choice" if choice in measured else ""}"><span>{escape(asked.label(choice))}'
            f" <small>{marks}</small></span><b>{count}</b>"
            f'<div class="bar"><div style="width:{share:.1f}%"></div></div></div>'
        )
    st.html(f'<div class="tally" role="img" aria-label="{escape(_spoken(asked, counts))}">{rows}</div>')


def answers(asked: Prediction, counts: Mapping[str, int]) -> str:
    """How many have answered, in words."""
    count = sum(counts.get(choice, 0) for choice in asked.choices)
    return "1 answer" if count == 1 else f"{count} answers"


def _spoken(asked: Prediction, counts: Mapping[str, int]) -> str:
    shares = ", ".join(f"{asked.label(choice)}: {counts.get(choice, 0)}" for choice in asked.choices)
    return f"{answers(asked, counts)}. {shares}"
