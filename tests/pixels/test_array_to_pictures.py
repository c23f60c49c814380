"""One right way from an array to pictures and back, and what is refused because it cannot be read for certain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from gan_core.pixels.array_to_pictures import from_pictures, to_pictures
from gan_core.pixels.guess_range import SAME_AS, seeming_range, summary
from gan_core.pixels.layouts import layouts
from gan_core.pixels.range_map import RangeMap

NAMED = ["[-1,1]", "[0,1]", "raw"]
STANDARDISED = RangeMap.of("standardised", np.array([3, 40, 200, 255], np.uint8))
RANGES = [*NAMED, STANDARDISED]

sides = st.integers(4, 7)  # no 1 or 3, which could be channels
batches = st.integers(1, 5)
pictures = st.tuples(batches, sides, sides, st.sampled_from([1, 3])).flatmap(
    lambda size: arrays(np.uint8, size[:3] if size[3] == 1 else size)
)


def lines(data_range: str | RangeMap) -> RangeMap:
    return data_range if isinstance(data_range, RangeMap) else RangeMap.of(data_range)


@given(shown=pictures, data_range=st.sampled_from(RANGES))
def test_there_and_back_is_exact(shown: np.ndarray, data_range: str | RangeMap) -> None:
    values = from_pictures(shown, data_range)
    assert values.dtype == np.float32
    assert values.shape == (len(shown), 1 if shown.ndim == 3 else 3, *shown.shape[1:3])
    back = to_pictures(values, data_range)
    assert back.dtype == np.uint8
    assert np.array_equal(back, shown)


@given(
    values=arrays(np.float32, (2, 3, 4, 5), elements=st.floats(-1.75, 1.75, width=32)),
    data_range=st.sampled_from(["[-1,1]", STANDARDISED]),
)
def test_every_value_is_mapped_clipped_and_rounded_in_its_own_place(values: np.ndarray, data_range: str | RangeMap):
    """Against one number at a time, in float64; values outside the range are among them."""
    shown = to_pictures(values, data_range)
    line = lines(data_range)
    for number, channel, row, column in np.ndindex(values.shape):
        level = float(values[number, channel, row, column]) * line.std + line.mean
        assert abs(int(shown[number, row, column, channel]) - min(max(level, 0.0), 255.0)) <= 0.501


@given(data=st.data(), data_range=st.sampled_from(NAMED))
def test_whatever_is_finite_and_near_gives_bytes_without_wrapping(data: st.DataObject, data_range: str) -> None:
    line = RangeMap.of(data_range)
    margin = 0.45 * (line.high - line.low)
    kind = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    width = {np.float16: 16, np.float32: 32, np.float64: 64}[kind]
    low, high = (float(kind(end)) for end in (line.low - margin, line.high + margin))
    values = data.draw(arrays(kind, (1, 1, 5, 4), elements=st.floats(low, high, width=width)))
    if data_range == "raw" and np.abs(values).max() <= 1:
        return  # refused, see below
    shown = to_pictures(values, data_range)
    assert (shown[0][values[0, 0] <= line.low] == 0).all()
    assert (shown[0][values[0, 0] >= line.high] == 255).all()


MARKED = np.arange(2 * 3 * 4 * 5, dtype=np.uint8).reshape(2, 3, 4, 5)  # every value says where it belongs


@pytest.mark.parametrize(
    ("values", "layout"),
    [
        (MARKED, None),
        (MARKED, "NCHW"),
        (MARKED.transpose(0, 2, 3, 1), None),
        (MARKED.transpose(0, 2, 3, 1), "NHWC"),
    ],
)
def test_batches_in_either_layout_are_the_same_pictures(values: np.ndarray, layout: Any) -> None:
    shown = to_pictures(values, "raw", layout)
    for number, channel, row, column in np.ndindex(MARKED.shape):
        assert shown[number, row, column, channel] == MARKED[number, channel, row, column]


@pytest.mark.parametrize(
    ("values", "layout"),
    [
        (MARKED[0], None),
        (MARKED[0], "CHW"),
        (MARKED[0].transpose(1, 2, 0), None),
        (MARKED[0].transpose(1, 2, 0), "HWC"),
        (MARKED[:1], None),
    ],
)
def test_a_single_image_is_a_batch_of_one(values: np.ndarray, layout: Any) -> None:
    assert np.array_equal(to_pictures(values, "raw", layout), to_pictures(MARKED, "raw")[:1])


@pytest.mark.parametrize(
    ("values", "layout"),
    [
        (MARKED[0, 0], None),
        (MARKED[0, 0], "HW"),
        (MARKED[0, :1], None),
        (MARKED[0, 0, ..., None], None),
        (MARKED[:1, :1], None),
        (MARKED[:1, 0], "NHW"),
    ],
)
def test_a_grey_image_of_any_shape_is_grey(values: np.ndarray, layout: Any) -> None:
    shown = to_pictures(values, "raw", layout)
    assert np.array_equal(shown, MARKED[:1, 0])
    assert Image.fromarray(shown[0]).mode == "L"


def test_several_grey_pictures_without_channels_are_named() -> None:
    assert np.array_equal(to_pictures(MARKED[0], "raw", "NHW"), MARKED[0])
    with pytest.raises(ValueError, match=r"\(5, 28, 28\) has no axis of 1 or 3 .* name the layout NHW"):
        to_pictures(np.zeros((5, 28, 28), np.uint8), "raw")


@given(shape=st.lists(st.sampled_from([1, 2, 3, 4, 28]), min_size=1, max_size=5).map(tuple))
def test_a_shape_is_read_only_where_one_reading_is_possible(shape: tuple[int, ...]) -> None:
    """Never silently transposed: where the channels could be first or last, the layout has to be named."""
    first = len(shape) in (3, 4) and shape[-3] in (1, 3)
    last = len(shape) in (3, 4) and shape[-1] in (1, 3)
    values = np.zeros(shape, np.uint8)
    if first and last:
        with pytest.raises(ValueError, match=r"could be N?CHW or N?HWC: name the layout"):
            to_pictures(values, "raw")
        channels_first, channels_last = layouts(shape)
        assert to_pictures(values, "raw", channels_first).shape[1:3] == shape[-2:]
        assert to_pictures(values, "raw", channels_last).shape[1:3] == shape[-3:-1]
    elif first or last or len(shape) == 2:
        sides = shape[-3:-1] if last else shape[-2:]
        assert to_pictures(values, "raw").shape[1:3] == sides
    else:
        with pytest.raises(ValueError, match="shape"):
            to_pictures(values, "raw")


@pytest.mark.parametrize(
    ("shape", "layout"),
    [((28, 28, 3), "CHW"), ((3, 28, 28), "HWC"), ((2, 28, 28, 3), "NCHW"), ((28, 28), "CHW"), ((1, 3, 9, 9), "NHW"),
     ((2, 9, 9), "HW"), ((0, 9, 9), "NHW")],
)  # fmt: skip
def test_a_layout_that_does_not_fit_is_refused(shape: tuple[int, ...], layout: Any) -> None:
    with pytest.raises(ValueError, match=f"is not {layout}"):
        to_pictures(np.zeros(shape, np.uint8), "raw", layout)


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="'CWH' is not known: choose HW, CHW"):
        to_pictures(MARKED[0], "raw", "CWH")  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0, 1, 8, 8), (0, 5), ()])
def test_nothing_is_no_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"empty|not that of a picture"):
        to_pictures(np.zeros(shape, np.uint8), "raw")


TONES = np.linspace(0, 1, 64).reshape(1, 1, 8, 8)


@pytest.mark.parametrize(
    ("values", "named", "likely"),
    [
        (TONES * 255, "[0,1]", "raw"),
        (TONES * 255, "[-1,1]", "raw"),
        (TONES * 2 - 1, "[0,1]", "[-1,1]"),
        (TONES * 2 - 1, "raw", "[-1,1]"),
        (TONES, "raw", "[0,1]"),
        (TONES * 5 - 2, "[0,1]", "?"),
        ((TONES * 255).astype(np.int64), "raw", None),
        (TONES * 255 - 300, "raw", "?"),
        (TONES * 1e6, "raw", "?"),
    ],
)
def test_another_range_than_the_named_one_is_told(values: np.ndarray, named: str, likely: str | None) -> None:
    if likely is None:
        to_pictures(values, named)
        return
    remedy = "scale them first" if likely == "?" else f"it looks like {likely}, so name that"
    with pytest.raises(ValueError) as caught:
        to_pictures(values, named)
    for words in (f"from {values.min():g} to {values.max():g}", f"far from {named}", remedy):
        assert words in str(caught.value)


@pytest.mark.parametrize(("values", "name"), [(TONES, "[0,1]"), (TONES * 2 - 1, "[-1,1]"), (TONES * 255, "raw")])
def test_what_fits_is_what_it_looks_like(values: np.ndarray, name: str) -> None:
    assert SAME_AS[seeming_range(summary(values, values), values.dtype)] == name
    to_pictures(values, name)


def test_a_generator_that_strays_is_no_other_range() -> None:
    """A linear output leaves [-1,1] with a third of its values, and a single one may be far out."""
    values = np.random.default_rng(0).normal(0, 1, (4, 1, 28, 28)).clip(-1.9, 1.9)
    values[0, 0, 0, 0] = 50
    assert 0.2 < (np.abs(values) > 1).mean() < 0.4
    assert to_pictures(values, "[-1,1]")[0, 0, 0] == 255


def test_black_pictures_as_floats_are_black_pictures() -> None:
    dark = np.array([[[[0.0, 1.0, 0.0, 1.0]] * 4]])
    assert to_pictures(dark, "raw").max() == 1


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_pixel(broken: float) -> None:
    values = TONES.copy()
    values[0, 0, 0, :2] = broken
    with pytest.raises(ValueError, match="2 of 64 values are NaN or infinite"):
        to_pictures(values, "[0,1]")


@pytest.mark.parametrize(
    ("kind", "named", "words"),
    [(np.uint8, "[-1,1]", "name the range raw"), (np.int64, "[-1,1]", "leave no greys"), (np.bool_, "raw", "bool"),
     (np.complex64, "[0,1]", "complex64"), (object, "raw", "object")],
)  # fmt: skip
def test_types_that_are_no_tones_are_refused(kind: Any, named: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        to_pictures(np.ones((1, 1, 8, 8), kind), named)


@pytest.mark.parametrize("shape", [(8, 8), (2, 8, 8, 1), (2, 3, 8, 8), (1, 1, 1, 8, 8)])
def test_what_are_no_pictures_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="pictures must have the shape"):
        from_pictures(np.zeros(shape, np.uint8), "raw")
    with pytest.raises(ValueError, match="must be uint8"):
        from_pictures(np.zeros((1, 8, 8), np.float32), "raw")  # type: ignore[arg-type]
