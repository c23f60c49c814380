"""Tensors of .safetensors files, read by the format's own library: a JSON header, and bare numbers."""

from __future__ import annotations

import numpy as np
from safetensors import SafetensorError, deserialize

from gan_core.files.bounds import MEGA, PICKLE_BYTES, TENSORS, VALUES
from gan_core.files.errors import DataError, shown
from gan_core.files.npy import Array, check_shape

ENDING = ".safetensors"
# The format's names of types -> numpy's. bfloat16 is the upper half of a float32.
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def is_safetensors(content: bytes) -> bool:
    """Whether a file begins as one: the length of the header, and a JSON object."""
    return content[8:9] == b"{" and 0 < int.from_bytes(content[:8], "little") <= len(content) - 8


def read(content: bytes, name: str) -> list[Array]:
    """The tensors in their order in the file, bfloat16 as float32, without empty ones.

    Raises DataError, whose sentence begins with `name`, for a damaged file, a type that numpy lacks, or too much of it.
    """
    if int.from_bytes(content[:8], "little") > PICKLE_BYTES:
        raise DataError(f"{name} has a damaged header, or one of over {PICKLE_BYTES // MEGA} MB: save it again.")
    try:
        entries = deserialize(content)
    except (SafetensorError, ValueError, OverflowError) as error:
        raise DataError(f"{name} is no .safetensors file that can be read ({shown(str(error))}): save it again.") from (
            error
        )
    if len(entries) > TENSORS:
        raise DataError(f"{name} holds more than {TENSORS:,} tensors: save fewer.")
    arrays = [_array(key, entry["dtype"], tuple(entry["shape"]), entry["data"], name) for key, entry in entries]
    arrays = [array for array in arrays if array.values.size]
    if not arrays:
        raise DataError(f"{name} holds no numbers: save the tensors of a network.")
    if sum(array.values.size for array in arrays) > VALUES:
        raise DataError(f"{name} has more than {VALUES // MEGA} million numbers: save fewer tensors.")
    return arrays


def _array(key: str, kind: str, shape: tuple[int, ...], numbers: bytes, name: str) -> Array:
    if kind not in _TYPES:
        raise DataError(f"{name} holds values of type {shown(kind)}, which are not read here: save float32.")
    if 0 not in shape:
        check_shape(shape, name)
    values = np.frombuffer(numbers, _TYPES[kind]).reshape(shape)
    if kind == "BF16":
        return Array(shown(key), (values.astype(np.uint32) << 16).view(np.float32), "bfloat16", "torch", keys=(key,))
    return Array(shown(key), values, values.dtype.name, "torch", keys=(key,))
