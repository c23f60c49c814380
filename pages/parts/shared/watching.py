"""A run that others change, too: another visitor's, to be looked at and copied, or one's own in two tabs."""

from __future__ import annotations

import streamlit as st

from gan_core.live.run import Snapshot
from pages.parts.shared import page_link, page_settings, state, tab_runs

READ_ONLY = "This is another visitor's run. Take a copy to change it."
LOOK_EVERY_S = 2.0  # at one that stands still: its owner may go on at any time


def read_only(run: Snapshot | None) -> str:
    """Why the controls change nothing; empty where they do."""
    return READ_ONLY if tab_runs.watched(run) else ""


def follow(run: Snapshot | None) -> None:
    """Have the page show the run's settings where its owner has changed them, or the same browser in another tab.

    Not where this tab asks for others itself: these are on their way to the run, or were refused.
    """
    if run is None:
        return
    shown = page_settings.experiment()
    if run.experiment == shown:
        state.AGREED.set((run.run_id, shown))
    elif tab_runs.watched(run):
        st.rerun()
    elif state.AGREED.get() == (run.run_id, shown) and not (page_settings.problems() or tab_runs.awaiting(run)):
        page_settings.take(run.experiment)
        st.rerun()


def take_copy() -> None:
    """Take a copy of the run that is watched, in its place."""
    there = tab_runs.snapshot()
    if there is not None and tab_runs.copy(there):
        page_link.change(page_settings.RUN, state.RUN.get())
        state.REDRAW.set(True)  # the controls stand outside the part that is drawn again by itself


def leave() -> None:
    """Watch no longer; the settings stay, for a run of one's own."""
    state.RUN.set(None)
    page_link.change(page_settings.RUN, None)
    state.REDRAW.set(True)


def words(run: Snapshot) -> list[str]:
    """Whose run it is where it is another visitor's, and how many look at it where there are several."""
    people = f"{run.people} people watch this run" if run.people > 1 else ""
    whose = "another visitor's run" if tab_runs.watched(run) else ""
    return [words for words in (whose, people) if words]
