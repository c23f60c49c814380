"""Pictures: PNG, JPEG and the like, their size checked in the header before anything is decoded."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gan_core.files.bounds import ALL_PIXELS, FRAME_PIXELS, MEGA, PICTURE_PIXELS
from gan_core.files.errors import DataError, shown

# Named one by one: Pillow would also start Ghostscript for an EPS file. JPEG includes the MPO of cameras.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
ANIMATED = ("PNG", "GIF", "WEBP")  # a TIFF's pages and a camera's MPO are no animation
ENDINGS = (
    ".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".apng", ".ppm", ".pgm", ".pbm",
)  # fmt: skip

_BEGINNINGS = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"P1",
    b"P2",
    b"P3",
    b"P4",
    b"P5",
    b"P6",
)


class NoPictureError(Exception):
    """This is no picture, or a damaged one; the message says why, in Pillow's words."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as its file holds it."""

    values: NDArray[Any]  # uint8 (H, W) or (H, W, 3); of 16 bits uint16 (H, W); of a TIFF of floats, float32 (H, W)
    format: str  # Pillow's name for it
    jpeg_step: float  # the mean step to which a JPEG's frequencies were rounded, 1 losing hardly anything; else 0
    transparent: bool = False  # whether some of it was, and was put on black
    palette: bool = False  # whether its file holds numbers of colours, not colours
    frames: int = 1  # of an animation, of which this is the last


def is_picture(beginning: bytes) -> bool:
    """Whether a file that begins so is a picture of a format that is read here."""
    return beginning.startswith(_BEGINNINGS) or (beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP")


def read(file: IO[bytes], name: str) -> Picture:
    """A picture, turned as the camera says, what is transparent on black. Of an animation the last frame, since one of
    a training begins with noise; of pages the first.

    Raises DataError, whose sentence begins with `name`, for too many pixels, and NoPictureError.
    """
    with warnings.catch_warnings():
        # Pillow's own bound on pixels warns above ours, and it warns of damages that do no harm here.
        warnings.simplefilter("ignore")
        try:
            picture = _header(file, name, ALL_PIXELS)
            if picture.mode == "F":
                return Picture(np.array(picture, np.float32), picture.format or "", 0.0)
            step = _jpeg_step(picture)
            if picture.mode.startswith("I"):
                deep = np.asarray(ImageOps.exif_transpose(picture)).astype(np.int64)
                return Picture(deep.clip(0, 65535).astype(np.uint16), picture.format or "", step)
            palette, grey = picture.mode == "P", picture.mode in ("1", "L", "LA", "La")
            frames = _to_last_frame(picture, name)
            transparent = _is_transparent(picture)
            values = np.array(_decoded(picture, 1 if grey else 3))
            return Picture(values, picture.format or "", step, transparent, palette, frames)
        except DataError:
            raise
        except Exception as error:
            raise _no_picture(error) from error


@dataclass(frozen=True)
class Small:
    """A picture of 8 bits, L or RGB."""

    image: Image.Image
    transparent: bool  # whether some of it was, and was put on a background
    greatest: int  # of a picture of 16 bits, its greatest value; else 0


def read_small(file: IO[bytes], name: str, channels: int, size: int, background: str = "black") -> Small:
    """The same as an L (`channels` 1) or RGB (3) picture that may be smaller, but not than `size` pixels a side.

    What is transparent is put on `background`, "black" or "white".

    Raises as `read` does, and NoPictureError for a picture of floats, whose range is not known.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = _header(file, name, PICTURE_PIXELS)
            # A JPEG can be decoded at a half, a quarter or an eighth of its size, which is much faster.
            picture.draft(None, (2 * size, 2 * size))
            greatest = int(np.asarray(picture).max()) if picture.mode.startswith("I") else 0
            return Small(_decoded(picture, channels, background), _is_transparent(picture), greatest)
        except DataError:
            raise
        except Exception as error:
            raise _no_picture(error) from error


def _header(file: IO[bytes], name: str, most: int) -> Image.Image:
    """A picture of which only the header was read, of at most so many pixels."""
    too_large = DataError(f"{name} has more than {most // MEGA} megapixels: make it smaller or take it out.")
    try:
        picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError:
        raise too_large from None
    if picture.width * picture.height > most:
        raise too_large
    return picture


def _to_last_frame(picture: Image.Image, name: str) -> int:
    """Turn to an animation's last frame; returns how many it has."""
    frames = int(getattr(picture, "n_frames", 1)) if picture.format in ANIMATED else 1
    if frames * picture.width * picture.height > FRAME_PIXELS:
        raise DataError(
            f"{name} has more than {FRAME_PIXELS // MEGA} megapixels in its {frames} frames: bring the last one alone."
        )
    if frames > 1:
        picture.seek(frames - 1)
    return frames


def _no_picture(error: Exception) -> NoPictureError:
    # Damaged files make Pillow's decoders raise nearly everything: OSError, ValueError, SyntaxError, EOFError,
    # TypeError, KeyError, IndexError, OverflowError, struct.error, zlib.error, MemoryError.
    return NoPictureError(shown(" ".join(str(error).split())) or type(error).__name__)


def _is_transparent(picture: Image.Image) -> bool:
    """Whether it has a pixel that is not opaque."""
    if not picture.has_transparency_data:
        return False
    low, _ = picture.convert("RGBA").getchannel("A").getextrema()
    return bool(low != 255)


def _jpeg_step(picture: Image.Image) -> float:
    tables = getattr(picture, "quantization", None) if picture.format in ("JPEG", "MPO") else None
    return float(np.mean(tables[min(tables)])) if tables else 0.0


def _decoded(picture: Image.Image, channels: int, background: str = "black") -> Image.Image:
    """A picture of any mode but floats as L or RGB, eight bits a value."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):
        # Pillow would clip 16-bit grey at 255 instead of scaling it.
        deep = np.asarray(picture).astype(np.float64)
        picture = Image.fromarray(np.rint(deep / 257).clip(0, 255).astype(np.uint8))
    elif picture.mode == "F":
        raise ValueError("a picture of floats has no known range")
    if picture.has_transparency_data:
        # On one colour, black as in the other data sets unless it is asked otherwise: the colours stored under
        # transparent pixels are arbitrary, and a network would learn them.
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, background), layer)
    if picture.mode not in ("1", "L"):
        picture = picture.convert("RGB")
    return picture.convert("L" if channels == 1 else "RGB")
