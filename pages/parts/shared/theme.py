"""One colour and one dash per actor on every page, and the stylesheet."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

# Told apart by colour-blind people too (after Okabe & Ito), and readable on light and dark.
REAL = "#0f9d76"
GENERATED = "#c0559b"
DISCRIMINATOR = "#3c87cf"
GRADIENT = "#dd7326"
BROKEN, FIXED = "#d1495b", "#0f9d76"
MOMENT = "#e0457b"  # the step that is shown, on a chart of the whole run
LEGAL = "rgba(128, 138, 150, 0.18)"

ASSETS = Path(__file__).parents[3] / "assets"


def apply() -> None:
    """Load the stylesheet; once on every page."""
    st.html(ASSETS / "style.css")
