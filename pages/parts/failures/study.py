"""How often the diagnosis is right, as tests/study.py counted it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.failures.counts import Count, in_words, of_study
from pages.parts.shared import plain_text


def show() -> None:
    """The counts with their intervals: in all, by failure, and the healthy runs by architecture and loss."""
    study = of_study("study")
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
        "failing runs it misses": counted["silent"],
        "healthy runs it flags": counted["accused"],
        "proposed fixes that work": counted["cures"],
    }
    lines = [f"| {words} | {in_words(count, right='hits')} |" for words, count in told.items()]
    st.markdown(
        f"**At random settings**: {counted['runs']} runs with one to four unusual settings; in a third of them, a "
        "setting changed during the run. A run fails if nothing is recognisable in its final pictures; it is "
        "healthy if most of them are, in most classes."
    )
    st.markdown("\n".join(["| runs | count |", "| --- | --- |", *lines]))


def _table(first: str, groups: dict[str, dict[str, Count]]) -> str:
    datasets = list(dict.fromkeys(name for counts in groups.values() for name in counts))
    lines = [f"| {first} | {' | '.join(datasets)} |", "| --- " * (1 + len(datasets)) + "|"]
    for name, counts in groups.items():
        told = (in_words(counts[dataset], of="runs") if dataset in counts else "not run" for dataset in datasets)
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines)
