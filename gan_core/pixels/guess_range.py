"""Which range the values of an array have: what they are, and what they seem to be meant as."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]

# Of a seeming range that needs no data to be known: the name of its RangeMap.
SAME_AS = {"[-1,1]": "[-1,1]", "[0,1]": "[0,1]", "0..255": "raw"}

# Values looked at in one go.
_AT_ONCE = 4_000_000
# By so much the ends of a range may be passed through rounding.
_ROUNDING = 1e-3
# Floats up to it may mean [-1, 1] or [0, 1]; those beyond it, if hardly negative, bytes.
_SMALL = 4.0


@dataclass(frozen=True)
class ValueSummary:
    """The finite values of an array in a few numbers, each of them NaN where there are no finite values."""

    low: float  # the least of all
    high: float  # the greatest of all
    mean: float  # this and the next three are of a sample
    std: float
    quantile_low: float  # 1 %
    quantile_high: float  # 99 %
    broken: float  # share of all values that are NaN or infinite


def summary(values: Values, sample: Values) -> ValueSummary:
    """Of all `values`, and of a `sample` of them."""
    broken, low, high = 0, math.inf, -math.inf
    for chunk in _chunks(values):
        finite = chunk
        if np.issubdtype(chunk.dtype, np.floating):
            whole = np.isfinite(chunk)
            broken += chunk.size - int(np.count_nonzero(whole))
            finite = chunk[whole]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    few = sample[np.isfinite(sample)].astype(np.float64)
    if low > high or not few.size:
        return ValueSummary(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, broken / values.size)
    with np.errstate(over="ignore"):
        mean, spread = float(few.mean()), float(few.std())
    quantile_low, quantile_high = map(float, np.quantile(few, [0.01, 0.99]))
    return ValueSummary(low, high, mean, spread, quantile_low, quantile_high, broken / values.size)


def seeming_range(of: ValueSummary, dtype: np.dtype[Any]) -> str:
    """ "[-1,1]", "[0,1]", "0..255", "standardised" (mean 0, spread 1), or "other".

    A range is seemed to be meant, too, where some values leave it.
    """
    if dtype.kind == "b":
        return "[0,1]"
    if math.isnan(of.low):
        return "other"
    if dtype.kind in "iu":
        return "0..255" if of.low > -256 and of.high < 512 else "other"
    if of.low >= -_ROUNDING and of.high <= 1 + _ROUNDING:
        return "[0,1]"
    if of.low >= -1 - _ROUNDING and of.high <= 1 + _ROUNDING:
        return _of_small(of)
    if abs(of.mean) < 0.15 and 0.7 < of.std < 1.4:
        return "standardised"
    if max(-of.quantile_low, of.quantile_high) <= _SMALL:
        return _of_small(of)
    if of.quantile_low > -of.quantile_high / 2 and of.high < 512:
        return "0..255"
    return "other"


def _of_small(of: ValueSummary) -> str:
    """Values that mean [0, 1] but dip below reach the upper end, and hardly half as far down."""
    return "[0,1]" if of.quantile_low > -0.5 and of.quantile_high > 0.5 else "[-1,1]"


def _chunks(values: Values) -> Iterator[Values]:
    """An array in parts of at most some million values."""
    if values.size <= _AT_ONCE:
        yield values
    elif len(values) == 1:
        yield from _chunks(values[0])
    else:
        rows = max(1, _AT_ONCE // (values.size // len(values)))
        for start in range(0, len(values), rows):
            yield from _chunks(values[start : start + rows])
