"""This visitor's runs that are live now, on a server that others reach: each takes one of his places."""

from __future__ import annotations

import streamlit as st

from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from pages.parts.shared import access, plain_text, state, tab_runs


def listing() -> None:
    """A line for each, to go back to it or to end it; nothing where nobody is told apart."""
    if access.alone():
        return
    runs = [run for run in registry().everything() if access.owns(run) and run.state != "stopped"]
    if not runs:
        return
    most = registry().limits.runs_each
    with st.expander(f"Your live runs ({len(runs)} of {most})", key="live_runs"):
        for run in runs:
            words, back, end = st.columns([0.6, 0.2, 0.2], vertical_alignment="center")
            with words:
                plain_text.small(f"{run.experiment.architecture} on {run.experiment.dataset}: {_stands(run)}")
            back.button("Open", key=f"back-{run.run_id}", on_click=_open, args=(run.run_id,), width="stretch")
            end.button("End", key=f"end-{run.run_id}", on_click=_end, args=(run.run_id,), width="stretch")


def _stands(run: Snapshot) -> str:
    return f"{run.state}, step {run.step} of {run.steps}"


def _open(run_id: str) -> None:
    there = registry().snapshot(run_id)
    if there is not None:
        tab_runs.look_at(there)
        state.TO_TRAIN.set(True)


def _end(run_id: str) -> None:
    tab_runs.end(run_id)
