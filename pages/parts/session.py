"""Which browser tab this is, and the run it watches."""

from __future__ import annotations

import secrets

import streamlit as st

from gan_core.experiment import SETTINGS, Experiment, SettingsError, diff
from gan_core.run import Snapshot
from gan_core.runs import RunError, UnknownRun, registry
from gan_core.settings import Value
from pages.parts import address


def _left(tab: str) -> None:
    registry().detach(tab)


@st.cache_resource(scope="session", on_release=_left, show_spinner=False)
def _tab() -> str:
    """An id that lives as long as the browser stays connected; its release pauses the runs it watched."""
    return secrets.token_hex(8)


def snapshot() -> Snapshot | None:
    """The run this tab watches, as it is now; None where there is none."""
    run_id = st.session_state.get("run")
    return registry().snapshot(run_id) if run_id else None


def attach() -> None:
    """Come (back) to the run that the URL names, or that the tab watched before another page was opened."""
    asked = st.query_params.get(address.RUN) or st.session_state.get("run")
    st.session_state.lost = None
    if asked is None:
        return
    try:
        registry().attach(asked, _tab())
    except UnknownRun:
        st.session_state.run = None
        st.session_state.lost = asked
        return
    if st.session_state.get("run") != asked:
        st.session_state.run = asked
        now = registry().snapshot(asked)
        if now is not None:
            address.take(now.experiment)


def act(what: str, *arguments: object) -> None:
    """Ask the registry for something about this tab's run, and keep its refusal for the page to show."""
    st.session_state.refusal = None
    try:
        getattr(registry(), what)(st.session_state.run, *arguments)
    except RunError as error:
        st.session_state.refusal = str(error)


def begin(*, go: bool) -> None:
    """Start a run with the page's settings; where one is there, let it go on instead."""
    st.session_state.refusal = None
    try:
        st.session_state.run = start(address.experiment(), go=go)
    except RunError as error:
        st.session_state.refusal = str(error)


def begin_beside(changes: dict[str, Value]) -> None:
    """Start a second run from step 0, like this tab's but for `changes`, to be shown beside it."""
    st.session_state.refusal = None
    now = snapshot()
    if now is None:
        return
    leave_beside()
    try:
        st.session_state.beside = start(now.experiment.replace(**changes), go=True)
    except (RunError, SettingsError) as error:
        st.session_state.refusal = str(error)


def beside() -> Snapshot | None:
    """The second run, where there is one."""
    run_id = st.session_state.get("beside")
    return registry().snapshot(run_id) if run_id else None


def leave_beside(*, keep: bool = False) -> None:
    """End the comparison; with `keep`, the second run takes the place of the first."""
    second, first = st.session_state.pop("beside", None), st.session_state.get("run")
    if second is None:
        return
    if keep:
        st.session_state.run = second
        now = registry().snapshot(second)
        if now is not None:
            address.take(now.experiment)
    registry().forget(first if keep and first else second)


def start(experiment: Experiment, *, go: bool) -> str:
    """Start a run that this tab watches; raises RunError."""
    run_id = registry().start(experiment, _tab(), go=go)
    registry().attach(run_id, _tab())
    return run_id


def adopt() -> None:
    """Bring the run to the page's settings: at once where they may change while running, else from step 0."""
    now = snapshot()
    if now is None:
        return
    changed = {name: new for name, (_, new) in diff(now.experiment, address.experiment()).items()}
    if not changed:
        return
    if all(SETTINGS[name].live for name in changed) and now.state not in ("crashed", "stopped", "refused"):
        act("set", changed)
    else:
        act("rewind", address.experiment(), now.state != "paused")
