"""From measurements to findings: each names a failure, with the numbers that show it and the setting to change.

Thresholds were counted on healthy and failing runs; none is raised without its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import Any, Literal

from gan_core.experiment import Experiment

Row = tuple[int, dict[str, float]]


@dataclass(frozen=True)
class Evidence:
    """A measurement, its value, and the threshold it passed: value `comparison` threshold."""

    measurement: str
    value: float
    threshold: float
    comparison: Literal["<", ">", "=="]


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


# The values that each output activation can give.
REACH: dict[str, tuple[float, float]] = {
    "tanh": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "relu": (0.0, inf),
    "linear": (-inf, inf),
}
# The least and greatest value of each data range; 'standardised' depends on the images, but reaches beyond 1
# on one side or the other whenever they are not all black and white in equal parts.
SPAN: dict[str, tuple[float, float]] = {"[-1,1]": (-1.0, 1.0), "[0,1]": (0.0, 1.0), "raw": (0.0, 255.0)}

OUT_OF_RANGE = 0.02


def diagnose(e: Experiment, rows: Sequence[Row]) -> list[Finding]:
    """All findings on a run: of its settings alone, then of its newest row, with the step since which each
    has held without a break."""
    findings = [*_unreachable(e)]
    for failure, detector in DETECTORS.items():
        since, evidence = None, None
        for step, measurements in reversed(rows):
            shown = detector(measurements)
            if shown is None:
                break
            since, evidence = step, evidence or shown
        if since is not None and evidence is not None:
            findings.append(Finding(failure, since, evidence, WHY[failure], _fix(failure, e)))
    return findings


def _unreachable(e: Experiment) -> list[Finding]:
    """Pixel values of the data that the output activation cannot give: known before the first step."""
    low, high = REACH[e.output_activation]
    if e.data_range not in SPAN:
        return []
    data_low, data_high = SPAN[e.data_range]
    evidence = []
    if low > data_low:
        evidence.append(Evidence("reach_low", low, data_low, ">"))
    if high < data_high:
        evidence.append(Evidence("reach_high", high, data_high, "<"))
    if not evidence:
        return []
    return [Finding("unreachable-range", 0, evidence, WHY["unreachable-range"], _fix("unreachable-range", e))]


def _out_of_range(m: dict[str, float]) -> list[Evidence] | None:
    share = m.get("out_of_range", 0.0)
    return [Evidence("out_of_range", share, OUT_OF_RANGE, ">")] if share > OUT_OF_RANGE else None


def _non_finite(m: dict[str, float]) -> list[Evidence] | None:
    return [Evidence("finite", 0.0, 0.0, "==")] if m.get("finite") == 0 else None


DETECTORS: dict[str, Callable[[dict[str, float]], list[Evidence] | None]] = {
    "non-finite": _non_finite,
    "out-of-range": _out_of_range,
}

WHY: dict[str, str] = {
    "unreachable-range": "The output activation cannot give all the values that the data's pixels have.",
    "non-finite": "A number became infinite or NaN, and every number computed from it does too.",
    "out-of-range": "Nothing bounds the generator's output, so some of its values are no pixel values.",
}


def _fix(failure: str, e: Experiment) -> dict[str, Any]:
    if failure == "non-finite":
        return {"lr_g": 1e-3, "lr_d": 1e-3}
    fitting = {"[0,1]": "sigmoid"}.get(e.data_range, "tanh")
    if failure == "unreachable-range" and e.data_range in ("raw", "standardised"):
        return {"data_range": "[-1,1]" if e.output_activation in ("tanh", "hardtanh") else "[0,1]"}
    return {"output_activation": fitting}
