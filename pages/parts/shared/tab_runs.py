"""The runs of this browser tab."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Concatenate, NamedTuple, ParamSpec

from gan_core.live.registry import RunError, UnknownRun, registry
from gan_core.live.run import Snapshot
from gan_core.messages.frame import Frame
from gan_core.saved_runs.run_folder import SavedRun
from gan_core.settings.change import needing_new_run
from gan_core.settings.experiment import Experiment, diff
from pages.parts.shared import access, first_picture, page_link, page_settings, state, tab, visitor
from pages.parts.shared.state import Key

WATCHED = "This is another visitor's run: take a copy to change anything."
ANSWER_S = 0.2  # how long a click waits for its answer before the page is drawn
SETTLING_S = 1.0
PATIENCE_S = 20.0  # how long the page keeps looking for it

P = ParamSpec("P")
# Runs that this tab keeps together: their ids by name.
Together = Key[dict[str, str]]


class AnswerDue(NamedTuple):
    """How a run stood when it was last asked for something."""

    run_id: str
    state: str
    frame: Frame | None
    trouble: str
    asked_at: float  # by time.monotonic


def snapshot() -> Snapshot | None:
    """The run this tab watches, as it is now; None where there is none."""
    return registry().snapshot(run_id) if (run_id := state.RUN.get()) else None


def attach() -> None:
    """Come (back) to the run that the URL names, or that the tab watched before another page was opened. Who goes back
    to before its start finds none there; it is paused, and comes back where he goes forward."""
    asked = page_link.value(page_settings.RUN) or state.RUN.get()
    state.LOST.set(None)
    if page_link.returned() and not page_link.value(page_settings.RUN):
        if not watched(snapshot()):
            pause()
        state.RUN.set(asked := None)
    there = registry().snapshot(asked) if asked else None
    own = there is None or access.owns(there)
    tab.watch([asked] if asked and not own else [])
    if asked is None:
        return
    lesson = page_settings.lesson()
    if lesson and there and not lesson.allows(there.experiment):
        state.RUN.set(None)
        state.REFUSAL.set(f"The run “{asked}” has settings that this lesson does not allow: start a new one.")
        return
    try:
        if own:
            tab.attach(asked)
    except UnknownRun:
        state.RUN.set(None)
        state.LOST.set(asked)
        return
    if state.RUN.get() != asked or not own:  # of one that is watched, whatever a link says, its own settings are shown
        state.RUN.set(asked)
        now = registry().snapshot(asked)
        if now is not None:
            page_settings.take(now.experiment)


def pause() -> None:
    """Have this tab's run stand still."""
    act(registry().pause)


def act(what: Callable[Concatenate[str, P], None], *arguments: P.args, **named: P.kwargs) -> None:
    """Ask the registry for something about this tab's run; nothing where there is none."""
    if (run_id := state.RUN.get()) is not None:
        _ask(what, run_id, *arguments, **named)


def _ask(what: Callable[Concatenate[str, P], None], run_id: str, *arguments: P.args, **named: P.kwargs) -> None:
    """Call the registry, and keep its refusal for the page to show. Of others' runs, nothing is asked but what a
    teacher may."""
    state.REFUSAL.set(None)
    before = registry().snapshot(run_id)
    holds = what in (registry().pause, registry().go)
    if before is not None and not (access.owns(before) or (holds and access.teacher())):
        state.REFUSAL.set(WATCHED)
        return
    try:
        what(run_id, *arguments, **named)
    except RunError as error:
        state.REFUSAL.set(str(error))
    else:
        if before is not None:
            # Not the snapshot itself, which would keep all of its pictures in memory.
            due = AnswerDue(run_id, before.state, before.frame, before.trouble, time.monotonic())
            state.ANSWER_DUE.set(due)
            if before.state == "paused":  # nothing else is on its way: the answer is there in a moment
                registry().wait_until(lambda: not awaiting(registry().snapshot(run_id)), ANSWER_S)


def awaiting(run: Snapshot | None) -> bool:
    """Whether a run that stands still has yet to show what came of the last click: its worker answers each
    command with a new picture, but only after the step that is under way."""
    due = state.ANSWER_DUE.get()
    if run is None or due is None or due.run_id != run.run_id:
        return False
    if due.frame is None and run.frame is not None and run.trouble == due.trouble:
        # Asked while the run was being opened: its opening picture is no answer yet.
        return run.frame.step == 0 and (run.frame_age_s or 0.0) < PATIENCE_S
    age = time.monotonic() - due.asked_at
    if due.state != "paused" and age < SETTLING_S:  # pictures from before the click may still be coming
        return True
    answered = run.frame is not due.frame or run.state != due.state or run.trouble != due.trouble
    return not answered and age < PATIENCE_S


def begin(*, go: bool) -> None:
    """Start a run with the page's settings; where one is there, let it go on instead."""
    state.REFUSAL.set(None)
    try:
        state.RUN.set(run_id := start(visitor.permitted(page_settings.experiment()), go=go))
    except RunError as error:
        state.REFUSAL.set(str(error))
        return
    first_picture.wait_for(run_id)


def watched(run: Snapshot | None) -> bool:
    """Whether a run is another visitor's, to be looked at only."""
    return run is not None and not access.owns(run)


def look_at(run: Snapshot) -> None:
    """Make a run this tab's; the one that was goes on, until nobody has looked at it for long."""
    state.RUN.set(run.run_id)
    page_settings.take(run.experiment)
    if access.owns(run):
        tab.attach(run.run_id)


def end(run_id: str) -> None:
    """End one of this visitor's runs."""
    _forget(run_id)
    state.RUN.set(None if state.RUN.get() == run_id else state.RUN.get())


def copy(there: Snapshot) -> bool:
    """Take a copy of a run as this tab's own, paused at its newest checkpoint; the one that was here ends. False where
    that cannot be."""
    state.REFUSAL.set(None)
    try:
        visitor.permitted(there.experiment)
        access.check_run(there.experiment, done=there.step)
        run_id = registry().copy(there.run_id, access.owner())
        tab.attach(run_id)
    except (RunError, OSError) as error:
        state.REFUSAL.set(str(error))
        return False
    leave_run()
    state.RUN.set(run_id)
    page_settings.take(there.experiment)
    return True


def begin_pair(name: str, broken: Experiment, fixed: Experiment) -> None:
    """Start the two runs of a recipe, in lock-step; where they are there, both begin again."""
    state.PAIR_OF.set(name)
    begin_together(state.PAIR, {"broken": broken, "fixed": fixed})


def begin_together(kind: Together, experiments: Mapping[str, Experiment]) -> None:
    """Start runs in lock-step that this tab keeps as its `kind`, by name; where all are there, they begin again."""
    state.REFUSAL.set(None)
    runs = kind.get()
    try:
        access.check_run(*experiments.values(), instead=runs.values())
        there = [registry().snapshot(run_id) for run_id in runs.values()]
        if set(runs) == set(experiments) and all(run is not None and access.owns(run) for run in there):
            for name, experiment in experiments.items():
                registry().rewind(runs[name], experiment)
            return
        end_together(kind)
        _keep(kind, experiments, registry().start_together([*experiments.values()], owner=access.owner()))
    except RunError as error:
        state.REFUSAL.set(str(error))


def reopen_together(kind: Together, saved: Mapping[str, SavedRun]) -> None:
    """Open saved runs as this tab's `kind`, by name, paused where each stood; those that were here end. Raises
    RunError, OSError."""
    done = min(one.step for one in saved.values())
    access.check_run(*(one.experiment for one in saved.values()), done=done, instead=kind.get().values())
    end_together(kind)
    _keep(kind, saved, registry().reopen_together([*saved.values()], access.owner()))


def _keep(kind: Together, names: Iterable[str], ids: tuple[str, ...]) -> None:
    for run_id in ids:
        tab.attach(run_id)
    kind.set(dict(zip(names, ids, strict=True)))


def together(kind: Together, name: str) -> Snapshot | None:
    """One run of a kind, where it was started."""
    run_id = kind.get().get(name)
    return registry().snapshot(run_id) if run_id else None


def attach_together(kind: Together, runs: Mapping[str, str]) -> bool:
    """Come back to runs that go together, after a reload; False where one of them is no longer here."""
    try:
        there = {run_id: registry().snapshot(run_id) for run_id in runs.values()}
        others = [run_id for run_id, run in there.items() if watched(run)]
        for run_id in there:
            if run_id not in others:
                tab.attach(run_id)
    except UnknownRun:
        return False
    tab.watch(others)
    kind.set(dict(runs))
    return True


def act_on_all(kind: Together, what: Callable[[str], None]) -> None:
    """Ask the registry for something about all runs of a kind."""
    for run_id in kind.get().values():
        _ask(what, run_id)


def end_together(kind: Together) -> None:
    """End all runs of a kind."""
    for run_id in kind.take().values():
        _forget(run_id)


def pair(side: str) -> Snapshot | None:
    """One run of the recipe's two, where it was started."""
    return together(state.PAIR, side)


def keep_pair(name: str, broken: Experiment, fixed: Experiment, asked: Sequence[str]) -> bool:
    """End the two runs of another recipe than this one, and come back to those of this one that a link asks for, after
    a reload; False where they are no longer here."""
    if state.PAIR_OF.get() == name:
        return True
    leave_pair()
    if not asked:
        return True
    runs = dict(zip(("broken", "fixed"), asked, strict=False))
    there = [registry().snapshot(run_id) for run_id in runs.values()]
    if [run.experiment for run in there if run] != [broken, fixed]:
        return False
    if not attach_together(state.PAIR, runs):  # one ended this very moment
        return False
    state.PAIR_OF.set(name)
    return True


def pair_ids() -> tuple[str, ...]:
    """The ids of the recipe's two runs, the broken one first; empty before they are started."""
    return tuple(state.PAIR.get().values())


def act_on_pair(what: Callable[[str], None]) -> None:
    """Ask the registry for something about both runs of the recipe."""
    act_on_all(state.PAIR, what)


def leave_pair() -> None:
    """End both runs of the recipe."""
    end_together(state.PAIR)
    state.PAIR_OF.set(None)


def leave_run() -> None:
    """End this tab's run, so that the next start is one with the page's settings."""
    if (run_id := state.RUN.take()) is not None:
        _forget(run_id)


def _forget(run_id: str) -> None:
    """End a run; one that is only watched goes on."""
    there = registry().snapshot(run_id)
    if there is not None and access.owns(there):
        registry().forget(run_id)


def reopen(saved: SavedRun, *, copied: bool = False) -> None:
    """Open a saved run as this tab's, paused where it stood; the run that was here ends. With `copied`, as one that is
    not saved yet. Raises RunError, OSError."""
    access.check_run(saved.experiment, done=saved.step, instead=[state.RUN.get() or ""])
    run_id = registry().reopen(saved, access.owner(), linked=not copied)
    tab.attach(run_id)
    leave_run()
    state.RUN.set(run_id)
    page_settings.take(saved.experiment)


def start(experiment: Experiment, *, go: bool) -> str:
    """Start a run that this tab watches; raises RunError."""
    access.check_run(experiment)
    run_id = registry().start(experiment, go=go, owner=access.owner())
    tab.attach(run_id)
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
    if not access.owns(now):
        page_settings.take(now.experiment)
        state.REFUSAL.set(WATCHED)
        return
    try:
        access.check_run(wanted, done=now.step, instead=[now.run_id])
    except RunError as error:
        state.REFUSAL.set(str(error))
        return
    if not needing_new_run(now.experiment, changed) and now.state not in ("crashed", "stopped", "refused"):
        act(registry().set, changed)
    else:
        rewind(go=now.state != "paused")


def rewind(*, go: bool) -> None:
    """Begin the run again at step 0 with the page's settings."""
    visitor.note(snapshot())
    try:
        wanted = visitor.permitted(page_settings.experiment())
        access.check_run(wanted, instead=[state.RUN.get() or ""])
        act(registry().rewind, wanted, go)
    except RunError as error:
        state.REFUSAL.set(str(error))
