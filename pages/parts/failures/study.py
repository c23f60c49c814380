"""How often the diagnosis is right, as tests/study.py counted it."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from pages.parts.shared import plain_text, theme

Cell = dict[str, Any]


def show() -> None:
    """The counts with their intervals: in all, by failure, and the healthy runs by architecture and loss."""
    study = _study()
    with st.expander("How often is the diagnosis right?", key="study"):
        st.markdown(
            "Each cell shows how many of all runs were judged right, with the 95% interval (Wilson) of that share. No "
            "two runs share seed and settings. A failing run counts as right if its failure is named, a healthy one if "
            "no failure is. `python -m tests.study` trains them again."
        )
        _at_random(study["random"])
        plain_text.look_up(*study["runs"])
        st.markdown(_table("runs", study["totals"]))
        st.markdown("**By failure**, for recipes and for runs that one setting spoils:")
        st.markdown(_table("failure", study["failures"]))
        st.markdown("**Run by run**: recipes by name and side, healthy runs by architecture and loss:")
        st.markdown(_table("run", study["runs"]))


def _at_random(counted: dict[str, Any]) -> None:
    """How it does at settings that nobody prepared."""
    told = {
        "bad runs that it misses": counted["silent"],
        "good runs that it accuses": counted["accused"],
        "proposed changes that work": counted["cures"],
    }
    lines = [
        f"| {words} | {cell['hits']}/{cell['of']} ({cell['low']:.0%} to {cell['high']:.0%}) |"
        for words, cell in told.items()
    ]
    st.markdown(
        f"**At random settings**: {counted['runs']} runs with one to four unusual settings; in a third of them, a "
        "setting changed during the run. A run is bad if nothing is recognisable in its final pictures, and good if "
        "most of them are, in most classes."
    )
    st.markdown("\n".join(["| runs | count |", "| --- | --- |", *lines]))


def _table(first: str, groups: dict[str, dict[str, Cell]]) -> str:
    datasets = list(dict.fromkeys(name for cells in groups.values() for name in cells))
    lines = [f"| {first} | {' | '.join(datasets)} |", "| --- " * (1 + len(datasets)) + "|"]
    for name, cells in groups.items():
        lines.append(f"| {name} | {' | '.join(_words(cells.get(dataset)) for dataset in datasets)} |")
    return "\n".join(lines)


def _words(cell: Cell | None) -> str:
    return f"{cell['right']}/{cell['runs']} ({cell['low']:.0%} to {cell['high']:.0%})" if cell else "not run"


@st.cache_data(show_spinner=False)
def _study() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((theme.ASSETS / "study.json").read_text())
    return found
