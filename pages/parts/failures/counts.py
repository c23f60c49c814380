"""What the studies in tests/ counted, and how a count is told."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from pages.parts.shared import theme

Count = dict[str, Any]


@st.cache_data(show_spinner=False)
def of_study(name: str) -> dict[str, Any]:
    """All counts of one study, whose file in assets/ has this name."""
    found: dict[str, Any] = json.loads((theme.ASSETS / f"{name}.json").read_text())
    return found


def in_words(count: Count, right: str = "right", of: str = "of") -> str:
    """How many were right of how many, by the names of these two numbers, with the interval of that share."""
    return f"{count[right]}/{count[of]} ({count['low']:.0%} to {count['high']:.0%})"
