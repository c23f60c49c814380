"""Grids: many small pictures in one, as training loops save them, taken apart again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# Sides of tiles that are looked for, in pixels, and how many there must be.
SIDES = range(16, 65)
TILES = 16
# How many there must be between lines, whatever their colour.
LEAST = 4
# Pixels of a line between tiles, the usual ones first; at most a third of a tile.
GAPS = (2, 1, *range(3, 17))
# JPEG blurs lines: how far they may be from their colour, of 255, and against what lies between them, in a grid of so
# many tiles. Measured at qualities of 60 to 95: up to 19 and 0.17; in single pictures, from 0.9.
BLURRED, AGAINST_TILES, TILES_BETWEEN = 28, 0.3, 9
# Share of the variance that the mean tile explains, beyond what tiles a little wider or narrower explain. Grids of
# 16 and more digits, clothes and generated pictures, noise included, gave 0.055 to 1; other pictures up to 0.03;
# a lattice, which any even side fits, 0.035.
EXPLAINED = 0.05
# Tilings of which one explains less than the other by this share of it are alike: twice the side fits as well.
ALIKE = 0.2
# Single pictures of large soft shapes came to 0.064. So below this the steps from tile to tile must be others than
# those within: smaller, where the tiles have a margin, or greater. In single pictures they were 0.85 to 1.03 as large.
SURELY, LIKE_WITHIN = 0.1, (0.8, 1.2)


@dataclass(frozen=True)
class Tiling:
    """Square tiles, with lines round and between them."""

    side: int  # of a tile, in pixels
    gap: int  # width of a line, in pixels


def tiling(picture: Pixels) -> Tiling | None:
    """How a grid (C, H, W) is made of tiles; None if it does not seem to be one.

    Either with lines of one colour, as torchvision's make_grid draws them, or without.
    """
    lined = _between_lines(picture)
    return _of_several(picture, lined) if lined else _without_lines(picture)


def tiles(picture: Pixels, by: Tiling) -> Pixels:
    """The tiles (N, C, side, side) of a grid, row by row; empty ones at the end are left out."""
    step = by.side + by.gap
    found = _cut(picture[:, by.gap :, by.gap :], step)[:, :, : by.side, : by.side]
    filled = np.flatnonzero(np.ptp(found.reshape(len(found), -1), axis=1))
    return found[: filled[-1] + 1] if filled.size else found[:1]


def _between_lines(picture: Pixels) -> list[Tiling]:
    """All tilings between lines of one colour: those of exactly one, else those whose lines JPEG blurred."""
    _, height, width = picture.shape
    colour = np.median(picture[:, 0], axis=1).astype(np.float32)
    apart = np.abs(picture - colour[:, None, None]).mean(axis=0)
    exact: list[Tiling] = []
    blurred: list[Tiling] = []
    for gap in GAPS:
        for side in SIDES:
            step = side + gap
            rows, columns = (height - gap) // step, (width - gap) // step
            if 3 * gap > side or (height - gap) % step or (width - gap) % step or rows * columns < LEAST:
                continue
            worst, between = _lines(apart, step, gap)
            if between > 0 and worst == 0:
                exact.append(Tiling(side, gap))
            elif rows * columns >= TILES_BETWEEN and worst < min(BLURRED, AGAINST_TILES * between):
                blurred.append(Tiling(side, gap))
    return exact or blurred


def _lines(apart: NDArray[np.float32], step: int, gap: int) -> tuple[float, float]:
    """How far the lines of a grid are from their colour at most, and what lies between them in the mean, of rows or of
    columns, where that is least. `apart` says how far each pixel is."""
    worst, between = 0.0, np.inf
    for across in (apart.mean(axis=1), apart.mean(axis=0)):
        line = np.arange(across.size) % step < gap
        worst, between = max(worst, float(across[line].max())), min(between, float(across[~line].mean()))
    return worst, between


def _of_several(picture: Pixels, lined: list[Tiling]) -> Tiling:
    """The one of several tilings that a grid has.

    Several sides and gaps make its width and height: so many times both, and one gap more. And pictures on black have
    margins as black as the lines between them. The mean tile of the right tiling explains most, and its multiples as
    much. Of few tiles it says little, so there a side is a multiple of 4 first, as nearly all sizes of pictures are.
    """
    _, height, width = picture.shape
    plain = [Tiling(side, 0) for side in _divisors(math.gcd(height, width)) if height * width >= LEAST * side**2]
    several = lined + plain
    explained = {one: _explained(picture[:, one.gap :, one.gap :], one.side + one.gap) for one in several}
    found = _best(explained, width)
    tiles_in_it = height * width // (found.side + found.gap) ** 2
    if tiles_in_it < TILES_BETWEEN:
        explained = {one: share for one, share in explained.items() if one.side % 4 == 0} or explained
    return _best(explained, width, any_side=tiles_in_it > TILES)


def _best(explained: dict[Tiling, float], width: int, any_side: bool = False) -> Tiling:
    """The smallest of the tilings that explain nearly as much as the best, or one of as many tiles that is likelier."""
    best = max(explained.values())
    near = [one for one, share in explained.items() if share >= best - ALIKE * abs(best)]
    smallest = min(near, key=lambda one: one.side + one.gap)
    across = width // (smallest.side + smallest.gap)
    alike = [one for one in near if width // (one.side + one.gap) == across]
    return max(alike, key=lambda one: (any_side or one.side % 4 == 0, explained[one]))


def _without_lines(picture: Pixels) -> Tiling | None:
    _, height, width = picture.shape
    found = {
        side: explained
        for side in _divisors(math.gcd(height, width))
        if height * width >= TILES * side * side
        and (beyond := (explained := _explained(picture, side)) - _elsewhere(picture, side)) > EXPLAINED
        and (beyond > SURELY or not LIKE_WITHIN[0] < _seams(picture, side) < LIKE_WITHIN[1])
    }
    fitting = [side for side, explained in found.items() if explained > (1 - ALIKE) * max(found.values())]
    return Tiling(min(fitting), 0) if fitting else None


def _divisors(number: int) -> Iterator[int]:
    return (side for side in SIDES if number % side == 0)


def _explained(picture: Pixels, side: int) -> float:
    """Share of the variance that the mean tile explains; what chance explains is taken off."""
    cut = _cut(picture, side).astype(np.float32)
    variance = float(cut.var()) if len(cut) > 1 else 0.0
    if variance == 0:
        return 0.0
    share = float((cut.mean(axis=0) - cut.mean()).var()) / variance
    return (share * len(cut) - 1) / (len(cut) - 1)


def _elsewhere(picture: Pixels, side: int) -> float:
    """The same for tiles a little narrower and wider; by an even number, so that a lattice fits these as well."""
    by = side // 14 * 2
    return max(_explained(picture, side - by), _explained(picture, side + by))


def _seams(picture: Pixels, side: int) -> float:
    """The mean step from pixel to pixel across the edges of tiles, against that within them."""
    steps: list[tuple[float, float]] = []
    for axis in (1, 2):
        each = np.abs(np.diff(picture.astype(np.float32), axis=axis)).mean(axis=(0, 3 - axis))
        edges = np.arange(1, each.size + 1) % side == 0
        steps.append((float(each[edges].mean()), float(each[~edges].mean())))
    (down, below), (across, beside) = steps
    return (down + across) / max(below + beside, 1e-9)


def _cut(picture: Pixels, side: int) -> Pixels:
    channels, height, width = picture.shape
    rows, columns = height // side, width // side
    whole = picture[:, : rows * side, : columns * side].reshape(channels, rows, side, columns, side)
    return whole.transpose(1, 3, 0, 2, 4).reshape(rows * columns, channels, side, side)
