"""Tensors that torch.save wrote (.pt), read without torch, and without unpickling.

Such a file is a zip: a pickle that says how lists and dicts are nested and where each tensor's numbers lie, and
the numbers, bare. The pickle is read by a small machine that knows only what plain lists, dicts and tensors need;
whatever else is in it is refused by name, and nothing in it is ever called.
"""

from __future__ import annotations

import io
import math
import pickletools
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from gan_core.files import archives, series
from gan_core.files.bounds import BROUGHT, DEPTH, MEGA, PICKLE_BYTES, TENSORS, VALUES
from gan_core.files.errors import DataError, shown
from gan_core.files.npy import Array, check_shape

# How files of PyTorch before 1.6 begin, which are one long pickle.
LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."

# The storages' names in the pickle -> numpy's types. bfloat16 is the upper half of a float32.
_STORAGES = {
    "torch.FloatStorage": "f4", "torch.DoubleStorage": "f8", "torch.HalfStorage": "f2", "torch.BFloat16Storage": "bf2",
    "torch.ByteStorage": "u1", "torch.CharStorage": "i1", "torch.ShortStorage": "i2", "torch.IntStorage": "i4",
    "torch.LongStorage": "i8", "torch.BoolStorage": "b1", "torch.storage.UntypedStorage": "",
}  # fmt: skip
# Types younger than the storages, which a tensor names itself.
_DTYPES = {"torch.uint16": "u2", "torch.uint32": "u4", "torch.uint64": "u8"}
Keys = tuple[str | int, ...]
_CALLS = ("collections.OrderedDict", "torch.Size", "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3")  # fmt: skip


@dataclass(frozen=True)
class _Named:
    """A class or function by name: only ever compared with the names above."""

    name: str


@dataclass(frozen=True)
class _Storage:
    """Numbers in a member of the zip."""

    key: str  # the member is data/<key>
    type: str


@dataclass(frozen=True, eq=False)
class _Tensor:
    """A view into a storage."""

    storage: _Storage
    offset: int  # in numbers, as the strides are
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Mark:
    """Where a tuple's, list's or dict's items begin on the stack."""


_MARK = _Mark()


def is_tensors(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is one of torch.save, or wants to be."""
    return any(entry.endswith("data.pkl") for entry in archive.namelist())


def read(content: bytes, name: str) -> list[Array]:
    """The tensors of a .pt file in their order, bfloat16 as float32, each with its place in lists and dicts.

    Raises DataError as `read_all` does, and where there is no tensor.
    """
    return read_all(content, name, numbers_too=False)[0]


def read_all(content: bytes, name: str, numbers_too: bool = True) -> tuple[list[Array], dict[str, list[float]]]:
    """The tensors, and where there are none, or none but single numbers, the lists of numbers, such as losses.

    Raises DataError, whose sentence begins with `name`, for a damaged file, one of PyTorch before 1.6, one that
    holds anything else than tensors, numbers and texts in lists and dicts, or too much of them.
    """
    with archives.opened(io.BytesIO(content), name, BROUGHT) as archive:
        found = {member.filename: member for member in archives.members(archive, name, BROUGHT)}
        top, pickled = _pickle(found, name)
        if pickled.file_size > PICKLE_BYTES:
            raise DataError(f"{name} has a list of contents of over {PICKLE_BYTES // MEGA} MB: save fewer tensors.")
        top_item = _Machine(name).run(archives.content(archive, pickled, name))
        tensors = list(_found(top_item, name))
        if not tensors and numbers_too and (found_series := series.of_lists(top_item, name)):
            return [], found_series
        if not tensors:
            raise DataError(f"{name} holds no tensor: save one with torch.save.")
        for _, tensor in tensors:
            check_shape(tensor.shape, name)
        if sum(math.prod(tensor.shape) for _, tensor in tensors) > VALUES:
            raise DataError(f"{name} has more than {VALUES // MEGA} million numbers: save fewer tensors.")
        order = archives.content(archive, found[top + "byteorder"], name) if top + "byteorder" in found else b"little"
        numbers: dict[str, bytes] = {}
        for _, tensor in tensors:
            key = tensor.storage.key
            if key not in numbers:
                if (member := found.get(f"{top}data/{key}")) is None:
                    raise DataError(f"{name} lacks the numbers of a tensor: save it again with torch.save.")
                numbers[key] = archives.content(archive, member, name)
    arrays = [_array(keys, tensor, numbers[tensor.storage.key], order, name) for keys, tensor in tensors]
    if numbers_too and len(arrays) > 1 and all(array.values.ndim <= 1 for array in arrays):
        return [], series.of_arrays(arrays, name)
    return arrays, {}


def _pickle(found: dict[str, zipfile.ZipInfo], name: str) -> tuple[str, zipfile.ZipInfo]:
    for entry, member in found.items():
        if re.fullmatch("([^/]+/)?data[.]pkl", entry):
            return entry.removesuffix("data.pkl"), member
    raise DataError(f"{name} was not written by torch.save: it holds no data.pkl.")


def _array(keys: Keys, tensor: _Tensor, numbers: bytes, order: bytes, name: str) -> Array:
    place = ".".join(shown(str(key)) for key in keys)
    bits = {"bf2": "u2"}.get(tensor.storage.type, tensor.storage.type)
    dtype = np.dtype(bits).newbyteorder(">" if order == b"big" else "<")
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


def _found(top: object, name: str) -> Iterator[tuple[Keys, _Tensor]]:
    """Every tensor in nested lists and dicts, once, with the keys that lead to it: ("images",), ("runs", 0)."""
    seen: set[int] = set()
    count = 0
    waiting: list[tuple[Keys, object]] = [((), top)]
    while waiting:
        keys, item = waiting.pop()
        if id(item) in seen:
            continue
        if isinstance(item, _Tensor):
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


class _Machine:
    """Runs the pickle's operations on a stack, as pickle does, but builds only what this file defines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self, pickled: bytes) -> object:
        """What the pickle describes. Raises DataError."""
        try:
            for operation, argument, _ in pickletools.genops(pickled):
                if operation.name == "STOP":
                    break
                if (act := _OPERATIONS.get(operation.name)) is None:
                    raise self.refused(f"something else than tensors (pickle's {operation.name})")
                act(self, argument)
        except ValueError as error:
            if isinstance(error, DataError):
                raise
            raise self.damaged() from error  # What genops raises for bytes that are no pickle.
        return self.pop()

    def damaged(self) -> DataError:
        return DataError(f"{self.name} is damaged: save it again with torch.save.")

    def refused(self, what: str) -> DataError:
        return DataError(
            f"{self.name} holds {what}, which is never unpickled here: save the tensors alone, "
            f"torch.save(tensor, 'samples.pt')."
        )

    def push(self, item: object) -> None:
        self.stack.append(item)

    def pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise self.damaged()
        return self.stack.pop()

    def pop_to_mark(self) -> list[Any]:
        items = []
        while self.stack and self.stack[-1] is not _MARK:
            items.append(self.stack.pop())
        if not self.stack:
            raise self.damaged()
        self.stack.pop()
        return items[::-1]

    def put(self, number: int) -> None:
        item = self.pop()
        self.memo[number] = item
        self.push(item)

    def get(self, number: int) -> None:
        if number not in self.memo:
            raise self.damaged()
        self.push(self.memo[number])

    def take(self, count: int) -> tuple[Any, ...]:
        return tuple([self.pop() for _ in range(count)][::-1])

    def extend(self, items: list[Any]) -> None:
        target = self.pop()
        if type(target) is not list:
            raise self.damaged()
        target.extend(items)
        self.push(target)

    def update(self, items: list[Any]) -> None:
        target = self.pop()
        if type(target) is not dict or len(items) % 2:
            raise self.damaged()
        if not all(type(key) in (str, int) for key in items[::2]):
            # The hash of tuples in tuples may take forever.
            raise self.refused("a dict with other keys than texts and numbers")
        target.update(zip(items[::2], items[1::2], strict=True))
        self.push(target)

    def named(self, name: str) -> None:
        full = name.replace(" ", ".")
        if full not in _STORAGES and full not in _DTYPES and full not in _CALLS:
            raise self.refused(shown(full))
        self.push(_Named(full))

    def storage(self) -> None:
        """("storage", type, key, device, count): the last two say nothing that is needed."""
        match self.pop():
            case ("storage", _Named(kind), str(key), _, _) if kind in _STORAGES and re.fullmatch("[0-9]+", key):
                self.push(_Storage(key, _STORAGES[kind]))
            case _:
                raise self.damaged()

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        match function, arguments:
            case _Named("collections.OrderedDict"), ():
                self.push({})
            case _Named("torch.Size"), (tuple() as size,):
                self.push(size)
            case _Named("torch._utils._rebuild_parameter"), (_Tensor() as tensor, _, _):
                self.push(tensor)
            case _Named("torch._utils._rebuild_tensor_v2"), (storage, offset, shape, strides, _, _):
                self.tensor(storage, offset, shape, strides)
            case _Named("torch._utils._rebuild_tensor_v3"), (storage, offset, shape, strides, _, _, _Named(dtype)):
                if not isinstance(storage, _Storage) or dtype not in _DTYPES:
                    raise self.damaged()
                self.tensor(_Storage(storage.key, _DTYPES[dtype]), offset, shape, strides)
            case _Named(name), _ if name.startswith("torch._utils._rebuild_tensor"):
                raise self.refused("a tensor with marks such as 'conjugate' or 'negative'")
            case _:
                raise self.damaged()

    def tensor(self, storage: Any, offset: Any, shape: Any, strides: Any) -> None:
        if isinstance(storage, _Storage) and not storage.type:
            raise self.refused("a tensor of bare bytes")
        numbers = [offset, *shape, *strides] if type(shape) is tuple and type(strides) is tuple else [None]
        if (
            not isinstance(storage, _Storage)
            or not all(type(number) is int and 0 <= number < 2**48 for number in numbers)
            or len(shape) != len(strides)
        ):
            raise self.damaged()
        self.push(_Tensor(storage, offset, shape, strides))

    def build(self) -> None:
        """A state dict carries its modules' versions, which nobody needs here."""
        state, target = self.pop(), self.pop()
        if type(state) is not dict or type(target) is not dict:
            raise self.damaged()
        self.push(target)


_Act = Callable[[_Machine, Any], None]
_OPERATIONS: dict[str, _Act] = {
    "PROTO": lambda _machine, _: None,
    "MARK": lambda machine, _: machine.push(_MARK),
    "NONE": lambda machine, _: machine.push(None),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    **dict.fromkeys(
        ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"),
        lambda machine, argument: machine.push(argument),
    ),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), lambda machine, number: machine.put(number)),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), lambda machine, number: machine.get(number)),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.pop_to_mark())),
    "TUPLE1": lambda machine, _: machine.push(machine.take(1)),
    "TUPLE2": lambda machine, _: machine.push(machine.take(2)),
    "TUPLE3": lambda machine, _: machine.push(machine.take(3)),
    "APPEND": lambda machine, _: machine.extend([machine.pop()]),
    "APPENDS": lambda machine, _: machine.extend(machine.pop_to_mark()),
    "SETITEM": lambda machine, _: machine.update(list(machine.take(2))),
    "SETITEMS": lambda machine, _: machine.update(machine.pop_to_mark()),
    "GLOBAL": lambda machine, name: machine.named(name),
    "BINPERSID": lambda machine, _: machine.storage(),
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.build(),
}
