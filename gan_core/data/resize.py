"""Pictures of any shape to squares of one size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def to_square(picture: Image.Image, size: int) -> NDArray[np.uint8]:
    """The centre square of an L or RGB picture, as uint8 (1 or 3, size, size)."""
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    box = (left, top, left + side, top + side)
    # Bilinear averages over all pixels when it shrinks, and unlike Lanczos never overshoots: the black round
    # a digit stays black, and no value appears that the picture does not have.
    scaled = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR, box=box))
    return scaled[None] if scaled.ndim == 2 else scaled.transpose(2, 0, 1)
