"""A set of training images in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.files.errors import DataError

# Told how far a slow load has come: the fraction done (0 to 1), and a few words on what is being done.
Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Images:
    """Images of one size, all in memory.

    Both arrays are read-only, because one loaded set is shared by everyone who asks for it. Raises DataError for arrays
    of another type or shape, or labels that do not fit.
    """

    pixels: NDArray[np.uint8]  # (N, C, H, W), 0 to 255, C being 1 or 3
    labels: NDArray[np.int64] | None  # (N,), each an index into `class_names`
    class_names: tuple[str, ...]
    source: str  # where the images come from, in words

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 4 or shape[1] not in (1, 3) or 0 in shape:
            raise DataError(
                f"pixels must be a uint8 array of shape (N, 1 or 3, H, W) that is not empty, "
                f"but is {self.pixels.dtype} {shape}."
            )
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        if self.labels is None:
            return
        if self.labels.dtype != np.int64 or self.labels.shape != shape[:1]:
            raise DataError(
                f"labels must be an int64 array of shape ({shape[0]},), one for each image, "
                f"but is {self.labels.dtype} {self.labels.shape}."
            )
        low, high = int(self.labels.min()), int(self.labels.max())
        if low < 0 or high >= len(self.class_names):
            raise DataError(
                f"labels run from {low} to {high}, but there are {len(self.class_names)} class_names: "
                f"number the classes from 0 and name each."
            )
        object.__setattr__(self, "labels", _read_only(self.labels))

    @cached_property
    def digest(self) -> str:
        """Equal for equal pixels in the same order, 16 hexadecimal digits."""
        return hashlib.sha256(self.pixels.tobytes()).hexdigest()[:16]

    def __len__(self) -> int:
        return int(self.pixels.shape[0])

    def probe(self, count: int) -> Images:
        """The same `count` images every time, evenly spaced over the set (which may be sorted by class).

        A set of fewer than `count` images is repeated from its beginning. Raises DataError if count < 1.
        """
        if count < 1:
            raise DataError(f"count must be at least 1, but is {count}.")
        if count > len(self):
            chosen = np.arange(count) % len(self)
        else:
            chosen = np.linspace(0, len(self) - 1, count).round().astype(np.int64)
        labels = None if self.labels is None else self.labels[chosen]
        return Images(self.pixels[chosen], labels, self.class_names, self.source)


def check_layout(image_size: int, channels: int) -> None:
    """Raise DataError unless `image_size` is 8 to 64 pixels and `channels` is 1 or 3."""
    if not 8 <= image_size <= 64:
        raise DataError(f"image_size must be 8 to 64 pixels, but is {image_size}.")
    if channels not in (1, 3):
        raise DataError(f"channels must be 1 (grey) or 3 (colour), but is {channels}.")


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
