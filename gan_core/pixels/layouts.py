"""How the axes of an array of pictures are laid out: by name, by shape, or by what the values show."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gan_core.files.bounds import LEAST_SIDE
from gan_core.files.errors import DataError

Values = NDArray[Any]
# Of pictures laid flat, NCHW and N(HW) differ in their shape alone.
Layout = Literal["HW", "CHW", "HWC", "NHW", "NCHW", "NHWC"]

CHANNELS = (1, 3)
_WITH_OPACITY = (4,)


def layouts(shape: tuple[int, ...], channels: tuple[int, ...] = CHANNELS, least: int = 1) -> list[Layout]:
    """The layouts that an array of this shape could have unless named: none, one, or two that differ.

    `channels` are the numbers of channels, `least` the least height and width in pixels. NHW is never among the
    layouts: it has to be named.
    """
    if 0 in shape:
        return []
    if len(shape) == 2:
        return ["HW"] if min(shape) >= least else []
    first: Layout = "CHW" if len(shape) == 3 else "NCHW"
    last: Layout = "HWC" if len(shape) == 3 else "NHWC"
    found = []
    if len(shape) in (3, 4):
        if shape[-3] in channels and min(shape[-2:]) >= least:
            found.append(first)
        if shape[-1] in channels and min(shape[-3:-1]) >= least:
            found.append(last)
    return found


def channels_first(values: Values, layout: Layout) -> Values:
    """An array of this layout as (N, C, H, W): a view."""
    if layout.endswith("C"):
        values = np.moveaxis(values, -1, -3)
    if "C" not in layout:
        values = values[..., None, :, :]
    return values if values.ndim == 4 else values[None]


def as_pictures(values: Values, name: str) -> tuple[str, Values]:
    """The layout that an array from somewhere seems to have, and the array as (N, C, H, W), C being 1, 3 or 4: a view.

    A Layout, several grey pictures without channels among them, or N(HW) or N(CHW) for rows that are pictures laid
    flat. Raises DataError, whose sentence begins with `name`, for shapes that are no pictures or could be two kinds.
    """
    shape = values.shape
    if len(shape) in (1, 2) and (found := side_of(shape[-1])) is not None:
        rows = values.reshape(-1, shape[-1])
        if _rows_are_pictures(rows, found[1]):
            return ("N(HW)" if found[0] == 1 else "N(CHW)"), rows.reshape(len(rows), found[0], found[1], found[1])
    fits = layouts(shape, least=LEAST_SIDE)
    if not fits and len(shape) == 3 and min(shape[1:]) >= LEAST_SIDE:
        fits = ["NHW"]
    fits = fits or layouts(shape, _WITH_OPACITY, LEAST_SIDE)
    if len(fits) != 1:
        raise DataError(
            f"{name} has the shape {shape}, which is none of pictures: save them as (N, C, H, W) or (N, H, W, C), C "
            f"being 1, 3 or 4, H and W at least {LEAST_SIDE}."
        )
    return fits[0], channels_first(values, fits[0])


def side_of(length: int) -> tuple[int, int] | None:
    """Channels and side of a square picture of so many values, 16 pixels or more; None if there is none."""
    for channels in CHANNELS:
        side = math.isqrt(length // channels)
        if side >= 2 * LEAST_SIDE and channels * side * side == length:
            return channels, side
    return None


def _rows_are_pictures(values: Values, side: int) -> bool:
    """Whether (N, length) are N pictures laid flat, and not one of N rows: then a value is more like the one a
    picture's row further on than like the one below it. Noise is as unlike both: then only a square is one picture."""
    if len(values) == 1:
        return True
    tie = 1.0 if len(values) == values.shape[1] else 1.1
    rows = np.nan_to_num(values[:64].astype(np.float64), posinf=0, neginf=0)
    further_on = float(np.abs(rows[:, side:] - rows[:, :-side]).mean())
    return further_on <= tie * float(np.abs(np.diff(rows, axis=0)).mean())
