"""Brought pictures against somebody's own real ones, of the kind that they should be: tones, colours. No torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gan_core.uploads.picture_measures import Tones

Curve = NDArray[np.float64]

# The quantiles that are compared.
_SHARES = np.linspace(0.02, 0.98, 49)
# What ways of saving make of a tone.
_WAYS: dict[str, Callable[[Curve], Curve]] = {
    "fits_clipped_dark": lambda x: (2 * x - 255).clip(0, 255),
    "fits_clipped_bright": lambda x: (2 * x).clip(0, 255),
    "fits_half_range": lambda x: x / 2 + 63.75,
}


def measured(pictures: Tones, real: Tones) -> dict[str, float]:
    """Both as (n, C, SIDE, SIDE) in units of bytes.

    - `tones_apart`: root mean square distance of their quantiles, in bytes; `darker`: mean of real less mean, in bytes;
      `flatter`: spread of tones against that of real ones
    - `fits_…`: that distance after real tones went through a known mistake ÷ the distance as they are
    - `colours_apart`: of the mean colours at 7×7 places; `colours_swapped`: with red and blue exchanged ÷ as they are
    """
    mine, theirs = _curve(pictures), _curve(real)
    apart = _apart(mine, theirs)
    found = {
        "tones_apart": apart,
        "darker": float(real.mean() - pictures.mean()),
        "flatter": float(pictures.std() / max(real.std(), 1.0)),
    }
    found |= {name: _apart(mine, np.sort(way(theirs))) / max(apart, 1.0) for name, way in _WAYS.items()}
    if pictures.shape[1] == 3:
        as_is, swapped = _places(pictures) - _places(real), _places(pictures[:, ::-1]) - _places(real)
        found["colours_apart"] = _root(as_is)
        found["colours_swapped"] = _root(swapped) / max(_root(as_is), 1.0)
    return found


def _curve(pictures: Tones) -> Curve:
    return np.quantile(pictures.astype(np.float64), _SHARES)


def _apart(one: Curve, other: Curve) -> float:
    return float(np.sqrt(((one - other) ** 2).mean()))


def _places(pictures: Tones) -> Curve:
    """The mean colour at each of 7×7 places: skin is in the middle, sky above."""
    side = pictures.shape[2] // 7
    means = pictures.mean(axis=0, dtype=np.float64)
    return np.asarray(means.reshape(3, 7, side, 7, side).mean(axis=(2, 4)))


def _root(apart: Curve) -> float:
    return float(np.sqrt((apart**2).mean()))
