"""What a lesson lets this browser's visitor do now."""

from __future__ import annotations

from gan_core.classroom.attendance import attendance
from gan_core.live.registry import RunError
from gan_core.live.run import Snapshot
from gan_core.settings.experiment import Experiment
from pages.parts.shared import access, page_settings

ANSWER_FIRST = "Answer the question first; then you can start the run."


def answer() -> str | None:
    """What this visitor predicted; None before."""
    lesson = page_settings.lesson()
    if lesson is None:
        return None
    given = attendance().answered(lesson.digest, access.word())
    return given if lesson.prediction and given in lesson.prediction.choices else None


def keep(choice: str) -> None:
    """Count this visitor's prediction."""
    lesson = page_settings.lesson()
    assert lesson is not None
    attendance().answer(lesson.digest, access.word(), choice, access.address())


def note(run: Snapshot | None) -> None:
    """Take down how far this visitor's run is."""
    lesson = page_settings.lesson()
    if lesson is not None and run is not None and access.owns(run):
        attendance().trained(lesson.digest, access.word(), run.run_id, run.step)


def spent() -> int:
    """How many of the lesson's steps are trained; 0 outside a lesson."""
    lesson = page_settings.lesson()
    return attendance().spent(lesson.digest, access.word()) if lesson else 0


def held() -> str:
    """Why no run may start now, in a sentence; empty where one may."""
    lesson = page_settings.lesson()
    if lesson is None:
        return ""
    if lesson.prediction and answer() is None:
        return ANSWER_FIRST
    if spent() >= lesson.budget:
        return f"All {lesson.budget} steps of this lesson are used up."
    return ""


def permitted(e: Experiment, going_on: Snapshot | None = None) -> Experiment:
    """These settings as a run may have them: in a lesson, with no more steps than its budget leaves to a new run, or
    to one that goes on. Raises RunError where none may start."""
    lesson = page_settings.lesson()
    if lesson is None:
        return e
    note(going_on)
    if going_on is None and (reason := held()):
        raise RunError(reason)
    left = lesson.budget - attendance().spent(lesson.digest, access.word(), going_on.run_id if going_on else "")
    return e if e.steps <= left else e.replace(steps=left)
