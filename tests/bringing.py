"""Files as people bring them, made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image


def npy(array: NDArray[Any], **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npz(**arrays: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def npy_with(header: str, numbers: bytes = b"") -> bytes:
    """A .npy file with just this header."""
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + numbers


def pt(item: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(item, file, **options)
    return file.getvalue()


def picture(pixels: NDArray[np.uint8], format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A grey PNG whose header promises so much, and whose body holds 100,000 pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = b"IDAT" + zlib.compress(bytes(100_000))
    chunks = [header, body, b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )


def packed(files: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def packed_without_name(content: bytes) -> bytes:
    """A zip file with one member that is called nothing at all."""
    named = packed({"a": content}, zipfile.ZIP_STORED)
    entry, end = named.index(b"PK\x01\x02"), named.index(b"PK\x05\x06")
    member = named[:26] + b"\0\0" + named[28:30] + named[31:entry]
    listed = named[entry : entry + 28] + b"\0\0" + named[entry + 30 : entry + 46]
    return member + listed + struct.pack("<4sHHHHIIH", named[end : end + 4], 0, 0, 1, 1, len(listed), len(member), 0)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_pickle(pickled: bytes, numbers: bytes = bytes(64)) -> bytes:
    """A .pt file with this list of contents and one storage."""
    return packed({"x/data.pkl": pickled, "x/data/0": numbers, "x/version": b"3\n"}, zipfile.ZIP_STORED)


def as_grid(images: NDArray[np.uint8], columns: int, gap: int = 0, colour: int = 0) -> NDArray[np.uint8]:
    """(N, C, H, W) as one picture (H, W) or (H, W, 3), with lines between the tiles and around them."""
    count, channels, height, width = images.shape
    rows = count // columns
    whole = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, channels), colour, np.uint8)
    for number, image in enumerate(images[: rows * columns]):
        top, left = gap + number // columns * (height + gap), gap + number % columns * (width + gap)
        whole[top : top + height, left : left + width] = image.transpose(1, 2, 0)
    return whole[..., 0] if channels == 1 else whole
