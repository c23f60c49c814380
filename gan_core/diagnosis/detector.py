"""Detectors: conditions on the measurements of a run, and for how long they must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
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
    """That a measurement lies on one side of a threshold. What was not measured lies on neither.

    An alarm that was raised at the threshold is over only when the measurement lies on the other side of `calm`, so
    that one row just short of the threshold does not end it.
    """

    measurement: str
    comparison: Literal["<", ">"]
    threshold: float
    calm: float | None = None  # None: the threshold itself

    def holds(self, measurements: Mapping[str, float]) -> bool:
        """Whether it does."""
        value = measurements.get(self.measurement, nan)
        return value < self.threshold if self.comparison == "<" else value > self.threshold

    @property
    def ends(self) -> float:
        """The value at which an alarm that was raised is over."""
        return self.threshold if self.calm is None else self.calm

    def evidence(self, measurements: Mapping[str, float]) -> Evidence:
        """What was measured, beside the threshold."""
        return Evidence(self.measurement, measurements[self.measurement], self.threshold, self.comparison)


@dataclass(frozen=True)
class Spell:
    """A time during which a failure showed: the rows by index, the first and the last in which it did."""

    first: int
    last: int
    shown: int  # the last row in which all thresholds were passed, of which the evidence is
    conditions: tuple[Condition, ...]
    called: int  # the row at which it could be named

    def evidence(self, rows: Sequence[Row]) -> list[Evidence]:
        """What shows it, in the rows that it was found in."""
        return [one.evidence(rows[self.shown].measurements) for one in self.conditions]


@dataclass(frozen=True)
class Detector:
    """When a failure is named: all conditions, or all alternative ones, have held for long enough."""

    conditions: tuple[Condition, ...]
    alternative: tuple[Condition, ...] = ()  # that name it as well, where there are any
    hits: int = 2  # in how many rows they must have held
    lasting: int = 25  # over how many steps
    after: int = 0  # the step from which on it can be named
    sooner: Detector | None = None  # of surer signs, that may name it before

    def spell(self, rows: Sequence[Row]) -> Spell | None:
        """The time until now during which it has shown; None where it does not show."""
        found = self.spells(rows)
        return found[-1] if found and found[-1].last == len(rows) - 1 else None

    def spells(self, rows: Sequence[Row]) -> list[Spell]:
        """All times during which it showed, those that end last at the end; by one set of conditions or another."""
        found = self.sooner.spells(rows) if self.sooner else []
        # Of two that end together the set of signs that comes first counts.
        for conditions in filter(None, (self.alternative, self.conditions)):
            found += self._spells(conditions, rows)
        return sorted(found, key=lambda spell: spell.last)

    def _spells(self, conditions: tuple[Condition, ...], rows: Sequence[Row]) -> list[Spell]:
        """The times of one set of conditions. It goes over thousands of rows at each poll of a page, so it calls no
        function of ours for each, and looks at no further condition of a row that fails one."""
        limits = [(one.measurement, one.comparison == "<", one.threshold, one.ends) for one in conditions]
        found: list[Spell] = []
        first = called = shown = -1  # since when the thresholds were passed, and since when for long enough; the last
        for index, row in enumerate(rows):
            m, passed = row.measurements, True
            for name, below, threshold, end in limits:
                value = m.get(name, nan)
                if not (value < threshold if below else value > threshold):
                    passed = False
                    if called < 0 or not (value < end if below else value > end):
                        break
            else:
                if passed:
                    shown = index
                    first = index if first < 0 else first
                    if called < 0 and self._long_enough(rows, first, index):
                        called = index
                continue
            if called >= 0:
                found.append(Spell(first, index - 1, shown, conditions, called))
            first = called = -1
        if called >= 0:
            found.append(Spell(first, len(rows) - 1, shown, conditions, called))
        return found

    def _long_enough(self, rows: Sequence[Row], first: int, index: int) -> bool:
        step = rows[index].step
        return index - first + 1 >= self.hits and step - rows[first].step >= self.lasting and step >= self.after
