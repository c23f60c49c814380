"""Bytes in a message: they travel behind its JSON, which says where they lie."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, SerializationInfo, ValidationInfo


class Blobs:
    """The bytes of one message, one blob after the other; the context of its serialisation and validation."""

    def __init__(self, joined: bytes = b"") -> None:
        self.parts: list[bytes] = [joined]
        self.size = len(joined)  # bytes

    def add(self, blob: bytes) -> tuple[int, int]:
        """Append a blob; returns where it begins and how long it is, in bytes."""
        place = self.size, len(blob)
        self.parts.append(blob)
        self.size += len(blob)
        return place

    def at(self, place: object) -> bytes:
        """The blob at a place that `add` returned; raises ValueError for any other."""
        match place:
            case [int(start), int(size)] if min(start, size) >= 0 and start + size <= self.size:
                return self.parts[0][start : start + size]
        raise ValueError(f"there are no bytes at {place!r}")


def _read(value: object, info: ValidationInfo) -> object:
    return info.context.at(value) if isinstance(info.context, Blobs) else value


def _written(value: bytes, info: SerializationInfo[Any]) -> tuple[int, int]:
    assert isinstance(info.context, Blobs)
    return info.context.add(value)


Blob = Annotated[bytes, BeforeValidator(_read), PlainSerializer(_written, when_used="json")]
