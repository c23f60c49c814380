"""Detectors: the measurements that betray each failure, with their thresholds.

Thresholds stand between what failing and healthy runs showed in tests/study.py; assets/study.json counts how
often each is right. A threshold that only holds for some settings says so beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

# The values that each output activation can give.
REACH: dict[str, tuple[float, float]] = {
    "tanh": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "relu": (0.0, inf),
    "linear": (-inf, inf),
}
# The least and greatest value of each data range; that of 'standardised' depends on the images.
SPAN: dict[str, tuple[float, float]] = {"[-1,1]": (-1.0, 1.0), "[0,1]": (0.0, 1.0), "raw": (0.0, 255.0)}


@dataclass(frozen=True)
class Evidence:
    """A measurement, its value, and the threshold it passed: value `comparison` threshold."""

    measurement: str
    value: float
    threshold: float
    comparison: Literal["<", ">"]


@dataclass(frozen=True)
class Condition:
    """That a measurement lies on one side of a threshold. What was not measured lies on neither."""

    measurement: str
    comparison: Literal["<", ">"]
    threshold: float

    def holds(self, measurements: Mapping[str, float]) -> bool:
        """Whether it does."""
        value = measurements.get(self.measurement)
        if value is None:
            return False
        return value < self.threshold if self.comparison == "<" else value > self.threshold

    def since(self, rows: Sequence[Row], first: int) -> int:
        """The index from which on it has held without a break until the newest row; not below `first`.

        Runs over thousands of rows at each poll of a page, so it does without a call for each.
        """
        name, threshold, below = self.measurement, self.threshold, self.comparison == "<"
        for index in range(len(rows) - 1, first - 1, -1):
            value = rows[index].measurements.get(name)
            if value is None or (value >= threshold if below else value <= threshold):
                return index + 1
        return first

    def evidence(self, measurements: Mapping[str, float]) -> Evidence:
        """What was measured, beside the threshold."""
        return Evidence(self.measurement, measurements[self.measurement], self.threshold, self.comparison)


@dataclass(frozen=True)
class Detector:
    """A failure is named when all conditions, or all of the `alternative` ones, have held in `hits` rows,
    `lasting` steps apart, and step `after` is reached; or when `sooner` names it, whose signs are surer."""

    conditions: tuple[Condition, ...]
    alternative: tuple[Condition, ...] = ()
    hits: int = 2
    lasting: int = 25
    after: int = 0
    sooner: Detector | None = None

    def streak(self, rows: Sequence[Row]) -> tuple[int, tuple[Condition, ...]] | None:
        """The index of the first of the rows in which conditions have held until now, and these; or None."""
        for conditions in filter(None, (self.conditions, self.alternative)):
            first = self._since(conditions, rows)
            if first is not None:
                return first, conditions
        return self.sooner.streak(rows) if self.sooner else None

    def _since(self, conditions: tuple[Condition, ...], rows: Sequence[Row]) -> int | None:
        newest = len(rows) - 1
        if newest + 1 < self.hits or rows[newest].step < self.after:
            return None
        first = 0
        for condition in conditions:
            first = condition.since(rows, first)
            if newest - first + 1 < self.hits or rows[newest].step - rows[first].step < self.lasting:
                return None
        return first


def detectors(e: Experiment) -> dict[str, Detector]:
    """The detectors that have a meaning for an experiment, by failure, causes before what follows from them."""
    if e.steps == 0:
        return {"untrained-grey": Detector(_GREY, hits=1, lasting=0)}
    found = {
        "non-finite": Detector((Condition("finite", "<", 1.0),), hits=1, lasting=0),
        "exploding": Detector((Condition("logit_max", ">", _largest_logit(e)),)),
        # A relu output that learns well leaves the range in 4 % of its values.
        "out-of-range": Detector(
            (Condition("out_of_range", ">", 0.06), Condition("excess", ">", _far(e))), after=0 if _unbounded(e) else 150
        ),
        # Untrained generators are grey, and without normalisation need longer to leave it.
        "blank-grey": Detector(_GREY, after=100 if e.norm_g == "batch" else 200),
        "blank-black": Detector(_BLACK, after=100),
        "blank-white": Detector(_WHITE, after=100),
    }
    if e.loss in ("non_saturating", "minimax"):
        found["discriminator-too-strong"] = Detector(_STRONG, after=100)
    found["discriminator-too-weak"] = Detector(_WEAK, _MISLED, after=100)
    # A collapse wanders, and may be at one picture for a moment; ignored noise is ignored throughout.
    found["identical-samples"] = Detector(_IDENTICAL, lasting=200, after=_patience(e) // 2)
    # A healthy generator may still repeat itself, but two classes can be told in what it makes.
    # One that did not for 200 steps made eight classes in the end.
    sure = Detector(_ONE_CLASS, lasting=300, after=round(_patience(e) * 5 / 8))
    found["mode-collapse"] = Detector((Condition("duplicates", ">", 0.6),), after=_patience(e), sooner=sure)
    if e.norm_g == "batch" and e.sample_mode == "eval":
        # The running statistics of a fresh network need tens of steps even at PyTorch's own momentum.
        # A convolutional one is more restless: healthy ones reached 0.5, fully connected ones 0.32.
        gap = 0.55 if "dcgan" in e.architecture else 0.45
        found["batchnorm-mismatch"] = Detector((Condition("mode_gap", ">", gap),), after=100)
    if "dcgan" in e.architecture and e.upsample != "resize":
        # Weights at random make a lattice with any kernel; one whose shares are even is soon rid of it.
        if e.upsample == "transpose3":
            found["checkerboard"] = Detector((Condition("nyquist", ">", 0.015),), after=50)
        else:
            found["checkerboard"] = Detector((Condition("nyquist", ">", 0.04),), after=250)
    return found


_FLAT = Condition("contrast", "<", 0.2)
_GREY = (_FLAT, Condition("pixel_mean", ">", 0.25), Condition("pixel_mean", "<", 0.75))
_BLACK = (_FLAT, Condition("pixel_mean", "<", 0.25))
_WHITE = (_FLAT, Condition("pixel_mean", ">", 0.75))
_STRONG = (
    Condition("d_accuracy", ">", 0.97),
    Condition("logit_gap", ">", 8.0),
    Condition("grad_norm_g", "<", 0.1),
)
_WEAK = (Condition("d_accuracy", "<", 0.56), Condition("grad_norm_g", "<", 0.05))
# G is past a discriminator that takes its images for the more real ones and cannot follow; the only sign with a
# critic, which has no accuracy.
_MISLED = (Condition("logit_gap", "<", -0.3), Condition("grad_norm_g", "<", 0.25))
_ONE_CLASS = (Condition("duplicates", ">", 0.8), Condition("modes_covered", "<", 2.0))
_IDENTICAL = (Condition("diversity", "<", 0.1), Condition("duplicates", ">", 0.85))


def _far(e: Experiment) -> float:
    """Tanh against data in [0, 1] may leave the range in half of its values, yet by so little that clipping hides
    it; where nothing bounds the output, single pixels go far beyond."""
    return 0.01 if _unbounded(e) else 0.02


def _unbounded(e: Experiment) -> bool:
    return max(map(abs, REACH[e.output_activation])) == inf


def _largest_logit(e: Experiment) -> float:
    """Logits of hundreds mean weights out of hand. D is linear in its input's scale, and raw pixels are 127
    times greater than those in [-1, 1]."""
    return 100.0 * (127.0 if e.data_range == "raw" else 1.0)


def _patience(e: Experiment) -> int:
    """Steps within which a healthy generator has found different pictures; nearly all begin with one.

    Batch normalisation spreads the samples from the start; a sigmoid begins with all pixels at grey, and needs
    longer. A tenth of the learning rate takes about three times the steps (Adam), measured from 1e-3.
    """
    steps = 300 if e.norm_g == "batch" else 800
    if e.output_activation == "sigmoid":
        steps = round(1.7 * steps)
    return round(steps * max(1.0, (1e-3 / e.lr_g) ** 0.5))
