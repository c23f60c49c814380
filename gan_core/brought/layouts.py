"""What an array of numbers seems to be: how its axes are laid out, and which range its values have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.reading.bounds import LEAST_SIDE
from gan_core.reading.errors import DataError

Values = NDArray[Any]

# Values looked at in one go.
_AT_ONCE = 4_000_000
# By so much the ends of a range may be passed through rounding.
_ROUNDING = 1e-3
# Floats up to it may mean [-1, 1] or [0, 1]; those beyond it, if hardly negative, bytes.
_SMALL = 4.0


@dataclass(frozen=True)
class Summary:
    """Of all finite values: the least, the greatest; of a sample: mean, spread, 1 % and 99 % quantile. `broken` is
    the share of all values that are NaN or infinite. Without finite values, the numbers are NaN."""

    low: float
    high: float
    mean: float
    std: float
    quantile_low: float
    quantile_high: float
    broken: float


def as_pictures(values: Values, name: str) -> tuple[str, Values]:
    """The layout that an array seems to have, and the array as (N, C, H, W), C being 1, 3 or 4: a view.

    Layouts: HW, CHW, HWC, NHW, NCHW, NHWC, and N(HW) or N(CHW) for rows that are pictures laid flat. Raises
    DataError, whose sentence begins with `name`, for shapes that are no pictures.
    """
    shape = values.shape
    match shape:
        case (length,) if (found := side_of(length)) is not None:
            return _flat(values[None], *found)
        case (_, length) if (found := side_of(length)) is not None and _rows_are_pictures(values, found[1]):
            return _flat(values, *found)
        case (height, width) if _sides(height, width):
            return "HW", values[None, None]
        case (1 | 3, height, width) if _sides(height, width):
            return "CHW", values[None]
        case (height, width, 1 | 3 | 4) if _sides(height, width):
            return "HWC", values.transpose(2, 0, 1)[None]
        case (_, height, width) if _sides(height, width):
            return "NHW", values[:, None]
        case (_, 1 | 3 | 4, height, width) if _sides(height, width):
            return "NCHW", values
        case (_, height, width, 1 | 3 | 4) if _sides(height, width):
            return "NHWC", values.transpose(0, 3, 1, 2)
    raise DataError(
        f"{name} has the shape {shape}, which is none of pictures: save them as (N, C, H, W) or (N, H, W, C), C being "
        f"1, 3 or 4, H and W at least {LEAST_SIDE}."
    )


def _flat(rows: Values, channels: int, side: int) -> tuple[str, Values]:
    return ("N(HW)" if channels == 1 else "N(CHW)"), rows.reshape(len(rows), channels, side, side)


def side_of(length: int) -> tuple[int, int] | None:
    """Channels and side of a square picture of so many values, 16 pixels or more; None if there is none."""
    for channels in (1, 3):
        side = math.isqrt(length // channels)
        if side >= 2 * LEAST_SIDE and channels * side * side == length:
            return channels, side
    return None


def summary(values: Values, sample: Values) -> Summary:
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
        return Summary(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, broken / values.size)
    with np.errstate(over="ignore"):
        mean, spread = float(few.mean()), float(few.std())
    quantile_low, quantile_high = map(float, np.quantile(few, [0.01, 0.99]))
    return Summary(low, high, mean, spread, quantile_low, quantile_high, broken / values.size)


def seeming_range(of: Summary, dtype: np.dtype[Any]) -> str:
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


def _of_small(of: Summary) -> str:
    """Values that mean [0, 1] but dip below reach the upper end, and hardly half as far down."""
    return "[0,1]" if of.quantile_low > -0.5 and of.quantile_high > 0.5 else "[-1,1]"


def _sides(height: int, width: int) -> bool:
    return min(height, width) >= LEAST_SIDE


def _rows_are_pictures(values: Values, side: int) -> bool:
    """Whether (N, length) are N pictures laid flat, and not one of N rows: then a value is more like the one a
    picture's row further on than like the one below it."""
    if len(values) == 1:
        return True
    rows = np.nan_to_num(values[:64].astype(np.float64), posinf=0, neginf=0)
    return float(np.abs(rows[:, side:] - rows[:, :-side]).mean()) <= float(np.abs(np.diff(rows, axis=0)).mean())


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
