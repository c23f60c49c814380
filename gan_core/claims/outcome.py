"""What an experiment comes to, and the rules by which numbers become a verdict.

Values of several seeds decide only where the effect stands out of their spread (the greatest minus the least);
else a rule says None, and the verdict is "not-decided".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_core.claims.claim import Measured

Value = float | int | str | list[float]  # a list has one value for each seed
LEAST_SEEDS = 3


@dataclass(frozen=True)
class Outcome:
    """What an experiment comes to."""

    verdict: Measured  # that follows from what was measured
    measured: Mapping[str, Value]  # by names that give the unit


def verdict(held: bool | None) -> Measured:
    """The verdict on a claim that was found to hold, or not, or that was not decided (None)."""
    return "not-decided" if held is None else "holds" if held else "refuted"


def verdict_if(where: bool | None, elsewhere: bool | None) -> Measured:
    """The verdict on a claim that was tried `where` its condition is met and `elsewhere`."""
    if where is None or elsewhere is None:
        return "not-decided"
    if where:
        return "holds" if elsewhere else "holds-if"
    return "refuted"


def greater(ours: Sequence[float], theirs: Sequence[float]) -> bool | None:
    """Whether our values, one for each seed, are greater than theirs; False where they are smaller.

    None where the difference of the means is no greater than the larger spread. Raises ValueError for too few seeds.
    """
    difference = _mean(ours) - _mean(theirs)
    return difference > 0 if abs(difference) > max(spread(ours), spread(theirs)) else None


def above(values: Sequence[float], limit: float, *, below: bool = False) -> bool | None:
    """Whether all values, one for each seed, are above the limit (with `below`: below it).

    None where the mean is no farther from the limit than the spread. Raises ValueError for too few seeds.
    """
    distance = _mean(values) - limit
    return (distance > 0) != below if abs(distance) > spread(values) else None


def equal(ours: Sequence[float], theirs: Sequence[float], within: float) -> bool | None:
    """Whether the means differ by at most `within`, the spreads included.

    False where they differ by more and beyond the spreads. Raises ValueError for too few seeds.
    """
    difference = abs(_mean(ours) - _mean(theirs))
    widest = max(spread(ours), spread(theirs))
    if difference + widest <= within:
        return True
    return False if difference - widest > within else None


def opposite(held: bool | None) -> bool | None:
    """The opposite; what is not decided stays so."""
    return None if held is None else not held


def anywhere(held: Sequence[bool | None]) -> bool | None:
    """Whether it holds in any of several places; None where it is found in none and some are not decided."""
    return True if True in held else None if None in held else False


def spread(values: Sequence[float]) -> float:
    """The greatest value minus the least. Raises ValueError for too few seeds."""
    _mean(values)
    return max(values) - min(values)


def _mean(values: Sequence[float]) -> float:
    if len(values) < LEAST_SEEDS:
        raise ValueError(f"values of {len(values)} seeds show no spread: give at least {LEAST_SEEDS}.")
    return sum(values) / len(values)


def raised(action: Callable[..., object], *arguments: Any, **options: Any) -> str:
    """What calling it so raises, as Python prints it; empty where it raises nothing."""
    try:
        action(*arguments, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
