from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from gan_core.pixels.range_map import RangeMap, channels_last, grid, png_bytes

RANGES = ["[-1,1]", "[0,1]", "raw", "standardised"]
ALL_BYTES = np.arange(256, dtype=np.uint8).reshape(4, 1, 8, 8)


@pytest.mark.parametrize(
    ("name", "low", "high", "middle"),
    [("[-1,1]", -1, 1, 0), ("[0,1]", 0, 1, 0.5), ("raw", 0, 255, 127.5)],
)
def test_ends_of_each_range(name: str, low: float, high: float, middle: float) -> None:
    made = RangeMap.of(name, ALL_BYTES)
    assert (made.name, made.low, made.high) == (name, low, high)
    encoded = made.encode(ALL_BYTES)
    assert encoded.dtype == np.float32
    assert (encoded.min(), encoded.max()) == (low, high)
    assert made.decode(np.array([middle], np.float32))[0] == pytest.approx(127.5)


def test_standardised_against_numpy() -> None:
    pixels = np.random.default_rng(0).integers(0, 50, (70, 3, 80, 80), np.uint8)  # more than one chunk
    made = RangeMap.of("standardised", pixels)
    assert made.mean == pytest.approx(pixels.mean())
    assert made.std == pytest.approx(pixels.std())
    encoded = made.encode(pixels)
    assert encoded.mean(dtype=float) == pytest.approx(0, abs=1e-6)
    assert encoded.std(dtype=float) == pytest.approx(1, abs=1e-6)
    assert made.encode(np.array([0, 255], np.uint8)) == pytest.approx([made.low, made.high])


@given(pixels=arrays(np.uint8, array_shapes(min_dims=4, max_dims=4, max_side=6)), name=st.sampled_from(RANGES))
def test_there_and_back_is_exact(pixels: np.ndarray, name: str) -> None:
    made = RangeMap.of(name, np.append(pixels, [3, 200]).astype(np.uint8))
    assert np.array_equal(made.to_uint8(made.encode(pixels)), pixels)


@given(values=arrays(np.float32, 20, elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_any_finite_value_is_clipped_and_rounded(values: np.ndarray) -> None:
    made = RangeMap.of("[0,1]", ALL_BYTES)
    exact = np.rint(np.clip(values.astype(np.float64) * 255, 0, 255))
    assert np.abs(made.to_uint8(values) - exact).max() <= 1  # float32 may fall on the other side of a half


def test_decode_neither_clips_nor_rounds() -> None:
    made = RangeMap.of("[-1,1]", ALL_BYTES)
    values = np.array([-2, 0.001, 3], np.float64)
    assert made.decode(values) == pytest.approx([-127.5, 127.6275, 510])
    assert made.to_uint8(values).tolist() == [0, 128, 255]


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_pixel(broken: float) -> None:
    values = np.zeros((2, 3), np.float32)
    values[0, :2] = broken
    with pytest.raises(ValueError, match="2 of 6 values are NaN or infinite"):
        RangeMap.of("raw", ALL_BYTES).to_uint8(values)


def test_bad_ranges_and_types() -> None:
    with pytest.raises(ValueError, match=r"data_range '\[-1, 1\]' is not known: choose \[-1,1\]"):
        RangeMap.of("[-1, 1]", ALL_BYTES)
    with pytest.raises(ValueError, match="all are 7"):
        RangeMap.of("standardised", np.full((2, 1, 3, 3), 7, np.uint8))
    with pytest.raises(ValueError, match="depends on the training images"):
        RangeMap.of("standardised")
    made = RangeMap.of("raw")
    with pytest.raises(ValueError, match="pixels must be uint8"):
        made.encode(np.zeros(3, np.float32))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="values must be floats"):
        made.decode(ALL_BYTES)  # type: ignore[arg-type]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (6, 3, 2), (5, 3, 2), (2, 4, 1)])
def test_grid_puts_each_image_in_its_place(channels: int, count: int, columns: int, rows: int) -> None:
    images = np.random.default_rng(1).integers(1, 256, (count, channels, 4, 5), np.uint8)
    picture = grid(images, columns)
    assert picture.shape == (rows * 4, columns * 5) + ((3,) if channels == 3 else ())
    for place in range(rows * columns):
        row, column = divmod(place, columns)
        tile = picture[row * 4 : row * 4 + 4, column * 5 : column * 5 + 5]
        if place >= count:
            assert not tile.any()
        else:
            assert np.array_equal(tile, images[place, 0] if channels == 1 else images[place].transpose(1, 2, 0))


@pytest.mark.parametrize(
    ("images", "columns", "words"),
    [
        (np.zeros((2, 1, 3, 3), np.float32), 2, "must be uint8"),
        (np.zeros((2, 3, 3), np.uint8), 2, "shape"),
        (np.zeros((2, 2, 3, 3), np.uint8), 2, "shape"),
        (np.zeros((0, 1, 3, 3), np.uint8), 2, "not empty"),
        (np.zeros((2, 1, 3, 3), np.uint8), 0, "columns"),
    ],
)
def test_grid_refuses(images: np.ndarray, columns: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        grid(images, columns)


@given(picture=arrays(np.uint8, st.sampled_from([(1, 1), (7, 5), (7, 5, 3)])))
def test_png_holds_every_pixel(picture: np.ndarray) -> None:
    content = png_bytes(picture)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), picture)
    assert png_bytes(picture) == content


def test_png_of_a_grid_needs_no_copy_by_the_caller() -> None:
    colour = grid(np.random.default_rng(0).integers(0, 256, (4, 3, 5, 5), np.uint8), 2)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_bytes(colour)))), colour)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_go_last_and_every_pixel_keeps_its_place(channels: int) -> None:
    images = np.random.default_rng(2).integers(0, 256, (4, channels, 5, 6), np.uint8)
    pictures = channels_last(images)
    assert pictures.flags["C_CONTIGUOUS"]
    assert pictures.shape == ((4, 5, 6) if channels == 1 else (4, 5, 6, 3))
    for place in np.ndindex(4, channels, 5, 6):
        number, channel, row, column = place
        assert pictures[(number, row, column) + ((channel,) if channels == 3 else ())] == images[place]


@pytest.mark.parametrize("picture", [np.zeros((3, 4, 4), np.uint8), np.zeros((0, 4), np.uint8), np.zeros((4, 4))])
def test_png_refuses_other_shapes_and_types(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="picture must"):
        png_bytes(picture)
