"""Small images and the ranges that their values may have, and a file's pixels as Pillow reads them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from gan_core.pixels.range_map import RangeMap

SIGNED = RangeMap.of("[-1,1]", np.zeros(1, np.uint8))
UNIT = RangeMap.of("[0,1]", np.zeros(1, np.uint8))
RAW = RangeMap.of("raw", np.zeros(1, np.uint8))
STANDARDISED = RangeMap.of("standardised", np.array([0, 30, 255], np.uint8))
LINES = {line.name: line for line in (SIGNED, UNIT, RAW, STANDARDISED)}


def read(file: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(file)) as picture:
        return np.asarray(picture)


def grey(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, 1, -1)


def colourful(size: int = 32) -> np.ndarray:
    """Smooth colours in [0,1], (3, size, size + 4)."""
    down, across = np.mgrid[0:size, 0 : size + 4] / (size + 4)
    return np.stack([across, down, (across * 7 % 1)]).astype(np.float32)
