"""Event files of TensorBoard: their scalars, read without tensorboard. Everything else in them is passed over.

A file is a chain of records: 8 bytes that say how long one is, 4 of a checksum, the record, 4 of a checksum. A record
is a message of protobuf, an Event. Its field 2 is the step, its field 5 the Summary. Each value of that (field 1) has
a tag (1) and a simple_value (2) or a tensor (8) of one number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gan_core.files.bounds import COLUMN_NAME, COLUMNS, FILE_BYTES, ROWS
from gan_core.files.errors import DataError

Row = dict[str, float]
_Field = tuple[int, int, int | bytes]

_LENGTH, _CHECK = 8, 4
# How the record begins with which every event file does: its time, then the version.
_VERSION = b"brain.Event:"
# protobuf's ways of storing a field.
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
# TensorFlow's numbers for its types of tensors, in struct's letters.
_FLOATS = {1: "f", 2: "d"}


def is_events(content: bytes) -> bool:
    """Whether a file is one of events."""
    return _VERSION in content[:64]


def is_named_so(name: str) -> bool:
    """Whether a file's name is one that TensorBoard gives."""
    return "tfevents" in name.lower()


def read(content: bytes, name: str) -> list[Row]:
    """A row for each step, with "step" and each scalar by its tag. Raises DataError, whose sentence begins with `name`.

    A run that was killed leaves half a record at the end, which is passed over.
    """
    rows: dict[int, Row] = {}
    tags: set[str] = set()
    try:
        for record in _records(content):
            step, scalars = _event(record)
            if not scalars:
                continue
            tags.update(scalars)
            if len(tags) > COLUMNS or len(rows) > ROWS:
                raise DataError(f"{name} has more than {COLUMNS} tags or {ROWS:,} steps: keep those of the losses.")
            rows.setdefault(step, {"step": float(step)}).update(scalars)
    except (ValueError, struct.error) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{name} is a damaged event file of TensorBoard: copy it again.") from error
    if not rows:
        raise DataError(f"{name} holds no scalars: log them with add_scalar, or bring another event file of the run.")
    return [rows[step] for step in sorted(rows)]


def _records(content: bytes) -> Iterator[bytes]:
    at = 0
    while at + _LENGTH + _CHECK <= len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        begin = at + _LENGTH + _CHECK
        if length > FILE_BYTES:
            raise ValueError("a record longer than a file may be")
        if begin + length > len(content):
            return
        yield content[begin : begin + length]
        at = begin + length + _CHECK


def _event(record: bytes) -> tuple[int, Row]:
    step, scalars = 0, Row()
    for number, _, value in _fields(record):
        if number == 2 and isinstance(value, int):
            step = value if value < 2**63 else 0
        elif number == 5 and isinstance(value, bytes):
            for inner, _, one in _fields(value):
                if inner == 1 and isinstance(one, bytes):
                    scalars.update(_scalar(one))
    return step, scalars


def _scalar(message: bytes) -> Row:
    """A summary's value, {} for a picture, a histogram, or a text."""
    tag, number = "", None
    for field, kind, value in _fields(message):
        if field == 1 and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")[:COLUMN_NAME]
        elif field == 2 and kind == _FOUR and isinstance(value, bytes):
            (number,) = struct.unpack("<f", value)
        elif field == 8 and isinstance(value, bytes):
            number = _of_tensor(value)
    return {tag: float(number)} if tag and number is not None else {}


def _of_tensor(message: bytes) -> float | None:
    """The number of a tensor without dimensions: its type is field 1, its bytes field 4, or floats 5 and doubles 6."""
    letter, found = "", None
    for field, kind, value in _fields(message):
        if field == 1 and isinstance(value, int):
            letter = _FLOATS.get(value, "")
        elif field in (4, 5, 6) and isinstance(value, bytes) and kind in (_BYTES, _FOUR, _EIGHT):
            found = value
    return float(struct.unpack("<" + letter, found)[0]) if letter and found and len(found) == _size(letter) else None


def _size(letter: str) -> int:
    return struct.calcsize("<" + letter)


def _fields(message: bytes) -> Iterator[_Field]:
    """A message's fields: number, way of storing, value. Raises ValueError for what is no message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind, value = key & 7, b""
        if kind == _VARINT:
            number, at = _varint(message, at)
            yield key >> 3, kind, number
            continue
        if kind == _BYTES:
            length, at = _varint(message, at)
        elif kind in (_EIGHT, _FOUR):
            length = 8 if kind == _EIGHT else 4
        else:
            raise ValueError("a way of storing that is not known")
        value = message[at : at + length]
        if len(value) < length:
            raise ValueError("a field is cut short")
        at += length
        yield key >> 3, kind, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while shift < 70 and at < len(message):
        byte = message[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number & (2**64 - 1), at
    raise ValueError("a number is cut short")
