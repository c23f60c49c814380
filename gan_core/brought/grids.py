"""Grids: many small pictures in one, as training loops save them, taken apart again."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# Sides of tiles that are looked for, in pixels, and how many there must be.
SIDES = range(16, 65)
TILES = 16
# Share of the variance that the mean tile explains, beyond what tiles two pixels wider or narrower explain. Grids of
# 16 and more digits, clothes and generated pictures, noise included, gave 0.11 to 1; other pictures up to 0.04;
# a lattice, which any even side fits, 0.03.
EXPLAINED = 0.08


def tiles(picture: Pixels) -> Pixels | None:
    """The tiles (N, C, S, S) of a grid (C, H, W), row by row; None if it does not seem to be one.

    Either with lines of one colour between the tiles and around them, as torchvision's make_grid draws them, or
    without. Empty tiles at the end are left out.
    """
    found = _between_lines(picture)
    if found is None:
        found = _without_lines(picture)
    if found is None:
        return None
    filled = np.flatnonzero(np.ptp(found.reshape(len(found), -1), axis=1))
    return found[: filled[-1] + 1] if filled.size else found[:1]


def _between_lines(picture: Pixels) -> Pixels | None:
    _, height, width = picture.shape
    corner = picture[:, :1, :1]
    lines = (picture == corner).all(axis=(0, 2)), (picture == corner).all(axis=(0, 1))
    if all(line.all() for line in lines):
        return None
    for side in SIDES:
        for gap in (1, 2, 3, 4):
            step = side + gap
            rows, columns = (height - gap) // step, (width - gap) // step
            if (height - gap) % step or (width - gap) % step or rows * columns < 4:
                continue
            if all(line[_at_lines(line.size, step, gap)].all() for line in lines):
                return _cut(picture[:, gap:, gap:], step)[:, :, :side, :side]
    return None


def _at_lines(length: int, step: int, gap: int) -> NDArray[np.bool_]:
    return np.arange(length) % step < gap


def _without_lines(picture: Pixels) -> Pixels | None:
    _, height, width = picture.shape
    found = {
        side: gain
        for side in _divisors(math.gcd(height, width))
        if height * width >= TILES * side * side
        and (gain := _explained(picture, side) - max(_explained(picture, side + by) for by in (-2, 2))) > EXPLAINED
    }
    if not found:
        return None
    # Twice the side fits as well.
    side = min(side for side, gain in found.items() if gain > 0.8 * max(found.values()))
    return _cut(picture, side)


def _divisors(number: int) -> Iterator[int]:
    return (side for side in SIDES if number % side == 0)


def _explained(picture: Pixels, side: int) -> float:
    """Share of the variance that the mean tile explains; what chance explains is taken off."""
    cut = _cut(picture, side).astype(np.float32)
    variance = float(cut.var())
    if variance == 0:
        return 0.0
    share = float((cut.mean(axis=0) - cut.mean()).var()) / variance
    return (share * len(cut) - 1) / (len(cut) - 1)


def _cut(picture: Pixels, side: int) -> Pixels:
    channels, height, width = picture.shape
    rows, columns = height // side, width // side
    whole = picture[:, : rows * side, : columns * side].reshape(channels, rows, side, columns, side)
    return whole.transpose(1, 3, 0, 2, 4).reshape(rows * columns, channels, side, side)
