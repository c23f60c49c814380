"""The colours of gan_core/outputs/colours.py on every page, and the stylesheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from gan_core.outputs import colours
from gan_core.outputs.colours import BROKEN, DISCRIMINATOR, FIXED, GENERATED, GRADIENT, LEGAL, MOMENT, QUIET, REAL

__all__ = ["BROKEN", "DISCRIMINATOR", "FIXED", "GENERATED", "GRADIENT", "LEGAL", "MOMENT", "QUIET", "REAL"]

ASSETS = Path(__file__).parents[3] / "assets"


def apply() -> None:
    """Load the stylesheet, which has the colours as variables: `--real`, `--broken`, and what keeps charts from
    blinking and each page's address its own; once on every page."""
    named = {name: value for name, value in vars(colours).items() if name.isupper()}
    variables = "".join(f"--{name.lower().replace('_', '-')}: {value};" for name, value in named.items())
    st.html(f"<style>:root {{ {variables} }}</style>")
    st.html(ASSETS / "style.css")
    st.html(f"<script>{_scripts()}</script>", unsafe_allow_javascript=True)


@cache
def _scripts() -> str:
    return "".join((ASSETS / name).read_text() for name in ("charts.js", "history.js"))
