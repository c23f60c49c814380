"""The real pictures that brought ones are compared with, and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

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


@dataclass(frozen=True, eq=False)
class Real:
    """A real set that brought pictures are compared with."""

    name: str  # one of AGAINST
    pictures: Tones  # (MANY, C, SIDE, SIDE)
    contrast: float  # this and the next three are of COUNT of them
    diversity: float
    alike: float  # two closer than this are duplicates: a quarter of the median distance to the nearest other one
    darkest: float  # the 1 % quantile of all tones, 0 to 1
    standardised: RangeMap  # of the whole set


@lru_cache(maxsize=2 * len(AGAINST))
def real(name: str, channels: int) -> Real:
    """The set in grey (`channels` 1) or colour (3). Raises DataError where it is not there."""
    images = load(name, SIDE, channels)
    few = images.probe(COUNT).pixels.astype(np.float32)
    return Real(
        name=name,
        pictures=images.probe(MANY).pixels.astype(np.float32),
        contrast=picture_measures.contrast(few),
        diversity=picture_measures.diversity(few),
        alike=float(np.median(picture_measures.nearest_other(few))) / 4,
        darkest=float(np.quantile(few, 0.01)) / 255,
        standardised=RangeMap.of("standardised", images.pixels),
    )
