"""Pixels as bytes and as the numbers a network sees; pictures of many images, as PNG for the page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

# Measured on grids of 64 digits: 3 takes as long as 1 and packs better; 6 gains 5 % more for twice the time.
COMPRESS_LEVEL = 3


@dataclass(frozen=True)
class RangeMap:
    """The line between bytes x, 0 to 255, and the numbers (x - mean) / std that a network sees."""

    name: str  # the data range
    low: float  # what byte 0 becomes
    high: float  # what byte 255 becomes
    mean: float  # in bytes
    std: float  # in bytes

    @classmethod
    def of(cls, data_range: str, pixels: Pixels | None = None) -> RangeMap:
        """The map of `data_range`: "[-1,1]", "[0,1]", "raw", or "standardised" by mean and std of `pixels`.

        Raises ValueError for another name, and where there are no pixels to standardise by or all are alike.
        """
        lines = {"[-1,1]": (127.5, 127.5), "[0,1]": (0.0, 255.0), "raw": (0.0, 1.0)}
        if data_range in lines:
            mean, std = lines[data_range]
        elif data_range == "standardised":
            if pixels is None:
                raise ValueError(
                    "data_range 'standardised' depends on the training images: give the range map of that run."
                )
            mean, std = _mean_and_std(pixels)
            if std == 0:
                raise ValueError(
                    f"data_range 'standardised' divides by the spread of the pixels, but all are {mean:g}: "
                    f"choose another data_range or other images."
                )
        else:
            raise ValueError(f"data_range {data_range!r} is not known: choose {', '.join(lines)} or standardised.")
        return cls(data_range, (0 - mean) / std, (255 - mean) / std, mean, std)

    def encode(self, pixels: Pixels) -> NDArray[np.float32]:
        """Bytes to float32 in the data range, the same shape. Raises ValueError for other than uint8."""
        _check_bytes("pixels", pixels)
        return (pixels.astype(np.float32) - np.float32(self.mean)) / np.float32(self.std)

    def decode(self, values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """Numbers in the data range to units of bytes: neither clipped to 0 to 255 nor rounded.

        float16 becomes float32. Raises ValueError for other than floats.
        """
        if not np.issubdtype(values.dtype, np.floating):
            raise ValueError(f"values must be floats in the data range, but are {values.dtype}: encode bytes first.")
        kind = np.result_type(values.dtype, np.float32).type
        with np.errstate(over="ignore"):  # What overflows is far outside, and infinite says so.
            return values * kind(self.std) + kind(self.mean)

    def to_uint8(self, values: NDArray[np.floating[Any]]) -> Pixels:
        """Numbers in the data range to bytes: decoded, clipped to 0 to 255, rounded to the nearest.

        Raises ValueError where a value is NaN or infinite, since any byte for it would be made up.
        """
        broken = values.size - int(np.count_nonzero(np.isfinite(values)))
        if broken:
            raise ValueError(
                f"{broken} of {values.size} values are NaN or infinite and have no pixel: "
                f"leave those images out before converting."
            )
        return np.rint(self.decode(values).clip(0, 255)).astype(np.uint8)


def grid(images: Pixels, columns: int) -> Pixels:
    """(N, C, H, W) bytes side by side without gaps, row by row: (rows * H, columns * W) or (..., 3).

    Tiles missing in the last row are black. Raises ValueError for other shapes or types, or columns < 1.
    """
    _check_bytes("images", images)
    if images.ndim != 4 or images.shape[1] not in (1, 3) or 0 in images.shape:
        raise ValueError(f"images must have the shape (N, 1 or 3, H, W), not empty, but have {images.shape}.")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, but is {columns}.")
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    tiles = np.zeros((rows * columns, channels, height, width), np.uint8)
    tiles[:count] = images
    picture = tiles.reshape(rows, columns, channels, height, width).transpose(0, 3, 1, 4, 2)
    picture = picture.reshape(rows * height, columns * width, channels)
    return picture[..., 0] if channels == 1 else picture


def channels_last(images: Pixels) -> Pixels:
    """(N, C, H, W) bytes to pictures as files hold them, (N, H, W) for C = 1 or (N, H, W, 3)."""
    return np.ascontiguousarray(images[:, 0] if images.shape[1] == 1 else images.transpose(0, 2, 3, 1))


def png_bytes(picture: Pixels) -> bytes:
    """A picture (H, W) or (H, W, 3) as a PNG file; the same bytes every time. For files that hold what made them, see
    picture_files. Raises ValueError for another shape or type."""
    file = io.BytesIO()
    as_image(picture).save(file, "PNG", compress_level=COMPRESS_LEVEL)
    return file.getvalue()


def as_image(picture: Pixels) -> Image.Image:
    """A picture (H, W) or (H, W, 3) for Pillow, grey as mode L. Raises ValueError for another shape or type."""
    _check_bytes("picture", picture)
    if not (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] == 3)) or 0 in picture.shape:
        raise ValueError(f"picture must have the shape (H, W) or (H, W, 3), not empty, but has {picture.shape}.")
    return Image.fromarray(np.ascontiguousarray(picture))


def _check_bytes(name: str, array: NDArray[Any]) -> None:
    if array.dtype != np.uint8:
        raise ValueError(f"{name} must be uint8, 0 to 255, but are {array.dtype}: convert with to_uint8 first.")


def _mean_and_std(pixels: Pixels) -> tuple[float, float]:
    """Over all pixels, from the count of each byte: exact, and without a copy of the set as floats."""
    _check_bytes("pixels", pixels)
    flat = pixels.reshape(-1)
    counts = np.zeros(256, np.int64)
    for start in range(0, flat.size, 1 << 20):
        counts += np.bincount(flat[start : start + (1 << 20)], minlength=256)
    values = np.arange(256)
    mean = float(counts @ values / flat.size)
    return mean, float(np.sqrt(counts @ (values - mean) ** 2 / flat.size))
