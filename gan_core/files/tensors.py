"""Tensors and lists that torch.save wrote (.pt), read without torch, and without unpickling.

Such a file is a zip: a pickle that says how lists and dicts are nested and where each tensor's numbers lie, and
the numbers, bare. Before PyTorch 1.6 it was a chain of pickles and numbers. See plain_pickle.py for how they are read.
"""

from __future__ import annotations

import io
import itertools
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from gan_core.files import archives, series
from gan_core.files.bounds import BROUGHT, DEPTH, MEGA, PICKLE_BYTES, TENSORS, VALUES
from gan_core.files.errors import DataError, shown
from gan_core.files.npy import Array, check_shape
from gan_core.files.plain_pickle import Storage, Tensor, damaged, run

# How any pickle of our time begins, and the number that files of PyTorch before 1.6 have at their beginning.
_PICKLE, _MARK = b"\x80", b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
Keys = tuple[str | int, ...]


class Saved(NamedTuple):
    """What a file holds."""

    arrays: list[Array]
    series: dict[str, list[float]]  # lists of numbers, such as losses
    counts: dict[str, float]  # single numbers beside the tensors, such as epoch and step


def is_tensors(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is one of torch.save, or wants to be."""
    return any(entry.endswith("data.pkl") for entry in archive.namelist())


def is_legacy(content: bytes) -> bool:
    """Whether a file is one of torch.save before PyTorch 1.6."""
    return content.startswith(_PICKLE) and _MARK in content[:32]


def read(content: bytes, name: str) -> list[Array]:
    """The tensors of a .pt file in their order, bfloat16 as float32, each with its place in lists and dicts.

    Raises DataError as `read_all` does, and where there is no tensor.
    """
    arrays = read_all(content, name).arrays
    if not arrays:
        raise DataError(f"{name} holds no tensor of several numbers: save one with torch.save.")
    return arrays


def read_all(content: bytes, name: str) -> Saved:
    """The tensors, and the lists of numbers; one of the two may be empty. Tensors that are but single numbers, or lists
    of them, are such lists. The states of optimisers are left out where there is anything else.

    Also of PyTorch before 1.6, and of a plain pickle. Raises DataError, whose sentence begins with `name`, for a
    damaged file, one that holds anything else than tensors, numbers and texts in lists and dicts, or too much of them.
    """
    if is_legacy(content):
        top, numbers, order = _legacy(content, name)
    elif archives.is_zip(content[:4]):
        top, numbers, order = _zip(content, name)
    elif content.startswith(_PICKLE):
        (top, _), numbers, order = _run(io.BytesIO(content), name), {}, "<"
    else:
        raise DataError(f"{name} was not written by torch.save: save a tensor with torch.save(tensor, 'samples.pt').")
    tensors = list(_found(top, name))
    tensors = [one for one in tensors if not _of_optimiser(one[0])] or tensors
    # A state dict may have empty buffers.
    tensors = [one for one in tensors if 0 not in one[1].shape] or tensors
    for _, tensor in tensors:
        check_shape(tensor.shape, name)
        if tensor.storage.key not in numbers:
            raise DataError(f"{name} lacks the numbers of a tensor: save it again with torch.save.")
    if sum(math.prod(tensor.shape) for _, tensor in tensors) > VALUES:
        raise DataError(f"{name} has more than {VALUES // MEGA} million numbers: save fewer tensors.")
    arrays = [_array(keys, tensor, numbers[tensor.storage.key], order, name) for keys, tensor in tensors]
    counts = _counts(top)
    if len(arrays) > 1 and all(array.values.ndim <= 1 for array in arrays):
        return Saved([], series.of_arrays(arrays, name), counts)
    found = series.of_lists(top, name)
    if not arrays and not found:
        raise DataError(f"{name} holds no tensor and no list of numbers: save one with torch.save.")
    return Saved(arrays, found, counts)


def _of_optimiser(keys: Keys) -> bool:
    """Whether keys lead into an optimiser's state: {"state": {0: {"exp_avg": …}}}."""
    return any(key == "state" and type(number) is int for key, number in itertools.pairwise(keys))


def _counts(top: object) -> dict[str, float]:
    """The single numbers at the top of a dict, each below 2^53."""
    if not isinstance(top, dict):
        return {}
    return {
        key: float(value)
        for key, value in top.items()
        if isinstance(key, str) and type(value) in (int, float) and abs(value) < 2**53
    }


def _zip(content: bytes, name: str) -> tuple[object, Mapping[str, bytes], str]:
    """What the pickle describes, the numbers of the storages by key, and the order of their bytes."""
    with archives.opened(io.BytesIO(content), name, BROUGHT) as archive:
        found = {member.filename: member for member in archives.members(archive, name, BROUGHT)}
        top, pickled = _pickle(found, name)
        if pickled.file_size > PICKLE_BYTES:
            raise _too_long(name)
        item, storages = run(io.BytesIO(archives.content(archive, pickled, name)), name)
        big = top + "byteorder" in found and archives.content(archive, found[top + "byteorder"], name) == b"big"
        members = {key: found[f"{top}data/{key}"] for key in storages if f"{top}data/{key}" in found}
        numbers = {key: archives.content(archive, member, name) for key, member in members.items()}
    return item, numbers, ">" if big else "<"


def _legacy(content: bytes, name: str) -> tuple[object, Mapping[str, bytes], str]:
    """The same of PyTorch before 1.6: pickles of a mark, a version, the machine's properties, what was saved and the
    keys of its storages, then the storages' numbers, before each how many there are."""
    stream = io.BytesIO(content)
    _, _, (properties, _), (item, storages), (keys, _) = [_run(stream, name) for _ in range(5)]
    order = ">" if isinstance(properties, dict) and properties.get("little_endian") is False else "<"
    numbers: dict[str, bytes] = {}
    for key in keys if isinstance(keys, list) else []:
        storage = storages.get(key) if isinstance(key, str) else None
        if storage is None:
            raise damaged(name)
        size = int.from_bytes(stream.read(8), "little") * np.dtype(_bits(storage.type) or "u1").itemsize
        numbers[storage.key] = stream.read(min(size, len(content)))
    return item, numbers, order


def _run(stream: io.BytesIO, name: str) -> tuple[object, dict[str, Storage]]:
    """The next pickle of a stream, no longer than one may be."""
    begin = stream.tell()
    part = io.BytesIO(stream.read(PICKLE_BYTES))
    try:
        found = run(part, name)
    except DataError:
        if part.tell() >= PICKLE_BYTES:
            raise _too_long(name) from None
        raise
    stream.seek(begin + part.tell())
    return found


def _too_long(name: str) -> DataError:
    return DataError(f"{name} has a list of contents of over {PICKLE_BYTES // MEGA} MB: save fewer tensors.")


def _pickle(found: dict[str, zipfile.ZipInfo], name: str) -> tuple[str, zipfile.ZipInfo]:
    for entry, member in found.items():
        if re.fullmatch("([^/]+/)?data[.]pkl", entry):
            return entry.removesuffix("data.pkl"), member
    raise DataError(f"{name} was not written by torch.save: it holds no data.pkl.")


def _bits(type_: str) -> str:
    """numpy's type of as many bits."""
    return {"bf2": "u2"}.get(type_, type_)


def _array(keys: Keys, tensor: Tensor, numbers: bytes, order: str, name: str) -> Array:
    place = ".".join(shown(str(key)) for key in keys)
    dtype = np.dtype(_bits(tensor.storage.type)).newbyteorder(">" if order == ">" else "<")
    flat = np.frombuffer(numbers, dtype, len(numbers) // dtype.itemsize)
    last = tensor.offset + sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides, strict=True))
    if last >= flat.size:
        raise DataError(f"{name} is damaged: a tensor reaches beyond its numbers; save it again with torch.save.")
    strides = [stride * dtype.itemsize for stride in tensor.strides]
    values: NDArray[Any] = as_strided(flat[tensor.offset :], tensor.shape, strides, writeable=False)
    values = values.astype(dtype.newbyteorder("="), copy=False)
    if tensor.storage.type == "bf2":
        return Array(place, (values.astype(np.uint32) << 16).view(np.float32), "bfloat16", "torch", keys=keys)
    return Array(place, values, dtype.name, "torch", keys=keys)


def _found(top: object, name: str) -> Iterator[tuple[Keys, Tensor]]:
    """Every tensor in nested lists and dicts, once, with the keys that lead to it: ("images",), ("runs", 0)."""
    seen: set[int] = set()
    count = 0
    waiting: list[tuple[Keys, object]] = [((), top)]
    while waiting:
        keys, item = waiting.pop()
        if id(item) in seen:
            continue
        if isinstance(item, Tensor):
            count += 1
            if count > TENSORS:
                raise DataError(f"{name} holds more than {TENSORS:,} tensors: save fewer.")
            seen.add(id(item))
            yield keys, item
        elif isinstance(item, dict | list | tuple):
            if len(keys) == DEPTH:
                raise DataError(f"{name} nests its lists more than {DEPTH} deep: save the tensors alone.")
            seen.add(id(item))
            inside = item.items() if isinstance(item, dict) else enumerate(item)
            waiting += reversed([((*keys, key), value) for key, value in inside])
