"""How tasks and their answers travel between a process and its own children: a length of eight bytes, then a pickle.

Both ends are this program on this machine; nothing from outside is read this way.
"""

from __future__ import annotations

import pickle
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">Q")


class TaskFailed(RuntimeError):
    """A task raised what cannot travel; its kind and words."""


def write_frame(stream: BinaryIO, content: object) -> None:
    """Send one object. Raises OSError where the other side is gone, and what pickle raises for one that cannot travel;
    nothing was sent then."""
    packed = pickle.dumps(content)
    stream.write(_LENGTH.pack(len(packed)) + packed)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes:
    """The next object, still packed: see `unpacked`. Raises EOFError where the stream has ended, also inside of one."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def unpacked(frame: bytes) -> Any:
    """The object itself. Raises whatever pickle does for one that is not known here."""
    return pickle.loads(frame)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    found = stream.read(count)
    if len(found) < count:
        raise EOFError("The other process has ended.")
    return found
