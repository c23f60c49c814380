"""The tensors that a journey may start from: small, real where that matters, and the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_core.brought.layouts import as_pictures
from gan_core.brought.real import real
from gan_core.brought.report import Report
from gan_core.data import digits
from gan_core.pixels import RangeMap
from gan_core.reading import files

FOLDER = Path(__file__).parents[1] / "assets" / "pixels"
COUNT = 8  # images in a tensor, but for the ramp and the broken one
LARGEST = 112  # pixels that a stage's picture may be wide and high


@dataclass(frozen=True, eq=False)
class Tensor:
    """Images as a network has them: `values` float32 (N, C, H, W), and the line between them and bytes."""

    values: NDArray[np.float32]
    range_map: RangeMap


@dataclass(frozen=True)
class Source:
    """Where a tensor comes from: a `label` of few words, a sentence of `words`, and how to make it."""

    label: str
    words: str
    make: Callable[[], Tensor]


def in_range(name: str, values: NDArray[np.float32]) -> Tensor:
    """Numbers of a range that needs no data to be known: [-1,1], [0,1] or raw."""
    return Tensor(values, RangeMap.of(name, np.zeros(1, np.uint8)))


def brought(name: str, content: bytes, report: Report) -> Tensor | None:
    """The first images of a file that `report` is on, for a journey of their own: of floats in a range that is known;
    None for anything else. Of images larger than LARGEST, every second, third… row and column."""
    arrays = files.read(name, content).arrays
    data_range = {"0..255": "raw"}.get(report.seems.range, report.seems.range)
    if len(arrays) != 1 or arrays[0].values.dtype.kind != "f" or data_range == "other":
        return None
    _, images = as_pictures(arrays[0].values, report.name)
    stride = -(-max(images.shape[2:]) // LARGEST)
    few = images[:COUNT, : 3 if images.shape[1] > 3 else None, ::stride, ::stride].astype(np.float32)
    if data_range == "standardised":
        return Tensor(few, real(report.against, few.shape[1]).standardised)
    return in_range(data_range, few)


def _stored(name: str) -> Tensor:
    return in_range("[-1,1]", np.load(FOLDER / f"{name}.npy"))


def _drawn(channels: int, data_range: str) -> Tensor:
    pixels, _ = digits.draw(COUNT, 28, channels, seed=0)
    line = in_range(data_range, np.zeros(0, np.float32)).range_map
    return Tensor(line.encode(pixels), line)


def _ramp() -> Tensor:
    """16 high and 32 wide: red grows to the right, green downwards, blue to the left, each a quarter too far."""
    across, down = np.linspace(-1.25, 1.25, 32, dtype=np.float32), np.linspace(-1.25, 1.25, 16, dtype=np.float32)
    image = np.stack(np.broadcast_arrays(across[None, :], down[:, None], -across[None, :]))
    return in_range("[-1,1]", np.ascontiguousarray(image[None]))


def _broken() -> Tensor:
    return in_range("[-1,1]", np.full((1, 1, 28, 28), np.nan, np.float32))


SOURCES: dict[str, Source] = {
    "linear": Source(
        "Linear output, colour",
        "A generator of this project with a linear output, trained for 3,000 steps on coloured digits in [-1,1].",
        lambda: _stored("linear"),
    ),
    "tanh": Source(
        "Tanh output, grey clothes",
        "A generator of this project with tanh, trained for 3,000 steps on Fashion-MNIST in [-1,1].",
        lambda: _stored("tanh"),
    ),
    "real": Source(
        "Real images, colour, [0,1]",
        "Coloured digits as ToTensor() gives them: from 0 to 1.",
        lambda: _drawn(3, "[0,1]"),
    ),
    "digits": Source(
        "Real digits, grey",
        "White digits on black in [-1,1]: nearly all is −1 or 1, which hides much that goes wrong.",
        lambda: _drawn(1, "[-1,1]"),
    ),
    "ramp": Source(
        "Colour ramp, 16×32",
        "Not square, and every level from −1.25 to 1.25: shows turned axes and what lies outside.",
        _ramp,
    ),
    "nan": Source(
        "NaN, from a run that broke",
        "What a generator gives once one of its numbers became infinite: NaN everywhere.",
        _broken,
    ),
}
