"""How often the diagnosis of brought files is right, as tests/study_files.py counted it."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from pages.parts.shared import theme

Cell = dict[str, Any]


def show() -> None:
    """The counts: of spoilt files, by fault, with what the code mended; of clean ones."""
    with st.expander("How often is the diagnosis of uploaded files right?", key="study_files"):
        st.markdown(
            "Pictures spoilt on purpose, and logs of loops with a built-in mistake, count as right if their fault is "
            "named; clean ones, if nothing is named. Fixed means that the code shown, run on the file, gave the "
            "original picture back. `python -m tests.study_files` counts again."
        )
        lines = ["| files | right | fixed |", "| --- | --- | --- |"]
        for name, kinds in _study().items():
            lines.append(f"| {name} | {_words(kinds.get('named') or kinds['right'])} | {_words(kinds.get('mended'))} |")
        st.markdown("\n".join(lines))


def _words(cell: Cell | None) -> str:
    return f"{cell['right']}/{cell['of']} ({cell['low']:.0%} to {cell['high']:.0%})" if cell else ""


@st.cache_data(show_spinner=False)
def _study() -> dict[str, dict[str, Cell]]:
    found: dict[str, dict[str, Cell]] = json.loads((theme.ASSETS / "study_files.json").read_text())
    return found
