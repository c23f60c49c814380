"""From measurements to findings: each names a failure, with the numbers that show it and the settings to change.

None is raised without its evidence, and none that another finding explains.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, TypeVar

from gan_core.diagnosis import recognition
from gan_core.diagnosis.detector import Detector, Evidence, Spell
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.titles import title_of
from gan_core.settings.change import Change, settings_over_time
from gan_core.settings.experiment import Experiment

LONG = 3  # rows in which a failure was named before it is told after its end


@dataclass(frozen=True)
class Finding:
    """A failure that was found."""

    failure: str  # its name in code
    since_step: int
    evidence: list[Evidence]
    why: str  # one sentence
    fix: dict[str, Any]  # the settings that mend it, in the order in which to change them
    until_step: int | None = None  # the last step at which it showed; None while it does
    advice: str = field(default="", kw_only=True)  # what mends it in words, where no setting of ours can

    @property
    def title(self) -> str:
        """Its name for people."""
        return title_of(self.failure)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `until_step` only of one that is over, `advice` only where there is some."""
        told = asdict(self)
        if self.until_step is None:
            del told["until_step"]
        if not self.advice:
            del told["advice"]
        return told


class FailureRecord(Protocol):
    """What is read of a failure's record while rows are searched for it: of our own runs' and of watched loops'."""

    @property
    def name(self) -> str:
        """Its name in code."""

    @property
    def explained_by(self) -> frozenset[str]:
        """Failures beside which it says nothing new."""

    @property
    def spoils(self) -> bool:
        """Whether it is ruled out by pictures of which most are recognisable, and of most classes."""

    @property
    def voids(self) -> bool:
        """Whether nothing that is measured beside it means anything."""


R = TypeVar("R", bound=FailureRecord)


def named_now(records: Iterable[R], rows: Sequence[Row], show: Callable[[R], Finding | None]) -> list[Finding]:
    """What `show` finds of the records, which come causes first: none that another explains or that good pictures rule
    out, and one that voids all others alone."""
    good = recognition.good(rows)
    found: list[Finding] = []
    for record in records:
        if (good and record.spoils) or not record.explained_by.isdisjoint(finding.failure for finding in found):
            continue
        if finding := show(record):
            if record.voids:
                return [finding]
            found.append(finding)
    return found


@dataclass(frozen=True)
class Stretch:
    """A part of a run with the same settings: its rows, and what is looked for in it and nowhere later."""

    rows: Sequence[Row]
    detectors: Mapping[str, Detector]  # by failure, causes first
    is_last: bool


def named_before(
    stretches: Iterable[Stretch],
    now: Collection[str],
    records: Mapping[str, R],
    show: Callable[[R, int, Spell], Finding],
) -> list[Finding]:
    """The failures that showed for long and are none of those found `now`, those that ended last first; none that
    showed beside a cause of it. `show` makes the finding of a spell in the stretch of that number."""
    times: dict[str, list[tuple[int, int]]] = {}  # when each failure showed, by step
    found: dict[str, Finding] = {}  # of several times the last
    for number, stretch in enumerate(stretches):
        for name, detector in stretch.detectors.items():
            for spell in detector.spells(stretch.rows):
                since, until = stretch.rows[spell.first].step, stretch.rows[spell.last].step
                times.setdefault(name, []).append((since, until))
                goes_on = stretch.is_last and spell.last == len(stretch.rows) - 1
                if name in now or goes_on or spell.last - spell.called + 1 < LONG:
                    continue
                causes = (time for cause in records[name].explained_by for time in times.get(cause, ()))
                if not any(begun <= until and since <= ended for begun, ended in causes):
                    found[name] = show(records[name], number, spell)
    return sorted(found.values(), key=lambda finding: finding.until_step or 0, reverse=True)


def diagnose(e: Experiment, rows: Sequence[Row]) -> list[Finding]:
    """All findings on a run as it stands, causes first: of its settings alone, then of its newest rows, each with the
    step since which it has held without a break. `rows` are oldest first."""
    findings = named_now(FAILURES.values(), rows, lambda failure: _present(failure, e, rows))
    if not findings and rows and 0 < e.steps <= rows[-1].step:
        for failure in FAILURES.values():
            if failure.of_end and failure.is_looked_for(e) and (evidence := failure.of_end(rows)):
                return [_finding(failure, e, rows[-1].step, evidence)]
    return findings


def passed(
    e: Experiment, rows: Sequence[Row], present: Sequence[Finding], changes: Sequence[Change] = ()
) -> list[Finding]:
    """The failures that showed for long in a run and are none of those found now; those that ended last come first.

    What is no longer looked for since a setting was changed is over with that change.
    """
    over_time, looked_for = settings_over_time(e, changes), detectors(e)
    stretches = [
        Stretch(
            [row for row in rows if until is None or row.step <= until],
            {
                name: detector
                for name, detector in detectors(settings).items()
                if until is None or name not in looked_for
            },
            is_last=until is None,
        )
        for until, settings in over_time
    ]

    def show(failure: Failure, number: int, spell: Spell) -> Finding:
        seen, settings = stretches[number].rows, over_time[number][1]
        since, until = seen[spell.first].step, seen[spell.last].step
        return Finding(failure.name, since, spell.evidence(seen), failure.reason_in(settings), {}, until)

    return named_before(stretches, {finding.failure for finding in present}, FAILURES, show)


def _present(failure: Failure, e: Experiment, rows: Sequence[Row]) -> Finding | None:
    """The finding that a failure shows, since when and by what; None where it does not."""
    if failure.of_settings is not None and failure.is_looked_for(e) and (evidence := failure.of_settings(e)):
        return _finding(failure, e, 0, evidence)
    detector = failure.detector_for(e)
    if detector and (spell := detector.spell(rows)):
        return _finding(failure, e, rows[spell.first].step, spell.evidence(rows))
    return None


def _finding(failure: Failure, e: Experiment, since: int, evidence: list[Evidence]) -> Finding:
    return Finding(failure.name, since, evidence, failure.reason_in(e), failure.remedy(e))


def detectors(e: Experiment) -> dict[str, Detector]:
    """The detectors that have a meaning for an experiment, by failure, causes before what follows from them."""
    return {name: found for name, failure in FAILURES.items() if (found := failure.detector_for(e)) is not None}


def undecided(e: Experiment, rows: Sequence[Row]) -> dict[str, int]:
    """The failures that nobody could tell yet from a young run, with the step from which on each can be."""
    step = rows[-1].step if rows else 0
    return {name: detector.after for name, detector in detectors(e).items() if step < detector.after <= e.steps}
