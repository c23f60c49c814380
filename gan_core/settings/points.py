"""Runs on points of a plane: which data sets, which settings are theirs alone, and drawn points as a short text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

# The data sets of points; all others are of images.
POINT_SETS = frozenset({"ring", "grid", "line", "two-moons", "spiral", "gaussian", "drawn", "dirac"})
ARCHITECTURE = "points"

# Settings that came with points and concern nothing else.
OF_POINTS = frozenset({"mode_std", "drawn", "skip", "fourier_g", "fourier_d", "fourier_scale"})
# Settings that concern images alone.
OF_IMAGES = frozenset({"folder", "image_size", "channels", "data_range", "augment", "outliers", "upsample"})

# What the plane is shown of, and what a drawing covers: -LIMIT to LIMIT in both directions.
LIMIT = 1.6
SIDE = 64  # places in each direction that a drawn point can have
MOST_DRAWN = 400  # points

_PLACES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def written(points: Iterable[tuple[float, float]]) -> str:
    """Points of the plane as text, two characters each: their columns and rows among SIDE by SIDE places, in the order
    given and each once. Points outside come to the edge; those beyond MOST_DRAWN are left out."""
    places = dict.fromkeys("".join(_PLACES[_place(value)] for value in point) for point in points)
    return "".join(list(places)[:MOST_DRAWN])


def read(text: str) -> list[tuple[float, float]]:
    """The points that a text stands for, each in the middle of its place. Raises ValueError with what is wrong."""
    if not text:
        raise ValueError("draw some points on the page Points, or choose another data set")
    if len(text) % 2 or not re.fullmatch(r"[\w-]+", text, re.ASCII):
        raise ValueError("two characters for each point, letters, digits, - and _; draw them on the page Points")
    if len(text) > 2 * MOST_DRAWN:
        raise ValueError(f"at most {MOST_DRAWN} points; leave some out")
    values = [(_PLACES.index(character) + 0.5) / SIDE * 2 * LIMIT - LIMIT for character in text]
    return list(zip(values[::2], values[1::2], strict=True))


def _place(value: float) -> int:
    return min(max(int((value + LIMIT) / (2 * LIMIT) * SIDE), 0), SIDE - 1)


def shown(given: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Settings as they are written. Those that came with points stand in runs on points, and elsewhere only where
    somebody has set them."""
    if given.get("dataset") in POINT_SETS:
        return given
    return {name: value for name, value in given.items() if name not in OF_POINTS or value != defaults[name]}
