"""A set of points of a plane in memory, and how their data sets are drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gan_core.files.errors import DataError

Floats = NDArray[np.float32]

COUNT = 20_000  # points of a data set


@dataclass(frozen=True, eq=False)
class Points:
    """Points of one data set, all in memory and shared, so the arrays are read-only.

    Raises DataError for arrays of another shape, and for points that are not finite.
    """

    values: Floats  # (N, 2), or (N, 1) for numbers
    centres: Floats  # (M, 2) of the modes that they are drawn around; M is 0 where there are none to count
    mode_std: float  # the standard deviation around each mode
    source: str  # where they come from, in words

    def __post_init__(self) -> None:
        shape = self.values.shape
        if self.values.dtype != np.float32 or len(shape) != 2 or shape[1] not in (1, 2) or 0 in shape:
            raise DataError(f"points must be float32 of shape (N, 2), not empty, but are {self.values.dtype} {shape}.")
        if not np.isfinite(self.values).all():
            raise DataError("points must be finite, but some are NaN or infinite.")
        for array in (self.values, self.centres):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def dimensions(self) -> int:
        """2, or 1 for numbers."""
        return int(self.values.shape[1])

    @cached_property
    def digest(self) -> str:
        """Equal for equal points in the same order, 16 hexadecimal digits."""
        return hashlib.sha256(self.values.tobytes()).hexdigest()[:16]

    def probe(self, count: int) -> Floats:
        """The same `count` points every time, from all over the set; fewer than `count` are repeated."""
        return self.values[np.arange(count) * max(1, len(self) // count) % len(self)]


def around(centres: NDArray[np.float64], mode_std: float, words: str, *, counted: bool = True) -> Points:
    """COUNT points around centres (M, 2), each centre as often as another, normal with `mode_std` in each direction.

    The same arguments give the same bytes. `counted`: whether the centres are modes to be counted, rather than places
    along a curve.
    """
    rng = np.random.default_rng(0)
    owner = rng.permutation(np.arange(COUNT) % len(centres))
    values = centres[owner] + mode_std * rng.standard_normal((COUNT, 2))
    modes = centres if counted else centres[:0]
    return Points(values.astype(np.float32), modes.astype(np.float32), mode_std, words)
