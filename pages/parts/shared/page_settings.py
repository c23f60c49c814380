"""The page's settings: kept in the session, written into the URL, read from it and checked again.

What the controls show is the draft; the experiment is the last draft that was valid. A link that cannot be
used changes nothing by itself: the page says what is wrong and offers the nearest valid settings.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

from gan_core.classroom.lesson import Assignment, AssignmentError
from gan_core.settings import link
from gan_core.settings.experiment import SETTINGS, Experiment, Problem, SettingsError, nearest
from pages.parts.shared import address_bar

RUN = "run"  # the URL key that names a run
FAILURE = "f"  # and those that name a failure and its two runs
PAIR = "pair"
AND = "~"
GAIN = "gain"
KEYS = {GAIN} | {name for row in SETTINGS.values() for name in (row.name, row.url_key)}


def open_page() -> bool:
    """Bring the session up to date with the URL; whether the browser came with another. To be called first on each
    run of the script."""
    if "experiment" not in st.session_state:
        take(Experiment())
    query = address_bar.arrived()
    if query:
        _read({key: text for key, text in query.items() if key != RUN})
    return bool(query)


def experiment() -> Experiment:
    """The settings that a run would have now."""
    return st.session_state.experiment


def assignment() -> Assignment | None:
    """The lesson that the page was opened with, where it was."""
    return st.session_state.get("assignment")


def draft() -> dict[str, Any]:
    """What the controls show; differs from the experiment while it is not valid."""
    return st.session_state.draft


def problems() -> list[Problem]:
    """What is wrong with the draft, or with the link that was opened."""
    return st.session_state.problems


def strange() -> list[str]:
    """What the link that was opened had besides settings; it is left out."""
    return st.session_state.strange


def write(run_id: str | None, gain: float = 1.0) -> None:
    """Put the settings, the run, and the gain of an untrained generator into the URL; in a lesson, the lesson."""
    lesson = assignment()
    settings = lesson.to_query() if lesson else link.to_query(experiment())
    address_bar.put(settings | ({RUN: run_id} if run_id else {}) | ({GAIN: f"{gain:g}"} if gain != 1 else {}))


def write_failure(name: str, runs: Collection[str]) -> None:
    """Put a failure and its two runs, where they were started, into the URL."""
    address_bar.put({FAILURE: name} | ({PAIR: AND.join(runs)} if runs else {}))


def change(changes: dict[str, Any]) -> bool:
    """Change settings of the draft; True when it is valid and so became the experiment. A lesson's locked and hidden
    settings stay as they are."""
    base, lesson = experiment(), assignment()
    try:
        if lesson:
            open_yet = {name: draft()[name] for name in lesson.shown if draft()[name] != getattr(base, name)}
            take(lesson.changed(base, open_yet | changes))
        elif not problems():
            take(base.replace(**changes))
        else:
            take(Experiment(**(draft() | changes)))
    except AssignmentError as error:
        st.session_state.refusal = "; ".join(f"{SETTINGS[p.field].label}: {p.allowed}." for p in error.problems)
        return False
    except SettingsError as error:
        st.session_state.draft = draft() | changes
        st.session_state.problems = error.problems
        return False
    return True


def take_nearest() -> None:
    """Use the valid settings that are nearest to the draft."""
    take(nearest(draft()))


def take(e: Experiment) -> None:
    """Make these the page's settings (those of a run that was re-attached, say)."""
    st.session_state.experiment = e
    st.session_state.draft = e.model_dump()
    st.session_state.problems = []
    st.session_state.strange = []


def _read(query: dict[str, str]) -> None:
    given, unread = link.read_query(query)
    strange = [key for key in query if key not in KEYS]
    try:
        take(Experiment(**given))
        wrong: list[Problem] = []
    except SettingsError as error:
        # The right part of the link is used, so that only what is wrong stays open.
        wrong = error.problems
        take(nearest({name: value for name, value in given.items() if name not in {p.field for p in wrong}}))
        st.session_state.draft = experiment().model_dump() | given
    st.session_state.problems = unread + wrong
    st.session_state.strange = strange
