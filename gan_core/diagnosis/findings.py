"""From measurements to findings: each names a failure, with the numbers that show it and the setting to change.

None is raised without its evidence, and none that another finding explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gan_core.diagnosis.detectors import REACH, SPAN, Evidence, detectors
from gan_core.diagnosis.remedies import remedy
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

# More than this share of the real pixels out of reach is a fault.
UNREACHABLE = 0.01


@dataclass(frozen=True)
class Finding:
    """A failure by name, since which step, what shows it, why it happens, and the settings that mend it."""

    failure: str
    since_step: int
    evidence: list[Evidence]
    why: str
    fix: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def diagnose(e: Experiment, rows: Sequence[Row]) -> list[Finding]:
    """All findings on a run, causes first: of its settings alone, then of its newest rows, each with the
    step since which it has held without a break. `rows` are oldest first."""
    findings = [*_unreachable(e, rows)]
    named = {finding.failure for finding in findings}
    for failure, detector in detectors(e).items():
        if named & EXPLAINED_BY.get(failure, frozenset()):
            continue
        streak = detector.streak(rows)
        if streak is None:
            continue
        first, conditions = streak
        named.add(failure)
        newest = rows[-1].measurements
        evidence = [condition.evidence(newest) for condition in conditions]
        findings.append(Finding(failure, rows[first].step, evidence, WHY[failure], remedy(failure, e)))
    return findings


def undecided(e: Experiment, rows: Sequence[Row]) -> dict[str, int]:
    """The failures that nobody could tell yet from a young run, with the step from which on each can be."""
    step = rows[-1].step if rows else 0
    return {name: detector.after for name, detector in detectors(e).items() if step < detector.after <= e.steps}


def _unreachable(e: Experiment, rows: Sequence[Row]) -> list[Finding]:
    """Pixel values of the data that the output activation cannot give: known before the first step, except
    for standardised data, whose range is known once images are loaded."""
    failure = "unreachable-range"
    low, high = REACH[e.output_activation]
    evidence = []
    if e.data_range in SPAN:
        data_low, data_high = SPAN[e.data_range]
        if low > data_low:
            evidence.append(Evidence("reach_low", low, data_low, ">"))
        if high < data_high:
            evidence.append(Evidence("reach_high", high, data_high, "<"))
    elif rows:
        share = rows[-1].measurements.get("unreachable")
        if share is not None and share > UNREACHABLE:
            evidence.append(Evidence("unreachable", share, UNREACHABLE, ">"))
    return [Finding(failure, 0, evidence, WHY[failure], remedy(failure, e))] if evidence else []


# failure -> the findings beside which it says nothing new: a blank picture has no diversity either.
_BLANKS = frozenset({"blank-grey", "blank-black", "blank-white"})
_BROKEN = frozenset({"non-finite", "exploding"})
EXPLAINED_BY: dict[str, frozenset[str]] = {
    "exploding": frozenset({"non-finite"}),
    "blank-grey": frozenset({"non-finite"}),
    "blank-black": frozenset({"non-finite"}),
    "blank-white": frozenset({"non-finite"}),
    "out-of-range": frozenset({"non-finite"}),
    "discriminator-too-strong": _BLANKS | _BROKEN,
    "discriminator-too-weak": _BLANKS | _BROKEN,
    "identical-samples": _BLANKS | _BROKEN | {"discriminator-too-weak", "discriminator-too-strong"},
    "mode-collapse": _BLANKS | _BROKEN | {"discriminator-too-weak", "discriminator-too-strong", "identical-samples"},
}

WHY: dict[str, str] = {
    "unreachable-range": "The output activation cannot give all the values that the data's pixels have.",
    "non-finite": "A number became infinite or NaN, and every number computed from it does too.",
    "exploding": "The updates are so long that each overshoots, so the discriminator's weights run away.",
    "out-of-range": "The generator's output may leave the range of the data, so some values are no pixel values.",
    "blank-grey": "The generator was driven to the value that decodes to grey and gets no gradient out of it.",
    "blank-black": "Every output decodes to black: nothing brighter is reached, or no gradient leads there.",
    "blank-white": "The generator overshot to its upper end, where the output activation has no gradient.",
    "discriminator-too-strong": "The discriminator never errs, so the generator gets almost no gradient from it.",
    "discriminator-too-weak": "The discriminator cannot tell real from generated, so the generator learns nothing.",
    "identical-samples": "The generator ignores its noise: every input gives almost the same picture.",
    "mode-collapse": "The generator found a few pictures that pass for real, and makes hardly any others.",
    "untrained-grey": "Untrained weights are small, and nothing rescales what passes: every output is near zero.",
    "batchnorm-mismatch": "BatchNorm's running statistics, used while sampling, are not those of the batches.",
    "checkerboard": "The kernel's width is no multiple of its stride, so neighbouring pixels get unequal shares.",
}
