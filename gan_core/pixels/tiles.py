"""How generated images are shown: as tiles of one grid at a fixed range, and as a histogram of their values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gan_core.pixels.range_map import Pixels, RangeMap, grid, png_bytes

Floats = NDArray[np.float32]

COLUMNS, ROWS = 8, 6
BINS = 64


def picture(images: Floats, range_map: RangeMap) -> bytes:
    """The first images (N, C, H, W) as PNG: a grid at fixed range, clipped, never stretched; see `tiles`."""
    return png_bytes(grid(tiles(images[: COLUMNS * ROWS], range_map), COLUMNS))


def tiles(images: Floats, range_map: RangeMap) -> Pixels:
    """Images (N, C, H, W) in the data range as bytes. One with a NaN or infinity in it becomes a cross, since a
    conversion to 0..255 would paint it black and look like a picture."""
    broken = np.asarray(~np.isfinite(images).all(axis=(1, 2, 3)))
    pixels = range_map.to_uint8(np.where(broken[:, None, None, None], range_map.low, images))
    pixels[broken] = _cross(*images.shape[2:])
    return pixels


def _cross(height: int, width: int) -> NDArray[np.uint8]:
    y, x = np.indices((height, width))
    diagonal = (y * width // height == x) | (x * height // width == y)
    return np.where(diagonal | diagonal[::-1], 255, 96).astype(np.uint8)


def histogram(images: Floats, low: float, high: float) -> list[float]:
    """Shares of the finite values in BINS bins from `low` to `high`, those beyond in the outermost; they sum
    to 1, or to 0 where no value is finite."""
    values = images[np.isfinite(images)].clip(low, high)
    counts, _ = np.histogram(values, BINS, (low, high))
    return [float(count) / max(values.size, 1) for count in counts]
