"""Taking the pictures that are shown of a run apart again."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from gan_core.pixels import tiles


def decoded(png: bytes) -> np.ndarray:
    """(H, W, C) uint8."""
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    return np.atleast_3d(np.asarray(picture))


def tile(picture: np.ndarray, number: int, size: int) -> np.ndarray:
    row, column = divmod(number, tiles.COLUMNS)
    return picture[row * size : (row + 1) * size, column * size : (column + 1) * size]
