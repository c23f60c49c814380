"""From measurements to findings: each names a failure, with the numbers that show it and the settings to change.

None is raised without its evidence, and none that another finding explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from gan_core.diagnosis import recognition
from gan_core.diagnosis.detector import Detector, Evidence
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


def diagnose(e: Experiment, rows: Sequence[Row]) -> list[Finding]:
    """All findings on a run as it stands, causes first: of its settings alone, then of its newest rows, each with the
    step since which it has held without a break. `rows` are oldest first."""
    good = recognition.good(rows)
    if broken := list(_present(FAILURES["non-finite"], e, rows)):
        return broken  # No number after it means anything.
    findings: list[Finding] = []
    for failure in FAILURES.values():
        if failure.explained_by.isdisjoint(finding.failure for finding in findings) and not (good and failure.spoils):
            findings += _present(failure, e, rows)
    if not findings and rows and 0 < e.steps <= rows[-1].step:
        for failure in FAILURES.values():
            if failure.of_end and failure.is_looked_for(e) and not findings and (evidence := failure.of_end(rows)):
                findings.append(_finding(failure, e, rows[-1].step, evidence))
    return findings


def passed(
    e: Experiment, rows: Sequence[Row], present: Sequence[Finding], changes: Sequence[Change] = ()
) -> list[Finding]:
    """The failures that showed for long in a run and are none of those found now; those that ended last come first.

    What is no longer looked for since a setting was changed is over with that change.
    """
    times: dict[str, list[tuple[int, int]]] = {}  # when each failure showed, by step
    found: list[Finding] = []
    now, looked_for = {finding.failure for finding in present}, detectors(e)
    for until_step, settings in settings_over_time(e, changes):
        seen = [row for row in rows if until_step is None or row.step <= until_step]
        for name, detector in detectors(settings).items():
            if until_step is not None and name in looked_for:
                continue
            failure = FAILURES[name]
            for spell in detector.spells(seen):
                times.setdefault(name, []).append((seen[spell.first].step, seen[spell.last].step))
                goes_on = until_step is None and spell.last == len(seen) - 1
                if name in now or goes_on or spell.last - spell.called + 1 < LONG:
                    continue
                since, until = times[name][-1]
                causes = (time for cause in failure.explained_by for time in times.get(cause, ()))
                if any(begun <= until and since <= ended for begun, ended in causes):
                    continue
                evidence = [one.evidence(seen[spell.shown].measurements) for one in spell.conditions]
                found.append(Finding(name, since, evidence, failure.reason_in(settings), {}, until))
    found.sort(key=lambda finding: finding.until_step or 0)
    last = {finding.failure: finding for finding in found}  # of several times the last
    return sorted(last.values(), key=lambda finding: finding.until_step or 0, reverse=True)


def _present(failure: Failure, e: Experiment, rows: Sequence[Row]) -> Iterator[Finding]:
    """The finding that a failure shows, since when and by what; nothing where it does not."""
    if failure.of_settings is not None and failure.is_looked_for(e) and (evidence := failure.of_settings(e)):
        yield _finding(failure, e, 0, evidence)
        return
    detector = failure.detector_for(e)
    if detector and (spell := detector.spell(rows)):
        evidence = [one.evidence(rows[spell.shown].measurements) for one in spell.conditions]
        yield _finding(failure, e, rows[spell.first].step, evidence)


def _finding(failure: Failure, e: Experiment, since: int, evidence: list[Evidence]) -> Finding:
    return Finding(failure.name, since, evidence, failure.reason_in(e), failure.remedy(e))


def detectors(e: Experiment) -> dict[str, Detector]:
    """The detectors that have a meaning for an experiment, by failure, causes before what follows from them."""
    return {name: found for name, failure in FAILURES.items() if (found := failure.detector_for(e)) is not None}


def undecided(e: Experiment, rows: Sequence[Row]) -> dict[str, int]:
    """The failures that nobody could tell yet from a young run, with the step from which on each can be."""
    step = rows[-1].step if rows else 0
    return {name: detector.after for name, detector in detectors(e).items() if step < detector.after <= e.steps}
