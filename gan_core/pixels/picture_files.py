"""Pictures as files that hold what made them: PNG, TIFF, WebP and JPEG, each with a text inside."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from gan_core.files.bounds import PICTURE_PIXELS
from gan_core.pixels.range_map import COMPRESS_LEVEL, Pixels, as_image

# The name of the text in a PNG.
KEY = "gan-playground"
JPEG_QUALITY = 95  # with full colour: what loses least of the usual

_COMMENT_BYTES = 65_533  # the longest comment that JPEG can hold in one segment
_DESCRIPTION = ExifTags.Base.ImageDescription


class PictureError(ValueError):
    """The file is no picture that this program has saved, or is damaged; one sentence."""


@dataclass(frozen=True)
class Format:
    """A format of files."""

    name: str  # for people
    ending: str  # of the files' names
    pillow: str  # Pillow's name for it
    lossless: bool  # whether it keeps every pixel as it is


FORMATS = {
    "png": Format("PNG", ".png", "PNG", True),
    "tiff": Format("TIFF", ".tiff", "TIFF", True),
    "webp": Format("WebP, lossless", ".webp", "WEBP", True),
    "jpeg": Format("JPEG, changes pixels", ".jpg", "JPEG", False),
}


@dataclass(frozen=True)
class FormatLoss:
    """What a format changed, in levels of 0 to 255, over all values."""

    mean: float
    greatest: int

    @classmethod
    def between(cls, one: Pixels, other: Pixels) -> FormatLoss:
        """Of two pictures of the same shape."""
        apart = np.abs(one.astype(np.int16) - other)
        return cls(float(apart.mean()), int(apart.max()))


NO_LOSS = FormatLoss(0.0, 0)


def encode(picture: Pixels, format: str, text: str = "") -> bytes:
    """A picture (H, W) or (H, W, 3) as a file of this format (a key of FORMATS), with `text` (ASCII) inside.

    The same bytes every time. The text is a PNG's iTXt `KEY`, the ImageDescription of a TIFF and of a WebP's EXIF; in a
    JPEG, whose EXIF could hold no more than 64 kB, it is in comments. Raises ValueError for another shape or type of
    the picture, and for a text that is not ASCII.
    """
    image = as_image(picture)
    if not text.isascii():
        raise ValueError("text must be ASCII, since EXIF holds nothing else: write it with JSON's escapes.")
    file = io.BytesIO()
    if format == "png":
        texts = PngInfo()
        if text:
            texts.add_itxt(KEY, text, zip=True)
        image.save(file, "PNG", compress_level=COMPRESS_LEVEL, pnginfo=texts)
    elif format == "tiff":
        image.save(file, "TIFF", compression="tiff_adobe_deflate", **({"description": text} if text else {}))
    elif format == "webp":
        exif = Image.Exif()
        if text:
            exif[_DESCRIPTION] = text
        image.save(file, "WEBP", lossless=True, exif=exif)
    elif format == "jpeg":
        image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        return _commented(file.getvalue(), text.encode())
    else:
        raise ValueError(f"The format {format!r} is not known: choose {', '.join(FORMATS)}.")
    return file.getvalue()


def loss(picture: Pixels, format: str) -> FormatLoss:
    """What this format changes in the picture: nothing, but for JPEG."""
    if FORMATS[format].lossless:
        return NO_LOSS
    return FormatLoss.between(picture, read(encode(picture, format), "the encoded picture", grey=picture.ndim == 2)[0])


def read(content: bytes, name: str, grey: bool | None = None) -> tuple[Pixels, str]:
    """A picture's file: its pixels, (H, W) or (H, W, 3), and its text, empty where there is none.

    Grey stays grey; WebP has no grey, so there `grey` says whether it was. Raises PictureError, its sentence
    beginning with `name`, for what is no picture of FORMATS in grey or RGB of 8 bits, or too large.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own bound on pixels warns above ours
        try:
            with Image.open(io.BytesIO(content), formats=[format.pillow for format in FORMATS.values()]) as image:
                if image.width * image.height > PICTURE_PIXELS:
                    raise PictureError(
                        f"{name} has more than {PICTURE_PIXELS:,} pixels: no picture saved here is so large."
                    )
                if image.mode not in ("L", "RGB"):
                    raise PictureError(f"{name} has Pillow's mode {image.mode}: pictures saved here are L or RGB.")
                pixels = np.array(image)
                text = _text(image)
        except PictureError:
            raise
        except Exception as error:  # what damaged files make of Pillow's decoders is nearly anything
            why = " ".join(str(error).split())[:200] or type(error).__name__
            raise PictureError(f"{name} cannot be read as a picture ({why}): save it again.") from error
    if grey and pixels.ndim == 3:
        pixels = pixels[..., 0]
    return pixels, text


def _text(image: Image.Image) -> str:
    if image.format == "PNG":
        return str(getattr(image, "text", {}).get(KEY, ""))
    if image.format == "JPEG":
        segments = getattr(image, "applist", [])
        return b"".join(content for kind, content in segments if kind == "COM").decode("ascii", "replace")
    return str(image.getexif().get(_DESCRIPTION, ""))


def _commented(jpeg: bytes, text: bytes) -> bytes:
    """Comments come first after the start mark, each of them at most 64 kB."""
    parts = [text[start : start + _COMMENT_BYTES] for start in range(0, len(text), _COMMENT_BYTES)]
    return b"".join([jpeg[:2], *(b"\xff\xfe" + struct.pack(">H", len(part) + 2) + part for part in parts), jpeg[2:]])
