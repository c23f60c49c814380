"""How messages travel through a pipe as bytes.

One message is: the length of its JSON and that of its blobs (4 bytes each, big-endian), the JSON, then the blobs
raw. Pictures are blobs: nothing is encoded twice, and nothing is ever unpickled.
"""

from __future__ import annotations

import functools
import struct
from typing import Annotated, Any, BinaryIO

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from gan_core.messages.blob import Blobs
from gan_core.messages.commands_and_reports import Command, Report

MAX_JSON = 4 * 2**20
MAX_BLOBS = 64 * 2**20
_LENGTHS = struct.Struct(">II")
_CONFIG = ConfigDict(ser_json_inf_nan="constants")  # measurements may be infinite or NaN


class ProtocolError(RuntimeError):
    """The bytes are no messages: cut short, too large, or garbled."""


class TruncatedError(ProtocolError):
    """The stream ended inside a message: its writer died while writing."""


class MessageError(ProtocolError):
    """A message of an unknown kind or with wrong fields; those that follow it in the stream can be read."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind  # as the message says, empty where it says none


def encode(message: Command | Report) -> bytes:
    """The message as bytes; raises ProtocolError where it is larger than a reader accepts."""
    blobs = Blobs()
    adapter: TypeAdapter[Any] = _reports() if isinstance(message, Report) else _commands()
    text = adapter.dump_json(message, context=blobs)
    _check_sizes(len(text), blobs.size)
    return b"".join([_LENGTHS.pack(len(text), blobs.size), text, *blobs.parts])


def write(stream: BinaryIO, message: Command | Report) -> None:
    """Send one message; raises ProtocolError as `encode` does, OSError where the other side is gone."""
    stream.write(encode(message))
    stream.flush()


def read_command(stream: BinaryIO) -> Command | None:
    """The next command, or None at the end of the stream. Raises ProtocolError for anything else, of which only a
    MessageError leaves the stream readable."""
    return _read(stream, _commands())


def read_report(stream: BinaryIO) -> Report | None:
    """The next report, or None at the end of the stream; raises as `read_command` does."""
    return _read(stream, _reports())


# Adapters are made on first use: a process that only imports this waits for none.


@functools.cache
def _commands() -> TypeAdapter[Command]:
    return TypeAdapter(Annotated[Command, Field(discriminator="kind")], config=_CONFIG)


@functools.cache
def _reports() -> TypeAdapter[Report]:
    return TypeAdapter(Annotated[Report, Field(discriminator="kind")], config=_CONFIG)


def _read(stream: BinaryIO, adapter: TypeAdapter[Any]) -> Any:
    start = stream.read(1)
    if not start:
        return None
    lengths = _LENGTHS.unpack(start + _exactly(stream, _LENGTHS.size - 1))
    _check_sizes(*lengths)
    text, joined = (_exactly(stream, length) for length in lengths)
    try:
        return adapter.validate_json(text, context=Blobs(joined))
    except ValidationError as error:
        raise _wrong(text, error) from None


def _wrong(text: bytes, error: ValidationError) -> ProtocolError:
    """What to raise for a text that is none of the messages."""
    try:
        parsed = from_json(text)
    except ValueError:
        return ProtocolError(f"The stream holds something else than messages: {text[:40]!r}")
    kind = parsed.get("kind") if isinstance(parsed, dict) else None
    first = error.errors(include_url=False)[0]
    if not isinstance(kind, str):
        return MessageError("", "A message came that does not say of what kind it is.")
    if first["type"] == "union_tag_invalid":
        return MessageError(kind, f"There is no message {kind!r} in this direction.")
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, ValueError):  # ours, and in words for people: wrong settings
        return MessageError(kind, str(cause))
    field = ".".join(str(part) for part in first["loc"][1:])
    return MessageError(kind, f"The message {kind!r} has a wrong field {field!r}: {first['msg']}.")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise TruncatedError(f"The stream ended inside a message: {len(data)} of {size} bytes came.")
    return data


def _check_sizes(text: int, blobs: int) -> None:
    if text > MAX_JSON or blobs > MAX_BLOBS:
        raise ProtocolError(
            f"A message of {text} bytes and {blobs} bytes of blobs is too large (at most {MAX_JSON} and {MAX_BLOBS})."
        )
