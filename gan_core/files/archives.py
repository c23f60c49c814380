"""Zip files: what is in them, checked before anything is unpacked. Nothing is ever extracted to disk."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from gan_core.files.bounds import RATIO, UNQUESTIONED_BYTES, Several
from gan_core.files.errors import DataError, shown

# The marks in front of a member, of an entry in the list of contents, and of that list's end.
MEMBER, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"

_CHUNK = 1 << 20


def is_zip(beginning: bytes) -> bool:
    """Whether a file that begins so is a zip file."""
    return beginning.startswith((MEMBER, END))


@contextmanager
def opened(file: IO[bytes], name: str, bounds: Several) -> Iterator[zipfile.ZipFile]:
    """A zip file, its list of contents read and bounded. `name` is what the sentence of an error begins with.

    Raises DataError if it is none, or damaged, or if it holds far too many entries.
    """
    _check_entries(file, name, bounds)
    with _readable(name):
        archive = zipfile.ZipFile(file)
    with archive:
        yield archive


def members(archive: zipfile.ZipFile, name: str, bounds: Several) -> list[zipfile.ZipInfo]:
    """The visible files of a zip, sorted by name, all of them within the bounds.

    Raises DataError for too many or too large ones, a bomb, a link, a password, another packing than deflate,
    or a name that leaves the folder.
    """
    for entry in archive.infolist():
        _check_path(entry.filename, name)
    found = [
        member
        for member in archive.infolist()
        if not member.filename.endswith("/") and all(map(visible, PurePosixPath(member.filename).parts))
    ]
    if len(found) > bounds.files:
        raise DataError(f"{name} holds more than {bounds.files:,} files: keep at most that many in it.")
    for member in found:
        _check(member, name, bounds)
    together = sum(member.file_size for member in found)
    if together > bounds.together:
        raise DataError(
            f"{name} takes {together / 1e9:.1f} GB unpacked, but {bounds.together / 1e9:g} GB are allowed: take some "
            f"pictures out."
        )
    packed = sum(member.compress_size for member in found)
    if together > UNQUESTIONED_BYTES and together > RATIO * packed:
        raise DataError(
            f"{name} takes {together / 1e6:.0f} MB unpacked, {together // max(packed, 1):,} times what it is packed, "
            f"as a zip bomb does: unpack it yourself and bring the files."
        )
    return sorted(found, key=lambda member: PurePosixPath(member.filename))


def content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """One member unpacked: never more than it declares, and all of that. Raises DataError if it is damaged."""
    with _readable(name), archive.open(member) as file:
        # With a size given, no more than that is unpacked; `archive.read` unpacks all there is and then cuts it.
        found = file.read(member.file_size)
        if len(found) < member.file_size:
            raise EOFError("it is cut short")
    return found


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Turn what zipfile raises on a damaged file into a DataError."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise DataError(f"{name} holds a name that is not UTF-8: rename its files and pack it again.") from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, zlib.error) as error:
        raise DataError(f"{name} is not a zip file that can be read ({shown(str(error))}): pack it again.") from error


def visible(part: str) -> bool:
    """Whether a file or folder of this name is one that a person put there."""
    return not part.startswith(".") and part != "__MACOSX"


def _check_path(filename: str, name: str) -> None:
    path = PurePosixPath(filename.replace("\\", "/"))
    if not path.parts:
        raise DataError(f"{name} holds a file without a name: pack it again.")
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", filename):
        raise DataError(
            f"{name} holds the path {shown(filename)}, which leaves its folder: pack it again without that."
        )


def _check(member: zipfile.ZipInfo, name: str, bounds: Several) -> None:
    inside = shown(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise DataError(f"{name} holds the link {inside}: pack the file itself instead.")
    if member.flag_bits & 1:
        raise DataError(f"{name} is protected by a password: pack it again without one.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(f"{name} is packed in a way that is not read here: pack it again as an ordinary zip file.")
    if member.file_size > bounds.one:
        raise DataError(
            f"{inside} in {name} takes {member.file_size / 1e6:.0f} MB unpacked, but {bounds.one / 1e6:.0f} MB are "
            f"allowed: take it out."
        )


def _check_entries(file: IO[bytes], name: str, bounds: Several) -> None:
    """Python holds a record of each entry, 20 times as large as the entry: so they are counted first.

    Hidden files and folders are entries as well, which is why there may be several times as many.
    """
    left = 4 * bounds.files
    kept = b""
    file.seek(0)
    while left >= 0 and (chunk := file.read(_CHUNK)):
        left -= (kept + chunk).count(ENTRY)
        kept = chunk[-3:]
    if left < 0:
        raise DataError(f"{name} holds more than {bounds.files:,} files: keep at most that many in it.")
    file.seek(0)
