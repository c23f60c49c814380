"""Which browser tab this is, and the run it watches."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping

import streamlit as st

from gan_core.live.registry import RunError, UnknownRun, registry
from gan_core.live.run import Snapshot
from gan_core.saved_runs.run_folder import SavedRun
from gan_core.settings.experiment import SETTINGS, Experiment, diff
from pages.parts.shared import page_settings, visitor

ANSWER_S = 0.2  # how long a click waits for its answer before the page is drawn
SETTLING_S = 1.0
PATIENCE_S = 20.0  # how long the page keeps looking for it


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
    asked = st.query_params.get(page_settings.RUN) or st.session_state.get("run")
    st.session_state.lost = None
    if asked is None:
        return
    lesson, there = page_settings.assignment(), registry().snapshot(asked)
    if lesson and there and not lesson.allows(there.experiment):
        st.session_state.run = None
        st.session_state.refusal = f"The run “{asked}” has other settings than this lesson allows: start a new one."
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
            page_settings.take(now.experiment)


def act(what: str, *arguments: object) -> None:
    """Ask the registry for something about this tab's run."""
    _ask(what, st.session_state.run, *arguments)


def _ask(what: str, run_id: str, *arguments: object) -> None:
    """Call the registry, and keep its refusal for the page to show."""
    st.session_state.refusal = None
    before = registry().snapshot(run_id)
    try:
        getattr(registry(), what)(run_id, *arguments)
    except RunError as error:
        st.session_state.refusal = str(error)
    else:
        if before is not None:
            # Not the snapshot itself, which would keep all of its pictures in memory.
            st.session_state.answer_due = (run_id, before.state, before.frame, before.trouble, time.monotonic())
            if before.state == "paused":  # nothing else is on its way: the answer is there in a moment
                registry().wait_until(lambda: not awaiting(registry().snapshot(run_id)), ANSWER_S)


def awaiting(run: Snapshot | None) -> bool:
    """Whether a run that stands still has yet to show what came of the last click: its worker answers each
    command with a new picture, but only after the step that is under way."""
    if run is None or st.session_state.get("answer_due", ("",))[0] != run.run_id:
        return False
    _, state, frame, trouble, at = st.session_state.answer_due
    age = time.monotonic() - at
    if state != "paused" and age < SETTLING_S:  # pictures from before the click may still be coming
        return True
    answered = run.frame is not frame or run.state != state or run.trouble != trouble
    return not answered and age < PATIENCE_S


def begin(*, go: bool) -> None:
    """Start a run with the page's settings; where one is there, let it go on instead."""
    st.session_state.refusal = None
    try:
        st.session_state.run = start(visitor.permitted(page_settings.experiment()), go=go)
    except RunError as error:
        st.session_state.refusal = str(error)


def begin_pair(name: str, broken: Experiment, fixed: Experiment) -> None:
    """Start the two runs of a lesson, in lock-step; where they are there, both begin again."""
    st.session_state.lesson = name
    begin_together("pair", {"broken": broken, "fixed": fixed})


def begin_together(kind: str, experiments: Mapping[str, Experiment]) -> None:
    """Start runs in lock-step that this tab keeps as its `kind`, by name; where all are there, they begin again."""
    st.session_state.refusal = None
    runs: dict[str, str] = st.session_state.get(kind, {})
    try:
        if set(runs) == set(experiments) and all(registry().snapshot(run_id) for run_id in runs.values()):
            for name, experiment in experiments.items():
                registry().rewind(runs[name], experiment)
            return
        end_together(kind)
        _keep(kind, experiments, registry().start_together([*experiments.values()], _tab()))
    except RunError as error:
        st.session_state.refusal = str(error)


def reopen_together(kind: str, saved: Mapping[str, SavedRun]) -> None:
    """Open saved runs as this tab's `kind`, by name, paused where each stood; those that were here end. Raises
    RunError, OSError."""
    end_together(kind)
    _keep(kind, saved, registry().reopen_together([*saved.values()], _tab()))


def _keep(kind: str, names: Iterable[str], ids: tuple[str, ...]) -> None:
    for run_id in ids:
        registry().attach(run_id, _tab())
    st.session_state[kind] = dict(zip(names, ids, strict=True))


def together(kind: str, name: str) -> Snapshot | None:
    """One run of a kind, where it was started."""
    run_id = st.session_state.get(kind, {}).get(name)
    return registry().snapshot(run_id) if run_id else None


def attach_together(kind: str, runs: Mapping[str, str]) -> bool:
    """Come back to runs that go together, after a reload; False where one of them is no longer here."""
    try:
        for run_id in runs.values():
            registry().attach(run_id, _tab())
    except UnknownRun:
        return False
    st.session_state[kind] = dict(runs)
    return True


def act_on_all(kind: str, what: str) -> None:
    """Ask the registry for something about all runs of a kind."""
    for run_id in st.session_state.get(kind, {}).values():
        _ask(what, run_id)


def end_together(kind: str) -> None:
    """End all runs of a kind."""
    for run_id in st.session_state.pop(kind, {}).values():
        registry().forget(run_id)


def pair(side: str) -> Snapshot | None:
    """One run of the lesson's two, where it was started."""
    return together("pair", side)


def keep_pair(name: str, broken: Experiment, fixed: Experiment) -> bool:
    """End the two runs of another lesson than this one, and come back to those of this one that the URL names, after
    a reload; False where they are no longer here."""
    if st.session_state.get("lesson") == name:
        return True
    leave_pair()
    asked = st.query_params.get(page_settings.PAIR)
    if asked is None:
        return True
    runs = dict(zip(("broken", "fixed"), asked.split(page_settings.AND), strict=False))
    there = [registry().snapshot(run_id) for run_id in runs.values()]
    if [run.experiment for run in there if run] != [broken, fixed]:
        return False
    if not attach_together("pair", runs):  # one ended this very moment
        return False
    st.session_state.lesson = name
    return True


def pair_ids() -> tuple[str, ...]:
    """The ids of the lesson's two runs, the broken one first; empty before they are started."""
    return tuple(st.session_state.get("pair", {}).values())


def act_on_pair(what: str) -> None:
    """Ask the registry for something about both runs of the lesson."""
    act_on_all("pair", what)


def leave_pair() -> None:
    """End both runs of the lesson."""
    end_together("pair")
    st.session_state.lesson = None


def leave_run() -> None:
    """End this tab's run, so that the next start is one with the page's settings."""
    run_id = st.session_state.pop("run", None)
    if run_id is not None:
        registry().forget(run_id)


def reopen(saved: SavedRun) -> None:
    """Open a saved run as this tab's, paused where it stood; the run that was here ends. Raises RunError, OSError."""
    run_id = registry().reopen(saved, _tab())
    registry().attach(run_id, _tab())
    leave_run()
    st.session_state.run = run_id
    page_settings.take(saved.experiment)


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
    wanted = visitor.permitted(page_settings.experiment(), now)
    changed = {name: new for name, (_, new) in diff(now.experiment, wanted).items()}
    if not changed:
        return
    if all(SETTINGS[name].live for name in changed) and now.state not in ("crashed", "stopped", "refused"):
        act("set", changed)
    else:
        rewind(go=now.state != "paused")


def rewind(*, go: bool) -> None:
    """Begin the run again at step 0 with the page's settings."""
    visitor.note(snapshot())
    try:
        act("rewind", visitor.permitted(page_settings.experiment()), go)
    except RunError as error:
        st.session_state.refusal = str(error)
