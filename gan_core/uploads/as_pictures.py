"""What was brought, as pictures that can be measured: what it seems to be, and a sample of it in units of bytes."""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_core.data.resize import to_square
from gan_core.files.bounds import LEAST_SIDE, MEGA
from gan_core.files.contents import Contents
from gan_core.files.errors import DataError, shown
from gan_core.files.npy import Array
from gan_core.files.pictures import Picture
from gan_core.pixels.guess_range import SAME_AS, ValueSummary, seeming_range, summary
from gan_core.pixels.layouts import Values, as_pictures
from gan_core.pixels.range_map import RangeMap
from gan_core.uploads.figures import panels
from gan_core.uploads.grids import Tiling, tiles, tiling
from gan_core.uploads.picture_measures import Pixels, Tones
from gan_core.uploads.reference_set import SIDE, Real, Reference

# More pictures than these are hardly grids.
_GRIDS = 64
# Beyond it, values only matter as being far outside.
_HUGE = 1e7

# Pictures that are looked at, evenly spaced over those brought; pixels a side of each, from its middle if it is
# larger; and their values together.
PICTURES, LARGEST, TOGETHER = 256, 1024, 12_000_000
# Pictures that are kept as they came, and their bytes together.
KEPT, KEPT_BYTES = 64, 80 * MEGA


@dataclass(frozen=True, eq=False)
class BroughtPictures:
    """Pictures as they seem to be meant."""

    values: bool  # whether numbers were brought, not picture files
    place: Array  # the array that was looked at, or the first picture
    stacked: bool  # whether `place` is the first of several that were put together
    range: str  # see seeming_range
    dtype: str
    layout: str  # NCHW and the like
    shape: str  # as brought
    count: int  # of pictures brought
    summary: ValueSummary  # of their values as brought
    real: Real  # the real set they are compared with
    raw: Values  # the first picture just as it was brought
    first: Values  # some of them as brought, (n, C, H, W); empty where one alone is too large
    whole: list[Tones]  # `tones` before grids were cut to tiles
    tones: list[Tones]  # for each size (n, C, H, W) in units of bytes, not clipped, not rounded, finite; C is 1 or 3
    squares: Tones  # all of them, cut and clipped, (n, C, SIDE, SIDE)
    jpeg_step: float  # see files.pictures.Picture; 0 for numbers
    figure: bool  # whether these are the panels of a figure, which scaled them
    told: list[str]  # sentences on what was left aside

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the first picture, in pixels."""
        return self.tones[0].shape[2:] if self.tones else self.raw.shape[:2]


def samples(contents: Contents, name: str, against: Reference) -> BroughtPictures:
    """What was brought as pictures. Raises DataError, whose sentence begins with `name`, if it is none."""
    told = [f"{contents.left_out} other files in it were left out."] if contents.left_out else []
    if contents.checkpoints:
        told.append(f"The weights in {len(contents.checkpoints)} files were left out: bring them alone.")
    newest = _newest(contents.pictures, told)
    files = [(title, picture) for title, picture in newest if picture.values.dtype == np.uint8]
    floats = [
        Array(title, picture.values, picture.values.dtype.name, "Pillow", title)
        for title, picture in newest
        if picture.values.dtype != np.uint8
    ]
    if not files and floats and floats[0].dtype == "uint16":
        return _of_array(_deep(floats, told), len(floats) > 1, name, against, told)
    if not files:
        return _of_array(*_chosen([*contents.arrays, *floats], name, told), name, against, told)
    for title, picture in files:
        if min(picture.values.shape[:2]) < LEAST_SIDE:
            raise DataError(
                f"{shown(title)} has {picture.values.shape[1]}×{picture.values.shape[0]} pixels, but at least "
                f"{LEAST_SIDE} a side are needed: leave it out."
            )
    if contents.arrays or floats:
        told.append(f"Beside the pictures, {len(contents.arrays) + len(floats)} arrays of numbers were left out.")
    told += _of_files([picture for _, picture in files])
    few = [files[index][1] for index in evenly(len(files), PICTURES)]
    shapes = sorted({picture.values.shape for _, picture in files})
    first = few[0].values
    tones = _by_size([_channels_first(picture.values).astype(np.float32) for picture in few])
    everything = np.concatenate([x.reshape(-1) for x in tones])
    return _samples(
        values=False,
        place=Array(files[0][0], first, "uint8", "Pillow", files[0][0], (-1,) if files[0][1].frames > 1 else ()),
        stacked=False,
        range="0..255",
        dtype="uint8",
        layout="HW" if first.ndim == 2 else "HWC",
        shape=" and ".join(map(str, shapes[:3])) + (" and others" if len(shapes) > 3 else ""),
        count=len(files),
        summary=summary(everything, everything),
        raw=first,
        first=_kept(np.stack([_channels_first(x.values) for x in few if x.values.shape == first.shape])),
        tones=tones,
        # The least: what rounded all of them.
        jpeg_step=min(picture.jpeg_step for _, picture in files),
        told=told,
        against=against,
    )


def _of_files(pictures: list[Picture]) -> list[str]:
    """What picture files are beside colours, and what became of it."""
    told, count = [], len(pictures)
    if moving := sum(picture.frames > 1 for picture in pictures):
        told.append(f"{_of(moving, count)} several frames: only the last is judged.")
    if transparent := sum(picture.transparent for picture in pictures):
        told.append(
            f"{_of(transparent, count)} transparent pixels, which were put on black; which colours lie under them is "
            f"arbitrary. Paste them on one background, such as white, before training."
        )
    if palette := sum(picture.palette for picture in pictures):
        told.append(
            f"{_of(palette, count)} a palette: read them with convert('RGBA') or convert('RGB'), since the file itself "
            f"stores indices into its palette."
        )
    return told


def _of(some: int, count: int) -> str:
    return "The picture has" if count == 1 else f"{some} of {count} pictures have"


def _deep(arrays: list[Array], told: list[str]) -> Array:
    """Pictures of 16 bits as one array: those that are as large as the first."""
    same = [array for array in arrays if array.values.shape == arrays[0].values.shape]
    if len(same) < len(arrays):
        told.append(f"{len(arrays) - len(same)} pictures of other sizes than the first were left out.")
    few = [same[index].values for index in evenly(len(same), PICTURES)]
    return replace(same[0], values=np.stack(few) if len(arrays) > 1 else few[0])


def full_scale(of: ValueSummary, dtype: np.dtype[Any]) -> int:
    """The greatest value that whole numbers of more than 8 bits seem to be able to have, such as 4095; else 0."""
    if dtype.kind not in "iu" or not 512 <= of.high < 2**31 or of.low < 0:
        return 0
    return int(2 ** max(math.ceil(math.log2(of.high + 1)), 10) - 1)


def _of_array(array: Array, stacked: bool, name: str, against: Reference, told: list[str]) -> BroughtPictures:
    layout, pictures = as_pictures(array.values, name)
    cut = _middle(pictures[:, :3])  # without opacity
    few = cut[evenly(len(cut), min(PICTURES, TOGETHER // cut[0].size))]
    of = summary(pictures, few)
    meant = seeming_range(of, array.values.dtype)
    whole = few[np.isfinite(few).reshape(len(few), -1).all(axis=1)]
    if meant == "standardised":
        told.append(
            f"A standardised range can only be turned back with the mean and spread it was made with; those of "
            f"{against.name} were used."
        )
    if layout == "CHW" and pictures.shape[1] == 3:
        told.append("Three channels first: these could also be three grey pictures.")
    if full := full_scale(of, array.values.dtype):
        meant = f"0..{full}"
        told.append(f"The values have more than 8 bits and reach {of.high:.0f}: shown from 0 to {full}.")
        decoded = (whole.astype(np.float32) / np.float32(full) * 255).astype(np.float32)
    else:
        decoded = _decode(whole.astype(np.float64).clip(-_HUGE, _HUGE).astype(np.float32), meant, against)
    raw = array.values if array.values.ndim <= 2 or layout in ("CHW", "HWC") else array.values[0]
    if layout.startswith("N("):
        raw = pictures[0, 0] if pictures.shape[1] == 1 else pictures[0]
    return _samples(
        values=True,
        place=array,
        stacked=stacked,
        range=meant,
        dtype=array.dtype,
        layout=layout,
        shape=str(array.values.shape),
        count=len(pictures),
        summary=of,
        raw=raw,
        first=_kept(pictures[:, :3]),
        tones=[decoded] if len(decoded) else [],
        jpeg_step=0.0,
        told=told,
        against=against,
    )


def _samples(tones: list[Tones], against: Reference, told: list[str], **known: Any) -> BroughtPictures:
    """With the tiles of grids, and the real set in grey or colour."""
    tones = _grey_alone(tones)  # also where it is stored as colour
    whole, figure = tones, False
    # Numbers are cut only where they are a single picture: of several, one may look like a grid by chance.
    if not (known["values"] and known["count"] > 1):
        tones, figure = _cut(tones, told)
    if figure:
        whole = tones
    channels = max((x.shape[1] for x in tones), default=1)
    squares = [_square(picture, channels) for x in tones for picture in to_bytes(x)]
    return BroughtPictures(
        **known,
        real=against.real(channels),
        figure=figure,
        whole=whole,
        tones=tones,
        squares=np.stack(squares).astype(np.float32) if squares else np.empty((0, channels, SIDE, SIDE), np.float32),
        told=told,
    )


def to_bytes(tones: Tones) -> Pixels:
    """Clipped and rounded, as these would be saved rightly."""
    return np.rint(tones.clip(0, 255)).astype(np.uint8)


def what_pillow_says(raw: Values) -> str:
    """The exception that Pillow raises on making a PNG of one picture just as it was brought; "" for none."""
    corner = np.ascontiguousarray(raw[:64, :64])
    try:
        Image.fromarray(corner).save(io.BytesIO(), "PNG")
    except Exception as error:  # Any at all: it is what the person would see.
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return ""


def _chosen(arrays: list[Array], name: str, told: list[str]) -> tuple[Array, bool]:
    """The array to look at, and whether it is several put together: of equal ones in a list all, else the first that
    may hold pictures."""
    if not arrays:
        raise DataError(f"{name} holds no pictures.")
    first = arrays[0]
    if len(arrays) > 1 and all(
        array.values.shape == first.values.shape and array.dtype == first.dtype and array.name.split(".")[-1].isdigit()
        for array in arrays
    ):
        return replace(first, values=np.stack([array.values for array in arrays])), True
    fitting = [array for array in arrays if _may_be_pictures(array.values, name)] or arrays
    chosen = min(fitting, key=lambda array: not any(word in array.name.lower() for word in ("fake", "sample", "gen")))
    if len(arrays) > 1:
        told.append(f"Of {len(arrays)} arrays in it, {shown(chosen.name)} was looked at.")
    return chosen, False


def _newest(files: list[tuple[str, Picture]], told: list[str]) -> list[tuple[str, Picture]]:
    """Of pictures over the steps of a run, those of the last step: the same noise gives nearly the same again."""
    numbers = [re.findall("(?:step|epoch|iter[a-z]*)[-_ ]?([0-9]{1,12})", name.lower()) for name, _ in files]
    if not all(numbers) or len({found[-1] for found in numbers}) < 2:
        return files
    steps = [int(found[-1]) for found in numbers]
    told.append(f"Of the pictures over {len(set(steps))} steps, those of step {max(steps)} were looked at.")
    return [file for file, step in zip(files, steps, strict=True) if step == max(steps)]


def _may_be_pictures(values: Values, name: str) -> bool:
    try:
        as_pictures(values, name)
    except DataError:
        return False
    return True


def _decode(few: Tones, meant: str, against: Reference) -> Tones:
    """Values of a seeming range to units of bytes; those of no known range as if they were in [-1, 1]."""
    if meant == "standardised":
        return against.real(min(few.shape[1], 3)).standardised.decode(few).astype(np.float32)
    return RangeMap.of(SAME_AS.get(meant, "[-1,1]")).decode(few).astype(np.float32)


def _kept(pictures: Values) -> Values:
    """The first of them, apart from the file's memory."""
    return pictures[: min(KEPT, KEPT_BYTES // pictures[0].nbytes)].copy()


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """Which of `count` pictures are looked at: at most `most`, evenly spaced, and at least one if there is one."""
    return np.linspace(0, count - 1, min(count, max(most, 1))).round().astype(np.int64)


def _middle(pictures: Values) -> Values:
    """The middle of large pictures, from a multiple of 8 on, where JPEG's blocks begin."""
    height, width = pictures.shape[2:]
    top, left = (max(0, side - LARGEST) // 2 // 8 * 8 for side in (height, width))
    return pictures[:, :, top : top + LARGEST, left : left + LARGEST]


def _by_size(pictures: list[Tones]) -> list[Tones]:
    sizes: dict[tuple[int, ...], list[Tones]] = defaultdict(list)
    room = TOGETHER
    for picture in pictures:
        cut = _middle(picture[None])[0]
        room -= cut.size
        if room < 0 and sizes:
            break
        sizes[cut.shape].append(cut)
    return [np.stack(same) for same in sizes.values()]


def _channels_first(picture: Values) -> Values:
    return picture[None] if picture.ndim == 2 else picture.transpose(2, 0, 1)


def _cut(pictures: list[Tones], told: list[str]) -> tuple[list[Tones], bool]:
    """The tiles of the last picture, if most of its size seem to be grids, or the panels of a figure, and whether it is
    one; else the pictures as they are."""
    if not pictures or sum(map(len, pictures)) > _GRIDS:
        return pictures, False
    same = to_bytes(pictures[-1])
    last = "the last of these" if sum(map(len, pictures)) > 1 else "this"
    if (found := panels(same[-1])) is not None:
        several = "figures" if last != "this" else "figure"
        told.append(f"The {len(found)} panels of {last} {several} were looked at, {found.shape[3]} pixels wide each.")
        return _grey_alone([found.astype(np.float32)]), True
    ways = [by for picture in same[::-1] if (by := tiling(picture)) is not None]
    if len(ways) > len(same) / 2 or (ways and last == "this"):
        found = tiles(same[-1], _commonest(ways))
        several = "grids" if last != "this" else "grid"
        told.append(f"The {len(found)} tiles of {last} {several} were looked at, {found.shape[3]} pixels wide each.")
        return [found.astype(np.float32)], False
    return pictures, False


def _commonest(ways: list[Tiling]) -> Tiling:
    return max(ways, key=ways.count)


def _grey_alone(pictures: list[Tones]) -> list[Tones]:
    """One channel where all are equal: a figure's colours may lie outside its panels alone."""
    grey = all(np.array_equal(x[:, :1].repeat(x.shape[1], axis=1), x) for x in pictures)
    return [x[:, :1] for x in pictures] if grey else pictures


def _square(picture: Pixels, channels: int) -> Pixels:
    image = Image.fromarray(picture[0] if len(picture) == 1 else np.ascontiguousarray(picture.transpose(1, 2, 0)))
    return to_square(image.convert("L" if channels == 1 else "RGB"), SIDE)
