"""Sheets of pictures, cut apart again: each as it was laid in, also where lines are as black as margins."""

from __future__ import annotations

import numpy as np
import pytest
from bringing import as_grid
from numpy.typing import NDArray
from PIL import Image

from gan_core.data import load
from gan_core.uploads.grids import Tiling, tiles, tiling

DIGITS = load("digits", 28, 1).probe(400).pixels


def pictures(count: int, side: int, seed: int) -> NDArray[np.uint8]:
    """Digits on black (N, 1, side, side): at 32 with a wider margin, as LeNet and many DCGANs have them."""
    few = DIGITS[np.random.default_rng(seed).choice(400, count, replace=False)]
    if side == 28:
        return few
    if side == 32:
        return np.pad(few, ((0, 0), (0, 0), (2, 2), (2, 2)))
    made = [Image.fromarray(one[0]).resize((side, side), Image.Resampling.BILINEAR) for one in few]
    return np.stack([np.asarray(one)[None] for one in made])


def check(rows: int, columns: int, side: int, gap: int, colour: int) -> None:
    laid = pictures(rows * columns, side, seed=rows * 1000 + side * 10 + gap)
    sheet = as_grid(laid, columns, gap, colour)[None]
    found = tiling(sheet)
    assert found == Tiling(side, gap), (rows, columns, side, gap, colour)
    np.testing.assert_array_equal(tiles(sheet, found), laid)


@pytest.mark.parametrize("colour", [0, 128, 255])
@pytest.mark.parametrize("gap", [1, 2])
@pytest.mark.parametrize("side", [20, 24, 28, 32, 40, 48, 56, 64])
def test_as_torchvision_and_keras_lay_them_out(side: int, gap: int, colour: int) -> None:
    """Width and height are so many times side and gap, and one gap more."""
    for rows, columns in ((2, 2), (3, 3), (4, 4), (4, 8), (8, 8), (5, 5), (7, 3), (10, 10)):
        check(rows, columns, side, gap, colour)


@pytest.mark.parametrize("gap", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("side", [24, 28, 30, 32, 33, 48, 50, 64])
def test_other_sides_and_gaps_in_sheets_of_16_and_more(side: int, gap: int) -> None:
    for rows, columns in ((4, 4), (4, 8), (8, 8), (5, 5), (10, 10)):
        check(rows, columns, side, gap, 0)


def test_clothes_on_black(stored_data: object) -> None:
    clothes = load("fashion-mnist", 28, 1).probe(64).pixels
    sheet = as_grid(clothes, 8, 2, 0)[None]
    assert tiling(sheet) == Tiling(28, 2)
