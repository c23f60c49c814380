"""From an array to pictures and back, one right way: range map, clip, round, channels last.

What cannot be read for certain is refused: another range than the one named, NaN, a shape that two layouts fit. A
run's own images need no such questions, since its range map is known: see RangeMap.to_uint8.
"""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from gan_core.pixels.guess_range import SAME_AS, seeming_range, summary
from gan_core.pixels.layouts import Layout, channels_first, layouts
from gan_core.pixels.range_map import Pixels, RangeMap, channels_last

Numbers = NDArray[Any]

# A generator with a linear output leaves its range, too. Only where more than FAR_SHARE of the values lie outside by
# more than FAR of the range's width is it another range that was meant.
FAR, FAR_SHARE = 0.5, 0.01


def to_pictures(values: Numbers, data_range: str | RangeMap, layout: Layout | None = None) -> Pixels:
    """Numbers in a data range to uint8 pictures, (N, H, W) for grey or (N, H, W, 3) for RGB; a single image is N = 1.

    `data_range` is "[-1,1]", "[0,1]", "raw" (0 to 255, also uint8 itself) or a RangeMap. Values a little outside are
    clipped. Without a `layout`, two dimensions are HW, three CHW or HWC, four NCHW or NHWC, with C 1 or 3. A shape
    that fits two of them needs its layout named, and so does NHW: several grey pictures without channels.

    Raises ValueError for a shape that fits no layout or two, NaN and infinity, and values that are far from the range.
    """
    line = _line(data_range)
    images = _as_nchw(values, layout)
    _check_numbers(images, line)
    if images.dtype == np.uint8:  # the range is raw: they are bytes already
        pixels = images
    else:
        pixels = line.to_uint8(images if np.issubdtype(images.dtype, np.floating) else images.astype(np.float64))
    return channels_last(pixels)


def from_pictures(pictures: Pixels, data_range: str | RangeMap) -> NDArray[np.float32]:
    """uint8 pictures, (N, H, W) for grey or (N, H, W, 3) for RGB, to float32 (N, C, H, W) in the data range.

    Raises ValueError for another type or shape. What `to_pictures` makes of the result are the same pictures.
    """
    if pictures.ndim not in (3, 4) or (pictures.ndim == 4 and pictures.shape[3] != 3):
        raise ValueError(f"pictures must have the shape (N, H, W) or (N, H, W, 3), but have {pictures.shape}.")
    images = channels_first(pictures, "NHW" if pictures.ndim == 3 else "NHWC")
    return np.ascontiguousarray(_line(data_range).encode(images))


def _line(data_range: str | RangeMap) -> RangeMap:
    return data_range if isinstance(data_range, RangeMap) else RangeMap.of(data_range)


def _as_nchw(values: Numbers, layout: Layout | None) -> Numbers:
    fits = layouts(values.shape)
    if layout is None:
        if not fits:
            raise ValueError(_no_layout(values.shape))
        if len(fits) > 1:
            raise ValueError(f"The shape {values.shape} could be {fits[0]} or {fits[1]}: name the layout.")
        layout = fits[0]
    elif layout not in get_args(Layout):
        raise ValueError(f"The layout {layout!r} is not known: choose {', '.join(get_args(Layout))}.")
    elif layout not in (["NHW"] if layout == "NHW" and values.ndim == 3 and values.size else fits):
        raise ValueError(f"The shape {values.shape} is not {layout}, C being 1 or 3: name the layout it has.")
    return channels_first(values, layout)


def _no_layout(shape: tuple[int, ...]) -> str:
    if 0 in shape:
        return f"An array of the shape {shape} is empty: there is no picture in it."
    if len(shape) == 3:
        return (
            f"The shape {shape} has no axis of 1 or 3 channels first or last: if these are {shape[0]} grey pictures, "
            "name the layout NHW."
        )
    if len(shape) == 4:
        return f"The shape {shape} is neither NCHW nor NHWC with 1 or 3 channels: choose the channels to show."
    return f"The shape {shape} is not that of a picture: it has 2 to 4 axes, as (H, W), (C, H, W) or (N, C, H, W)."


def _check_numbers(images: Numbers, line: RangeMap) -> None:
    if images.dtype == np.uint8 and line.name != "raw":
        raise ValueError(f"The values are uint8, which is bytes from 0 to 255, not {line.name}: name the range raw.")
    if not (np.issubdtype(images.dtype, np.floating) or np.issubdtype(images.dtype, np.integer)):
        raise ValueError(f"The values are {images.dtype}, which are not pixel values: convert them to float32.")
    if np.issubdtype(images.dtype, np.integer):
        if line.name != "raw":
            raise ValueError(
                f"The values are {images.dtype}, whole numbers, which leave no greys in {line.name}: name the range "
                "raw, or scale before casting."
            )
    elif not np.isfinite(images).all():
        broken = int(images.size - np.count_nonzero(np.isfinite(images)))
        raise ValueError(
            f"{broken} of {images.size} values are NaN or infinite and have no pixel: leave those images out."
        )
    if not _near(images, line):
        likely = SAME_AS.get(seeming_range(summary(images, images), images.dtype))
        fits = likely is not None and likely != line.name and _near(images, _line(likely))
        remedy = f"it looks like {likely}, so name that" if fits else "scale them first"
        raise ValueError(
            f"The values go from {images.min():g} to {images.max():g}, which is far from {line.name} "
            f"({line.low:g} to {line.high:g}): {remedy}."
        )


def _near(images: Numbers, line: RangeMap) -> bool:
    """Whether finite numbers could be meant in this range.

    Hardly any may lie far outside. They must not all be crowded into a hundredth of it around 0, as numbers of [0,1]
    or [-1,1] are in 0 to 255; bytes written as floats are whole numbers.
    """
    margin = FAR * (line.high - line.low)
    far = np.count_nonzero(images < line.low - margin) + np.count_nonzero(images > line.high + margin)
    if far > FAR_SHARE * images.size:
        return False
    crowded = line.name == "raw" and np.abs(images).max() <= 1
    return not crowded or bool((images == np.rint(images)).all())
