"""Arrays of numpy (.npy): numbers only. The header is read by this file, so nothing in it is ever evaluated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gan_core.files.bounds import DIMENSIONS, HEADER_CHARACTERS, MEGA, VALUES
from gan_core.files.errors import DataError, shown

MAGIC = b"\x93NUMPY"

_TYPE = re.compile(r"'descr': *('(?P<type>[^']*)'|\[)")
_ORDER = re.compile(r"'fortran_order': *(?P<order>True|False)")
_SHAPE = re.compile(r"'shape': *\((?P<shape>[0-9, ]*)\)")


@dataclass(frozen=True, eq=False)
class Array:
    """An array of numbers."""

    name: str  # where in its file it was, or ""
    values: NDArray[Any]
    dtype: str  # as the file calls it
    reader: Literal["numpy", "torch", "Pillow"] = "numpy"  # the library that reads such a file
    member: str = ""  # the file in a zip or folder that it was in, "" where it was in none
    keys: tuple[str | int, ...] = ()  # that lead to it in the lists and dicts of tensors, the frames of an animation


def read(content: bytes, name: str) -> Array:
    """The array of a .npy file: booleans, integers or floats, of any shape, as a view of `content` where it can be.

    Raises DataError, whose sentence begins with `name`, for anything else: objects (they would have to be
    unpickled), records, complex numbers, text, a damaged header, missing numbers, too many of them.
    """
    header, start = _header(content, name)
    kind, order, size = _TYPE.search(header), _ORDER.search(header), _SHAPE.search(header)
    if kind is None or order is None or size is None:
        raise DataError(f"{name} has a damaged header: save it again with numpy.save.")
    dtype = _dtype(kind["type"], name)
    # Python refuses to read a number of thousands of digits; one of 13 is already too large.
    shape = tuple(int(number[:13]) for number in re.findall("[0-9]+", size["shape"]))
    check_shape(shape, name)
    count = math.prod(shape)
    if (missing := count * dtype.itemsize - (len(content) - start)) > 0:
        raise DataError(f"{name} is cut short, {missing:,} bytes are missing: save or upload it again.")
    values = np.frombuffer(content, dtype, count, start)
    values = values.reshape(shape, order="F" if order["order"] == "True" else "C")
    return Array("", values.astype(dtype.newbyteorder("="), copy=False), dtype.name)


def check_shape(shape: tuple[int, ...], name: str) -> None:
    """Raise DataError for too many dimensions, too many values, or none."""
    if len(shape) > DIMENSIONS:
        raise DataError(f"{name} has {len(shape)} dimensions, but pictures have 2 to 4: save the pictures alone.")
    if (count := math.prod(shape)) > VALUES:
        raise DataError(f"{name} has more than {VALUES // MEGA} million numbers: save fewer pictures.")
    if count == 0:
        raise DataError(f"{name} is empty, its shape is {shape}: save at least one picture.")


def _header(content: bytes, name: str) -> tuple[str, int]:
    """The header's text and where the numbers begin."""
    version = content[6:7]
    bytes_of_length = 2 if version == b"\1" else 4
    start = 8 + bytes_of_length
    if not content.startswith(MAGIC) or version not in (b"\1", b"\2", b"\3") or len(content) < start:
        raise DataError(f"{name} is not a valid .npy file: save it with numpy.save.")
    length = int.from_bytes(content[8:start], "little")
    if length > HEADER_CHARACTERS or len(content) < start + length:
        raise DataError(f"{name} has a damaged header: save it again with numpy.save.")
    return content[start : start + length].decode("latin-1"), start + length


def _dtype(text: str | None, name: str) -> np.dtype[Any]:
    if text is None:
        raise DataError(f"{name} holds records with fields, not numbers: save the pictures alone.")
    if text[1:] == "O":
        raise DataError(
            f"{name} holds Python objects, which are never unpickled here: save numbers, for instance float32."
        )
    if not re.fullmatch(r"[<>|=](b1|[iu][1248]|f[248])", text):
        raise DataError(
            f"{name} holds values of type {shown(text)}, which are not pixel values: save float32 or uint8."
        )
    return np.dtype(text)
