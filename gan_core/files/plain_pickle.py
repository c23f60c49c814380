"""Pickles of plain lists, dicts, numbers and tensors, run by a small machine that calls nothing.

It knows only what such a pickle needs, and builds only what is defined here. Whatever else is in it is refused by name.
"""

from __future__ import annotations

import io
import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_core.files.errors import DataError, shown

# The storages' names in the pickle -> numpy's types. bfloat16 is the upper half of a float32.
STORAGES = {
    "torch.FloatStorage": "f4", "torch.DoubleStorage": "f8", "torch.HalfStorage": "f2", "torch.BFloat16Storage": "bf2",
    "torch.ByteStorage": "u1", "torch.CharStorage": "i1", "torch.ShortStorage": "i2", "torch.IntStorage": "i4",
    "torch.LongStorage": "i8", "torch.BoolStorage": "b1", "torch.storage.UntypedStorage": "",
}  # fmt: skip
# Types younger than the storages, which a tensor names itself.
_DTYPES = {"torch.uint16": "u2", "torch.uint32": "u4", "torch.uint64": "u8"}
_CALLS = ("collections.OrderedDict", "torch.Size", "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
          "numpy.dtype", "_codecs.encode")  # fmt: skip
# How numpy's single numbers are made; older versions had it elsewhere.
_SCALARS = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
_BYTES = 8  # of such a number, at most
# What checkpoints keep their options in, beside the weights: read as empty dicts.
_OPTIONS = ("argparse.Namespace", "types.SimpleNamespace", "pytorch_lightning.utilities.parsing.AttributeDict",
            "lightning.fabric.utilities.data.AttributeDict",
            "lightning_fabric.utilities.data.AttributeDict")  # fmt: skip
_DEVICE = "torch.device"  # among such options


@dataclass(frozen=True)
class Named:
    """A class or function by name: only ever compared with the names above."""

    name: str


@dataclass(frozen=True)
class Storage:
    """Numbers that lie outside of the pickle."""

    key: str
    type: str


@dataclass
class _Type:
    """A type of numpy's numbers."""

    name: str  # without the order of its bytes
    order: str = "<"


@dataclass(frozen=True, eq=False)
class Tensor:
    """A view into a storage."""

    storage: Storage
    offset: int  # in numbers, as the strides are
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Mark:
    """Where a tuple's, list's or dict's items begin on the stack."""


_MARK = _Mark()


def run(pickled: io.BytesIO, name: str) -> tuple[object, dict[str, Storage]]:
    """What the pickle describes that begins there in a stream, and the storages that it names, by key.

    Raises DataError, whose sentence begins with `name`.
    """
    machine = _Machine(name)
    return machine.run(pickled), machine.storages


def damaged(name: str) -> DataError:
    """That a file is."""
    return DataError(f"{name} is damaged: save it again with torch.save.")


class _Machine:
    """Runs the pickle's operations on a stack, as pickle does, but builds only what this file defines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, Storage] = {}  # all that were named, by key

    def run(self, pickled: io.BytesIO) -> object:
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
        return damaged(self.name)

    def refused(self, what: str) -> DataError:
        return DataError(
            f"{self.name} holds {what}, which is never unpickled here: save tensors or lists of numbers alone, of a "
            f"network torch.save(net.state_dict(), 'net.pt')."
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
        if full not in STORAGES and full not in _DTYPES and full not in (*_CALLS, *_SCALARS, *_OPTIONS, _DEVICE):
            raise self.refused(shown(full))
        self.push(Named(full))

    def storage(self) -> None:
        """("storage", type, key, device, count): the last two say nothing that is needed. Before PyTorch 1.6 None
        followed."""
        match self.pop():
            case ("storage", Named(kind), str(key), _, _, *rest) if (
                kind in STORAGES and re.fullmatch("[0-9]+", key) and rest in ([], [None])
            ):
                if self.storages.setdefault(key, Storage(key, STORAGES[kind])).type != STORAGES[kind]:
                    raise self.damaged()
                self.push(self.storages[key])
            case _:
                raise self.damaged()

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        match function, arguments:
            case Named("collections.OrderedDict"), ():
                self.push({})
            case Named("torch.Size"), (tuple() as size,):
                self.push(size)
            case Named(name), () if name in _OPTIONS:
                self.push({})
            case Named(name), (str(device), *_) if name == _DEVICE:
                self.push(device)
            case Named("numpy.dtype"), (str(kind), False, True) if re.fullmatch("[iu][1248]|f[248]|b1", kind):
                self.push(_Type(kind))
            case Named("_codecs.encode"), (str(text), "latin1") if len(text) <= _BYTES:
                self.push(text.encode("latin1"))
            case Named(name), (_Type() as kind, bytes(number)) if name in _SCALARS:
                self.scalar(np.dtype(kind.order + kind.name), number)
            case Named("torch._utils._rebuild_parameter"), (Tensor() as tensor, _, _):
                self.push(tensor)
            case Named("torch._utils._rebuild_tensor_v2"), (storage, offset, shape, strides, _, _):
                self.tensor(storage, offset, shape, strides)
            case Named("torch._utils._rebuild_tensor_v3"), (storage, offset, shape, strides, _, _, Named(dtype)):
                if not isinstance(storage, Storage) or dtype not in _DTYPES:
                    raise self.damaged()
                self.tensor(Storage(storage.key, _DTYPES[dtype]), offset, shape, strides)
            case Named(name), _ if name.startswith("torch._utils._rebuild_tensor"):
                raise self.refused("a tensor with marks such as 'conjugate' or 'negative'")
            case _:
                raise self.damaged()

    def tensor(self, storage: Any, offset: Any, shape: Any, strides: Any) -> None:
        if isinstance(storage, Storage) and not storage.type:
            raise self.refused("a tensor of bare bytes")
        numbers = [offset, *shape, *strides] if type(shape) is tuple and type(strides) is tuple else [None]
        if (
            not isinstance(storage, Storage)
            or not all(type(number) is int and 0 <= number < 2**48 for number in numbers)
            or len(shape) != len(strides)
        ):
            raise self.damaged()
        self.push(Tensor(storage, offset, shape, strides))

    def scalar(self, dtype: np.dtype[Any], number: bytes) -> None:
        if len(number) != dtype.itemsize:
            raise self.damaged()
        self.push(np.frombuffer(number, dtype)[0].item())

    def build(self) -> None:
        """A state dict carries its modules' versions, which nobody needs here; a type of numpy its order of bytes."""
        state, target = self.pop(), self.pop()
        match target, state:
            case dict(), dict():
                pass
            case _Type(), (3, "<" | ">" | "|" as order, *_):
                target.order = order
            case _:
                raise self.damaged()
        self.push(target)

    def memoize(self) -> None:
        self.put(len(self.memo))

    def global_on_stack(self) -> None:
        module, name = self.take(2)
        if type(module) is not str or type(name) is not str:
            raise self.damaged()
        self.named(f"{module} {name}")


_Act = Callable[[_Machine, Any], None]
_OPERATIONS: dict[str, _Act] = {
    **dict.fromkeys(("PROTO", "FRAME"), lambda _machine, _: None),
    "MARK": lambda machine, _: machine.push(_MARK),
    "NONE": lambda machine, _: machine.push(None),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    **dict.fromkeys(
        ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "SHORT_BINBYTES"),
        lambda machine, argument: machine.push(argument),
    ),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), lambda machine, number: machine.put(number)),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), lambda machine, number: machine.get(number)),
    "MEMOIZE": lambda machine, _: machine.memoize(),
    "STACK_GLOBAL": lambda machine, _: machine.global_on_stack(),
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
    # A class that is called without arguments, as pickle's NEWOBJ does, is one of options.
    **dict.fromkeys(("REDUCE", "NEWOBJ"), lambda machine, _: machine.call()),
    "BUILD": lambda machine, _: machine.build(),
}
