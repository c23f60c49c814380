"""The measurements against values worked out by hand, and layouts and grids against what they were made from."""

from __future__ import annotations

import io

import numpy as np
import pytest
from bringing import as_grid
from drawn_pictures import faces, scenes
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan_core.data import load
from gan_core.files.errors import DataError
from gan_core.pixels import guess_range, layouts
from gan_core.uploads import picture_measures
from gan_core.uploads.grids import Tiling, tiles, tiling

RNG = np.random.default_rng(0)


def test_circular_by_hand() -> None:
    # Down: 250 on a line, 6 round the circle. Across: nothing.
    assert picture_measures.circular(np.array([[[[3, 3], [253, 253]]]], np.uint8)) == pytest.approx(1 - 6 / 250)
    assert picture_measures.circular(np.array([[[[0, 100], [0, 100]]]], np.uint8)) == 0
    assert np.isnan(picture_measures.circular(np.zeros((1, 1, 4, 4), np.uint8)))


def test_the_ends_by_hand() -> None:
    counts = np.zeros(256, int)
    counts[[0, 1, 2, 4, 9, 250, 255]] = 80, 4, 40, 36, 16, 40, 24
    found = picture_measures.ends(np.repeat(np.arange(256, dtype=np.uint8), counts))
    assert found["end_balance"] == pytest.approx(40 / 80)
    assert found["end_spike"] == pytest.approx(80 / (16 / 8))
    assert found["black"] == pytest.approx(80 / 40)
    assert found["nearly_black"] == pytest.approx(80 / counts.sum())


@pytest.mark.parametrize("size", [27, 28, 100])
def test_a_lattice_stands_out_and_noise_does_not(size: int) -> None:
    noise = RNG.normal(128, 30, (16, 1, size, size)).astype(np.float32)
    found = picture_measures.lattice(noise)
    assert found["nyquist_peak"] == pytest.approx(1, abs=0.3)
    rows = noise + 30 * (np.arange(size) % 2)[:, None]
    # The stripes' variance, 15², beside that of the noise, whose share on the line is about 1 / height + 1 / width.
    side = min(size // 2 * 2, picture_measures.WINDOW)
    assert picture_measures.lattice(rows)["nyquist"] == pytest.approx((225 + 900 * 2 / side) / (225 + 900), abs=0.04)
    assert picture_measures.lattice(rows)["nyquist_peak"] == pytest.approx(1 + 225 / (900 * 2 / side), rel=0.2)
    assert picture_measures.lattice(np.full((2, 1, size, size), 7, np.float32)) == {}


def test_what_comes_again_every_28_pixels_is_no_lattice() -> None:
    again = np.tile(RNG.normal(128, 30, (1, 1, 28, 28)), (1, 1, 8, 8)) + RNG.normal(0, 30, (1, 1, 224, 224))
    assert picture_measures.lattice(again.astype(np.float32))["nyquist_peak"] < 1.8


def test_blocks_are_found_where_they_begin_only() -> None:
    smooth = np.cumsum(np.cumsum(RNG.normal(0, 3, (1, 1, 96, 96)), axis=2), axis=3).astype(np.float32)
    smooth = (smooth - smooth.min()) / np.ptp(smooth) * 255 + RNG.normal(0, 3, smooth.shape).astype(np.float32)
    frequencies = picture_measures._COSINES @ picture_measures._blocks(smooth[:, 0]) @ picture_measures._COSINES.T
    rounded = np.rint(frequencies / 20) * 20
    blocks = picture_measures._COSINES.T @ rounded @ picture_measures._COSINES
    jpeg = blocks.reshape(12, 12, 8, 8).transpose(0, 2, 1, 3).reshape(1, 1, 96, 96).astype(np.float32)
    assert picture_measures.jpeg_blocks([smooth]) < 0.02
    assert picture_measures.jpeg_blocks([jpeg]) > 0.5
    assert picture_measures.jpeg_blocks([np.roll(jpeg, (3, 5), axis=(2, 3))]) < 0
    assert np.isnan(picture_measures.jpeg_blocks([jpeg[..., :32, :32]]))  # too few


def test_nearest_other_by_hand() -> None:
    points = np.array([0, 3, 10], np.float32).reshape(3, 1, 1, 1).repeat(4, axis=2)
    assert picture_measures.nearest_other(points).tolist() == pytest.approx([6, 6, 14])
    assert picture_measures.diversity(points) == pytest.approx(np.std([0, 3, 10]))
    assert picture_measures.contrast(points) == 0


# ---------------------------------------------------------------------------------------------- layouts

PICTURES = load("digits", 28, 3).probe(12).pixels


@pytest.mark.parametrize(
    ("array", "layout", "back"),
    [
        (PICTURES, "NCHW", PICTURES),
        (PICTURES.transpose(0, 2, 3, 1), "NHWC", PICTURES),
        (PICTURES[:, :1], "NCHW", PICTURES[:, :1]),
        (PICTURES[:, 0], "NHW", PICTURES[:, :1]),
        (PICTURES[0], "CHW", PICTURES[:1]),
        (PICTURES[0].transpose(1, 2, 0), "HWC", PICTURES[:1]),
        (PICTURES[:1, 0], "CHW", PICTURES[:1, :1]),
        (PICTURES[0, 0], "HW", PICTURES[:1, :1]),
        (PICTURES[:, 0].reshape(12, 784), "N(HW)", PICTURES[:, :1]),
        (PICTURES.reshape(12, 2352), "N(CHW)", PICTURES),
        (PICTURES[0, 0].reshape(784), "N(HW)", PICTURES[:1, :1]),
        (as_grid(PICTURES[:, :1], 12)[:, :324], "HW", as_grid(PICTURES[:, :1], 12)[None, None, :, :324]),
    ],
)
def test_layouts(array: np.ndarray, layout: str, back: np.ndarray) -> None:
    found, pictures = layouts.as_pictures(array, "x")
    assert found == layout
    np.testing.assert_array_equal(pictures, back)


@pytest.mark.parametrize("rows", [8, 16, 64, 256])
def test_rows_of_noise_are_pictures_laid_flat(rows: int) -> None:
    for seed in range(10):
        noise = np.random.default_rng(seed).standard_normal((rows, 784), np.float32)
        assert layouts.as_pictures(noise, "x")[0] == "N(HW)"


def test_a_square_or_a_real_picture_is_one() -> None:
    for seed in range(10):
        noise = np.random.default_rng(seed).standard_normal((256, 256), np.float32)
        smooth = np.cumsum(np.cumsum(noise, 0), 1)
        assert layouts.as_pictures(smooth, "x")[0] == layouts.as_pictures(smooth[:64], "x")[0] == "HW"


@given(st.lists(st.integers(1, 300), min_size=0, max_size=6).map(tuple))
def test_every_shape_is_pictures_or_refused(shape: tuple[int, ...]) -> None:
    array = np.broadcast_to(np.zeros((), np.uint8), shape)
    if array.size > 10**7:
        return
    try:
        _, pictures = layouts.as_pictures(array, "x")
    except DataError:
        return
    assert pictures.size == array.size
    assert pictures.ndim == 4
    assert pictures.shape[1] in (1, 3, 4)
    assert min(pictures.shape[2:]) >= 8


def test_the_summary_is_of_all_values_in_parts() -> None:
    values = RNG.normal(0, 1, (9, 1_000_000)).astype(np.float32)
    values[3, 17], values[8, -1], values[5, 5] = 50, np.nan, -np.inf
    found = guess_range.summary(values, values[:1])
    assert (found.low, found.high) == (np.nanmin(values[np.isfinite(values)]), 50)
    assert found.broken == pytest.approx(2 / values.size)
    assert found.mean == pytest.approx(values[0].mean(dtype=float))


# ------------------------------------------------------------------------------------------------- grids


@pytest.mark.parametrize("size", [16, 28, 32, 64])
@pytest.mark.parametrize(("gap", "colour"), [(0, 0), (2, 0), (1, 255), (4, 99), (5, 255)])
def test_grids_are_taken_apart(size: int, gap: int, colour: int) -> None:
    images = load("digits", size, 1).probe(30).pixels
    grid = np.atleast_3d(as_grid(images, 6, gap, colour)).transpose(2, 0, 1)
    assert tiling(grid) == Tiling(size, gap)
    np.testing.assert_array_equal(tiles(grid, Tiling(size, gap)), images)


@pytest.mark.parametrize("quality", [60, 95])
@pytest.mark.parametrize(("gap", "colour"), [(1, 255), (2, 0), (8, 200)])
def test_grids_whose_lines_a_jpeg_blurred_are_taken_apart(gap: int, colour: int, quality: int) -> None:
    images, file = faces(16, 48, 5), io.BytesIO()
    Image.fromarray(as_grid(images, 4, gap, colour)).save(file, "JPEG", quality=quality)
    grid = np.asarray(Image.open(file)).transpose(2, 0, 1)
    assert tiling(grid) == Tiling(48, gap)
    assert np.abs(tiles(grid, Tiling(48, gap)).astype(int) - images).mean() < 12


@pytest.mark.parametrize("quality", [60, 95])
def test_a_single_jpeg_is_no_grid_by_its_lines(quality: int) -> None:
    for number, size in enumerate((146, 150, 202)):  # what tiles with lines between them come to
        file = io.BytesIO()
        Image.fromarray(scenes(1, size, number)[0].transpose(1, 2, 0)).save(file, "JPEG", quality=quality)
        assert tiling(np.asarray(Image.open(file)).transpose(2, 0, 1)) is None


def test_empty_tiles_at_the_end_are_left_out() -> None:
    images = load("digits", 28, 1).probe(24).pixels.copy()
    images[20:] = 0
    grid = np.atleast_3d(as_grid(images, 6, 2)).transpose(2, 0, 1)
    assert len(tiles(grid, Tiling(28, 2))) == 20


@pytest.mark.parametrize("size", [112, 128, 224, 256])
def test_one_picture_is_no_grid(size: int) -> None:
    wave = 128 + 100 * np.sin(np.indices((size, size)).sum(axis=0) / 17)
    noise = RNG.normal(128, 40, (size, size))
    cloud = np.cumsum(np.cumsum(RNG.normal(0, 1, (size, size)), axis=0), axis=1)
    lattice = noise + 40 * (np.indices((size, size)).sum(axis=0) % 2)
    for values in (wave, noise, (cloud - cloud.min()) / np.ptp(cloud) * 255, lattice, np.zeros((size, size))):
        assert tiling(values.clip(0, 255).astype(np.uint8)[None]) is None


@pytest.mark.parametrize("size", [128, 256])
def test_a_single_picture_of_large_shapes_is_no_grid(size: int) -> None:
    taken = [number for number in range(40) if tiling(faces(1, size, number)[0]) is not None]
    assert taken == []
