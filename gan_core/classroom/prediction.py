"""A question to be answered before a run: what will be measured at its end. Its answers can be compared with that."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.measurements import MEASUREMENTS

MOST_FAILURES = 5
LARGEST_THRESHOLD = 1e6
NONE = "none"
BELOW, ABOVE = "below", "above"

# The measurements that can be asked about.
ASKED = (
    "contrast", "diversity", "duplicates", "modes_covered", "pixel_mean", "out_of_range", "saturated", "d_accuracy",
    "histogram_distance", "loss_d", "loss_g", "grad_norm_d", "grad_norm_g",
)  # fmt: skip


@dataclass(frozen=True)
class WhichFailure:
    """Which of some failures the diagnosis will name at the end, or none; 1 to MOST_FAILURES names."""

    failures: tuple[str, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """The possible answers."""
        return (*self.failures, NONE)

    @property
    def asks(self) -> str:
        """What is to be predicted."""
        return "What will the diagnosis find at the end of the run?"

    def label(self, choice: str) -> str:
        """An answer in words."""
        return "No failure" if choice == NONE else FAILURES[choice].title

    def captions(self) -> tuple[str, ...]:
        """How each choice looks."""
        return (*(FAILURES[name].looks for name in self.failures), "The diagnosis finds nothing wrong.")

    def text(self) -> str:
        """As it stands in a link."""
        return ".".join(self.failures)

    def problems(self) -> Iterator[str]:
        """What is wrong with it, as what would be right."""
        if not 1 <= len(self.failures) <= MOST_FAILURES or set(self.failures) - set(FAILURES):
            yield f"1 to {MOST_FAILURES} of {', '.join(FAILURES)}"
        elif len(set(self.failures)) < len(self.failures):
            yield "each failure once"


@dataclass(frozen=True)
class WhichSide:
    """On which side of a threshold a measurement will end; what is exactly at it counts as above."""

    measurement: str
    threshold: float

    choices = (BELOW, ABOVE)

    @property
    def asks(self) -> str:
        """What is to be predicted."""
        return f"At the end of the run, {MEASUREMENTS[self.measurement].words} will be"

    def label(self, choice: str) -> str:
        """An answer in words."""
        limit = self._in_words(self.threshold, "{:.12g}")
        return f"below {limit}" if choice == BELOW else f"{limit} or more"

    def shown(self, value: float) -> str:
        """A measured value in words, to three digits; to all of them where three would put it on the other side."""
        if (float(f"{value:.3g}") < self.threshold) != (value < self.threshold):
            return self._in_words(value, "{!r}")
        return self._in_words(value, "{:.3g}")

    def _in_words(self, value: float, form: str) -> str:
        """Per cent, where 100% is all of something or as much as real images have."""
        scale, unit = (100, "%") if MEASUREMENTS[self.measurement].relative else (1, "")
        return form.format(scale * value).replace("-", "−") + unit

    def captions(self) -> tuple[str, ...]:
        """Nothing: the choices say all."""
        return ()

    def text(self) -> str:
        """As it stands in a link."""
        return f"{self.measurement}~{self._number}"

    @property
    def _number(self) -> str:
        return repr(float(self.threshold)).removesuffix(".0")

    def problems(self) -> Iterator[str]:
        """What is wrong with it, as what would be right."""
        if self.measurement not in ASKED:
            yield f"one of {', '.join(ASKED)}, then ~ and a number"
        elif not (math.isfinite(self.threshold) and abs(self.threshold) <= LARGEST_THRESHOLD):
            yield f"a number from {-LARGEST_THRESHOLD:,.0f} to {LARGEST_THRESHOLD:,.0f} after the ~"


Prediction = WhichFailure | WhichSide


def parse(text: str) -> Prediction:
    """The inverse of `text`; what it gives may still have `problems`.

    Raises ValueError for a threshold that is no number.
    """
    name, mark, threshold = text.partition("~")
    return WhichSide(name, float(threshold)) if mark else WhichFailure(tuple(text.split(".")))
