"""How often the diagnosis of brought files is right, as tests/study_files.py counted it."""

from __future__ import annotations

import streamlit as st

from pages.parts.failures.counts import in_words, of_study


def show() -> None:
    """The counts: of spoilt files, by fault, with what the code mended; of clean ones."""
    with st.expander("How often is the diagnosis of uploaded files right?", key="study_files"):
        st.markdown(
            "Pictures spoilt on purpose, and logs of loops with a built-in mistake, count as right if their fault is "
            "named; clean ones, if nothing is named; a penalty that acts, if the penalty is not. Fixed means that the "
            "code shown, run on the file, gave the original picture back. `python -m tests.study_files` counts again."
        )
        lines = ["| files | right | fixed |", "| --- | --- | --- |"]
        for name, counts in of_study("study_files").items():
            mended = in_words(counts["mended"]) if "mended" in counts else ""
            lines.append(f"| {name} | {in_words(counts.get('named') or counts['right'])} | {mended} |")
        st.markdown("\n".join(lines))
