"""The rules that make a verdict of numbers: only what stands out of the spread decides."""

from __future__ import annotations

import math

import pytest

from gan_core.claims.outcome import above, equal, greater, raised, spread, verdict, verdict_if


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([5.0, 6, 7], [1.0, 2, 3], True),
        ([1.0, 2, 3], [5.0, 6, 7], False),
        ([1.0, 2, 3], [2.0, 3, 4], None),
        ([3.0, 4, 5], [1.0, 2, 3], None),  # a difference as great as the spread is not greater
        ([2.0, 2, 2], [1.0, 1, 1], True),
        ([1.0, 1, 1], [1.0, 1, 1], None),
        ([9.0, 9, 99], [1.0, 1, 1], None),
    ],
)
def test_greater_needs_more_than_the_spread(ours: list[float], theirs: list[float], expected: bool | None) -> None:
    assert greater(ours, theirs) is expected


def test_above_and_below_a_limit() -> None:
    assert above([4.0, 5, 6], 1) is True
    assert above([4.0, 5, 6], 1, below=True) is False
    assert above([4.0, 5, 6], 9, below=True) is True
    assert above([4.0, 5, 6], 4.5) is None


def test_equal_counts_the_spread_as_well() -> None:
    assert equal([1.0, 1.1, 1.2], [1.0, 1.1, 1.2], within=0.3) is True
    assert equal([1.0, 1.1, 1.2], [1.0, 1.1, 1.2], within=0.1) is None
    assert equal([5.0, 5, 5], [1.0, 1, 1], within=0.3) is False


def test_too_few_seeds_have_no_spread() -> None:
    for rule in (lambda: greater([1.0, 2], [3.0, 4]), lambda: above([1.0, 2], 0), lambda: spread([1.0])):
        with pytest.raises(ValueError, match="seeds"):
            rule()


def test_nan_decides_nothing() -> None:
    broken = [math.nan, 1.0, 2.0]
    assert greater(broken, [0.0, 0, 0]) is None
    assert above(broken, 0) is None
    assert equal(broken, broken, within=9) is None


def test_verdicts() -> None:
    assert [verdict(held) for held in (True, False, None)] == ["holds", "refuted", "not-decided"]
    assert verdict_if(True, True) == "holds"
    assert verdict_if(True, False) == "holds-if"
    assert verdict_if(False, False) == verdict_if(False, True) == "refuted"
    assert verdict_if(None, True) == verdict_if(True, None) == "not-decided"


def test_what_is_raised_reads_as_python_prints_it() -> None:
    assert raised(int, "x") == "ValueError: invalid literal for int() with base 10: 'x'"
    assert raised(int, "a", base=16) == ""
