"""How messages travel through a pipe as bytes.

One message is: 4 bytes (big-endian length of the header), the header (JSON: the type's name, the fields,
the places and sizes of the blobs), then the blobs raw. Pictures are blobs: nothing is encoded twice, and
nothing is ever unpickled.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, get_args

from pydantic import TypeAdapter, ValidationError

from gan_core.messages.commands_and_reports import Command, Report

MAX_HEADER = 4 * 2**20
MAX_BLOBS = 64 * 2**20
_LENGTH = struct.Struct(">I")


class ProtocolError(RuntimeError):
    """The bytes are not a message: cut short, too large, or garbled."""


class TruncatedError(ProtocolError):
    """The stream ended inside a message: its writer died while writing."""


_COMMANDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Command)}
_REPORTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Report)}


def encode(message: Command | Report) -> bytes:
    """The message as bytes; raises ProtocolError where it is larger than a reader accepts."""
    fields = dataclasses.asdict(message)
    blobs: list[bytes] = []
    places: list[tuple[list[str], int]] = []
    for place, blob in list(_blobs(fields, [])):
        _parent(fields, place)[place[-1]] = None
        blobs.append(blob)
        places.append((place, len(blob)))
    header = json.dumps({"type": type(message).__name__, "fields": fields, "blobs": places}).encode()
    _check_sizes(len(header), [len(blob) for blob in blobs])
    return b"".join([_LENGTH.pack(len(header)), header, *blobs])


def write(stream: BinaryIO, message: Command | Report) -> None:
    """Send one message; raises ProtocolError as `encode` does, OSError where the other side is gone."""
    stream.write(encode(message))
    stream.flush()


def read_command(stream: BinaryIO) -> Command | None:
    """The next command, or None at the end of the stream; raises ProtocolError for anything else."""
    return _read(stream, _COMMANDS)


def read_report(stream: BinaryIO) -> Report | None:
    """The next report, or None at the end of the stream; raises ProtocolError for anything else."""
    return _read(stream, _REPORTS)


def _read(stream: BinaryIO, kinds: dict[str, type]) -> Any:
    start = stream.read(1)
    if not start:
        return None
    (length,) = _LENGTH.unpack(start + _exactly(stream, _LENGTH.size - 1))
    _check_sizes(length, [])
    kind, fields, places = _parse_header(_exactly(stream, length), kinds)
    for place, size in places:
        blob = _exactly(stream, size)
        try:
            _parent(fields, place)[place[-1]] = blob
        except (KeyError, TypeError):
            raise ProtocolError(f"The message {kind.__name__} has no field {'.'.join(place)}.") from None
    try:
        return _adapter(kind).validate_python(fields)
    except ValidationError as error:
        raise ProtocolError(f"The message {kind.__name__} has wrong fields: {error}") from None


def _parse_header(header: bytes, kinds: dict[str, type]) -> tuple[type, dict[str, Any], list[tuple[list[str], int]]]:
    try:
        parsed = _adapter(_Header).validate_json(header)
    except ValidationError:
        raise ProtocolError(f"The stream holds something else than messages: {header[:40]!r}") from None
    if parsed.type not in kinds:
        raise ProtocolError(f"There is no message {parsed.type!r} in this direction.")
    _check_sizes(len(header), [size for _, size in parsed.blobs])
    if not all(place for place, _ in parsed.blobs) or any(size < 0 for _, size in parsed.blobs):
        raise ProtocolError(f"The message {parsed.type} does not say where its blobs belong.")
    return kinds[parsed.type], parsed.fields, parsed.blobs


@dataclass(frozen=True)
class _Header:
    type: str
    fields: dict[str, Any]
    blobs: list[tuple[list[str], int]]


@functools.cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise TruncatedError(f"The stream ended inside a message: {len(data)} of {size} bytes came.")
    return data


def _check_sizes(header: int, blobs: list[int]) -> None:
    if header > MAX_HEADER or sum(blobs) > MAX_BLOBS:
        raise ProtocolError(
            f"A message of {header} bytes and {sum(blobs)} bytes of blobs is too large "
            f"(at most {MAX_HEADER} and {MAX_BLOBS})."
        )


def _blobs(fields: dict[str, Any], above: list[str]) -> Iterator[tuple[list[str], bytes]]:
    for name, value in fields.items():
        if isinstance(value, bytes):
            yield [*above, name], value
        elif isinstance(value, dict):
            yield from _blobs(value, [*above, name])


def _parent(fields: dict[str, Any], place: list[str]) -> dict[str, Any]:
    return functools.reduce(lambda level, name: level[name], place[:-1], fields)
