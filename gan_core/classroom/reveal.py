"""What was predicted of a run beside what was measured at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gan_core.classroom.attendance import MeasuredAnswer
from gan_core.classroom.prediction import ABOVE, BELOW, NONE, Prediction, WhichSide
from gan_core.diagnosis.evidence import told
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import Finding, detectors, diagnose
from gan_core.diagnosis.measurements import MEASUREMENTS
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS

# That the steps do not suffice is the budget's doing, and no answer where it is none of the choices.
SHORT = "too-slow"


@dataclass(frozen=True)
class Reveal:
    """An answer beside what was measured."""

    verdict: Literal["right", "other", "open"]  # "other": something else was measured; "open": not to be told yet
    words: str  # what was measured, with the numbers
    measured: tuple[str, ...]  # the choices that would have been right


def reveal(asked: Prediction, answer: str, e: Experiment, rows: Sequence[Row]) -> Reveal:
    """Compare an answer (one of the prediction's choices) with the rows of a run that has ended (at least one)."""
    if isinstance(asked, WhichSide):
        return _side(asked, answer, e, rows)
    return _failure(asked, answer, e, rows)


def of_class(asked: Prediction, e: Experiment, rows: Sequence[Row]) -> MeasuredAnswer:
    """Which answers of a class are right, by the rows of a run that has ended (at least one)."""
    seen = {choice: reveal(asked, choice, e, rows) for choice in asked.choices}
    right = tuple(choice for choice, of in seen.items() if of.verdict == "right")
    return MeasuredAnswer(right, seen[right[0] if right else asked.choices[0]].words)


def _what(measurement: str, e: Experiment) -> str:
    if measurement == "modes_covered":  # images have classes, points have modes
        return f"the number of {'modes' if e.dataset in POINT_SETS else 'classes'} that appear"
    return MEASUREMENTS[measurement].words


def _side(asked: WhichSide, answer: str, e: Experiment, rows: Sequence[Row]) -> Reveal:
    step, what = rows[-1].step, _what(asked.measurement, e)
    value = rows[-1].measurements.get(asked.measurement)
    if value is None or math.isnan(value):
        return Reveal("open", f"At step {step} of this run, {what} cannot be measured.", ())
    side = BELOW if value < asked.threshold else ABOVE
    words = f"At step {step}, {what} is {asked.shown(value)}: {asked.label(side)}."
    return Reveal("right" if answer == side else "other", words, (side,))


def _failure(asked: Prediction, answer: str, e: Experiment, rows: Sequence[Row]) -> Reveal:
    step = rows[-1].step
    found = {finding.failure: finding for finding in diagnose(e, rows)}
    if SHORT not in asked.choices:
        found.pop(SHORT, None)
    later = _later(e, step)
    if answer in found:
        others = [name for name in found if name != answer]
        also = f" It also found {_listed(others)}." if others else ""
        return Reveal("right", f"The diagnosis found {_told(found[answer])}.{also}", tuple(found))
    if found:
        words = f"The diagnosis found {'. It also found '.join(map(_told, found.values()))}."
        return _beside(answer, e, rows, found, words, later)
    nothing = f"The diagnosis found no failure up to step {step}"
    if answer == NONE and later:
        last = max(later, key=lambda name: later[name])
        words = f"{nothing}, but some show only later: {_title(last)} cannot be judged before step {later[last]}."
        return Reveal("open", words, ())
    if answer in later:
        words = f"{nothing}, and {_title(answer)} cannot be judged before step {later[answer]}."
        return Reveal("open", words, ())
    if answer != NONE and not FAILURES[answer].is_looked_for(e):
        return Reveal("open", f"{nothing}; with these settings it does not check for {_title(answer)}.", ())
    return Reveal("right" if answer == NONE else "other", f"{nothing}.", (NONE,))


def _beside(
    answer: str, e: Experiment, rows: Sequence[Row], found: dict[str, Finding], words: str, later: dict[str, int]
) -> Reveal:
    """Another failure than the predicted one was found, which may be there as well."""
    measured = tuple(found)
    if answer == NONE:
        return Reveal("other", words, measured)
    causes = [name for name in found if name in FAILURES[answer].explained_by]
    detector = FAILURES[answer].detector_for(e)
    if causes and detector and detector.spell(rows):
        words = f"The signs of {_title(answer)} are there, and {_listed(causes)} explains them. {words}"
        return Reveal("right", words, (answer, *measured))
    if answer in later:
        words = f"{words} {_title(answer)} cannot be judged before step {later[answer]}, and this run ended earlier."
    return Reveal("other", words, measured)


def _later(e: Experiment, step: int) -> dict[str, int]:
    """The failures that cannot be told at this step, however long the run was to be, and from when on each can."""
    first = {name: max(detector.after, detector.lasting) for name, detector in detectors(e).items()}
    return {name: at for name, at in first.items() if step < at}


def _told(finding: Finding) -> str:
    since = f"since step {finding.since_step}" if finding.since_step else "from the start"
    numbers = "; ".join(seen.clause for seen in told(finding.evidence))
    return f"{_title(finding.failure)}, {since}: {numbers}"


def _title(failure: str) -> str:
    return f"“{FAILURES[failure].title}”"


def _listed(failures: list[str]) -> str:
    return ", ".join(map(_title, failures))
