"""Detectors: conditions on the measurements of a run, and for how long they must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gan_core.diagnosis.row import Row


@dataclass(frozen=True)
class Evidence:
    """A measurement that passed a threshold."""

    measurement: str  # by name
    value: float  # what was measured
    threshold: float
    comparison: Literal["<", ">"]  # of the value with the threshold


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
    """When a failure is named: all conditions, or all alternative ones, have held for long enough."""

    conditions: tuple[Condition, ...]
    alternative: tuple[Condition, ...] = ()  # that name it as well, where there are any
    hits: int = 2  # in how many rows they must have held
    lasting: int = 25  # over how many steps
    after: int = 0  # the step from which on it can be named
    sooner: Detector | None = None  # of surer signs, that may name it before

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
