"""What a lesson's run has shown at its end, for the whole class: from any run with the lesson's own settings."""

from __future__ import annotations

from gan_core.classroom.attendance import MeasuredAnswer, attendance
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.reveal import of_class
from gan_core.live.registry import registry
from gan_core.live.run import Snapshot


def keep(lesson: Lesson, run: Snapshot | None) -> None:
    """Take down what a run has shown, where it was the lesson's: ended, to the last step, nothing changed on the way.

    Single steps of one network leave no trace in a run, so what was measured is that of the first such run.
    """
    if lesson.prediction is None or run is None or attendance().measured(lesson.digest):
        return
    whole = run.state == "broken" or (run.state == "finished" and run.step == lesson.experiment.steps)
    if whole and run.rows and not run.changes and run.experiment == lesson.experiment:
        attendance().keep_measured(lesson.digest, of_class(lesson.prediction, run.experiment, run.rows))


def of_lesson(lesson: Lesson) -> MeasuredAnswer | None:
    """What was measured; None before any such run has ended on this server."""
    if attendance().measured(lesson.digest) is None:
        for run in registry().everything():
            keep(lesson, run)
    return attendance().measured(lesson.digest)
