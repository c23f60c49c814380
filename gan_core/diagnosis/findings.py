"""From measurements to findings: each names a failure, with the numbers that show it and the setting to change.

None is raised without its evidence, and none that another finding explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gan_core.diagnosis.detector import Detector, Evidence
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment


@dataclass(frozen=True)
class Finding:
    """A failure that was found."""

    failure: str
    since_step: int
    evidence: list[Evidence]
    why: str  # one sentence
    fix: dict[str, Any]  # the settings that mend it

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def diagnose(e: Experiment, rows: Sequence[Row]) -> list[Finding]:
    """All findings on a run, causes first: of its settings alone, then of its newest rows, each with the
    step since which it has held without a break. `rows` are oldest first."""
    findings: list[Finding] = []
    named: set[str] = set()
    for failure in FAILURES.values():
        if named & failure.explained_by:
            continue
        seen = _seen(failure, e, rows)
        if seen is not None:
            since, evidence = seen
            named.add(failure.name)
            findings.append(Finding(failure.name, since, evidence, failure.why, failure.remedy(e)))
    return findings


def _seen(failure: Failure, e: Experiment, rows: Sequence[Row]) -> tuple[int, list[Evidence]] | None:
    """Since when a failure shows, and by what."""
    if failure.of_settings is not None and (evidence := failure.of_settings(e)):
        return 0, evidence
    detector = failure.detector_for(e)
    streak = detector.streak(rows) if detector else None
    if streak is None:
        return None
    first, conditions = streak
    return rows[first].step, [condition.evidence(rows[-1].measurements) for condition in conditions]


def detectors(e: Experiment) -> dict[str, Detector]:
    """The detectors that have a meaning for an experiment, by failure, causes before what follows from them."""
    return {name: found for name, failure in FAILURES.items() if (found := failure.detector_for(e)) is not None}


def undecided(e: Experiment, rows: Sequence[Row]) -> dict[str, int]:
    """The failures that nobody could tell yet from a young run, with the step from which on each can be."""
    step = rows[-1].step if rows else 0
    return {name: detector.after for name, detector in detectors(e).items() if step < detector.after <= e.steps}
