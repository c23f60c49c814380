"""The tensors that a journey may start from: small, real where that matters, and the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_core.data import digits
from gan_core.pixels.array_to_pictures import from_pictures, to_pictures
from gan_core.pixels.guess_range import SAME_AS
from gan_core.pixels.range_map import Pixels, RangeMap
from gan_core.uploads.reference_set import AGAINST, real
from gan_core.uploads.report import Report

FOLDER = Path(__file__).parents[2] / "assets" / "pixels"
COUNT = 8  # images in a tensor, but for the ramp and the broken one
LARGEST = 112  # pixels that a stage's picture may be wide and high


@dataclass(frozen=True, eq=False)
class TensorSample:
    """Images as a network has them."""

    values: NDArray[np.float32]  # (N, C, H, W)
    range_map: RangeMap  # between them and bytes


@dataclass(frozen=True)
class TensorSource:
    """Where a tensor comes from."""

    label: str  # of few words
    words: str  # a sentence
    make: Callable[[], TensorSample]


def in_range(name: str, values: NDArray[np.float32]) -> TensorSample:
    """Numbers of a range that needs no data to be known: [-1,1], [0,1] or raw."""
    return TensorSample(values, RangeMap.of(name))


def brought(report: Report) -> TensorSample | None:
    """The first pictures of a file that `report` is on, for a journey of their own.

    Floats are as they came; of bytes, what a network would be given, in [-1,1]. Of pictures larger than LARGEST, every
    second, third… row and column. None for a log, for floats whose range is not known, and for bytes that something is
    wrong with already.
    """
    line = _line(report)
    if report.first is None or not len(report.first) or line is None:
        return None
    stride = -(-max(report.first.shape[2:]) // LARGEST)
    few = report.first[:COUNT, :, ::stride, ::stride]
    if few.dtype.kind == "f":
        with np.errstate(over="ignore"):  # beyond float32 is infinite, and the journey says so
            return TensorSample(few.astype(np.float32), line)
    if report.findings:
        return None
    return in_range("[-1,1]", from_pictures(to_pictures(few, line, "NCHW"), "[-1,1]"))


def converted(report: Report) -> Pixels:
    """The first pictures of a file that `report` is on, as bytes by the range that it seems to have: (N, H, W) for
    grey or (N, H, W, 3). Raises ValueError where that cannot be done for certain: see to_pictures."""
    line = _line(report)
    if report.first is None or not len(report.first) or line is None:
        raise ValueError(f"{report.name} holds no pictures in a range that is known: scale them to [-1,1] or [0,1].")
    return to_pictures(report.first, line, "NCHW")


def _line(report: Report) -> RangeMap | None:
    if report.seems.range == "standardised" and report.first is not None:
        return real(report.against, report.first.shape[1]).standardised if report.against in AGAINST else None
    name = SAME_AS.get(report.seems.range)
    return None if name is None else RangeMap.of(name)


def _stored(name: str) -> TensorSample:
    return in_range("[-1,1]", np.load(FOLDER / f"{name}.npy"))


def _drawn(channels: int, data_range: str) -> TensorSample:
    pixels, _ = digits.draw(COUNT, 28, channels, seed=0)
    return in_range(data_range, RangeMap.of(data_range).encode(pixels))


def _ramp() -> TensorSample:
    """16 high and 32 wide: red grows to the right, green downwards, blue to the left, each a quarter too far."""
    across, down = np.linspace(-1.25, 1.25, 32, dtype=np.float32), np.linspace(-1.25, 1.25, 16, dtype=np.float32)
    image = np.stack(np.broadcast_arrays(across[None, :], down[:, None], -across[None, :]))
    return in_range("[-1,1]", np.ascontiguousarray(image[None]))


def _broken() -> TensorSample:
    return in_range("[-1,1]", np.full((1, 1, 28, 28), np.nan, np.float32))


SOURCES: dict[str, TensorSource] = {
    "linear": TensorSource(
        "Linear output, colour",
        "A generator of this project with a linear output, trained for 3,000 steps on coloured digits in [-1,1].",
        lambda: _stored("linear"),
    ),
    "tanh": TensorSource(
        "Tanh output, grey clothes",
        "A generator of this project with tanh, trained for 3,000 steps on Fashion-MNIST in [-1,1].",
        lambda: _stored("tanh"),
    ),
    "real": TensorSource(
        "Real images, colour, [0,1]",
        "Coloured digits as ToTensor() gives them: from 0 to 1.",
        lambda: _drawn(3, "[0,1]"),
    ),
    "digits": TensorSource(
        "Real digits, grey",
        "White digits on black in [-1,1]: nearly all is −1 or 1, which hides much that goes wrong.",
        lambda: _drawn(1, "[-1,1]"),
    ),
    "ramp": TensorSource(
        "Colour ramp, 16×32",
        "Not square, and every level from −1.25 to 1.25: shows turned axes and what lies outside.",
        _ramp,
    ),
    "nan": TensorSource(
        "NaN, from a run that broke",
        "What a generator outputs once one of its numbers became infinite: NaN everywhere.",
        _broken,
    ),
}
