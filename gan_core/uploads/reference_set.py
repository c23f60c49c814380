"""The real pictures that brought ones are compared with, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gan_core.data import SOURCES, load
from gan_core.pixels.range_map import RangeMap
from gan_core.uploads import picture_measures
from gan_core.uploads.picture_measures import Tones

# Sets that can be compared with.
AGAINST = tuple(name for name, source in SOURCES.items() if not source.own)
# Pixels a side at which pictures are compared, whatever their own size.
SIDE = 28
# Pictures compared with one another, and real ones among which the most similar is looked for.
COUNT, MANY = 64, 400


class Reference(Protocol):
    """What brought pictures are compared with."""

    @property
    def name(self) -> str:
        """One of AGAINST, or what somebody calls his own."""

    def real(self, channels: int) -> Real:
        """The pictures in grey (`channels` 1) or colour (3)."""


@dataclass(frozen=True, eq=False)
class Real:
    """A real set that brought pictures are compared with."""

    name: str
    own: bool  # whether they are somebody's own, of the kind that the brought ones should be
    pictures: Tones  # (MANY, C, SIDE, SIDE)
    contrast: float  # this and the next three are of COUNT of them
    diversity: float
    alike: float  # two closer than this are duplicates: a quarter of the median distance to the nearest other one
    darkest: float  # the 1 % quantile of all tones, 0 to 1
    standardised: RangeMap  # of the whole set
    labels: NDArray[np.int64] | None  # (MANY,), the classes of `pictures`

    @cached_property
    def among(self) -> float:
        """The median distance of `pictures` to the nearest other one."""
        return float(np.median(picture_measures.nearest_other(self.pictures)))


@dataclass(frozen=True)
class Stored:
    """A set that this project knows, by its name in AGAINST."""

    name: str

    def real(self, channels: int) -> Real:
        """Its pictures."""
        return real(self.name, channels)


@dataclass(frozen=True, eq=False)
class Own:
    """Somebody's own pictures."""

    name: str
    squares: Tones  # (n, 1 or 3, SIDE, SIDE)

    def real(self, channels: int) -> Real:
        """His pictures; grey ones are all that there is of colour."""
        pictures = self.squares
        if channels == 1 and pictures.shape[1] == 3:
            pictures = np.tensordot(pictures, _BRIGHTNESS, axes=(1, 0))[:, None].astype(np.float32)
        if channels == 3 and pictures.shape[1] == 1:
            pictures = pictures.repeat(3, axis=1)
        few, many = (pictures[np.linspace(0, len(pictures) - 1, n).round().astype(int)] for n in (COUNT, MANY))
        whole = np.rint(pictures.clip(0, 255)).astype(np.uint8)
        return _measured(self.name, True, few, many, None, RangeMap.of("standardised", whole))


_BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)


@lru_cache(maxsize=2 * len(AGAINST))
def real(name: str, channels: int) -> Real:
    """The set in grey (`channels` 1) or colour (3). Raises DataError where it is not there."""
    images = load(name, SIDE, channels)
    many = images.probe(MANY)
    return _measured(
        name, False, images.probe(COUNT).pixels.astype(np.float32), many.pixels.astype(np.float32), many.labels,
        RangeMap.of("standardised", images.pixels),
    )  # fmt: skip


def _measured(
    name: str, own: bool, few: Tones, many: Tones, labels: NDArray[np.int64] | None, standardised: RangeMap
) -> Real:
    apart = picture_measures.nearest_other(few)
    return Real(
        name=name,
        own=own,
        pictures=many,
        # Of one's own, some may be there twice, and all may be alike.
        contrast=max(picture_measures.contrast(few), 1.0),
        diversity=max(picture_measures.diversity(few), 1.0),
        alike=float(np.median(apart[apart > 0])) / 4 if (apart > 0).any() else 0.0,
        darkest=float(np.quantile(few, 0.01)) / 255,
        standardised=standardised,
        labels=labels,
    )
