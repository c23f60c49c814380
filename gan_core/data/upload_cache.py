"""Files that people upload: kept once for each of them, where a worker can read them.

In settings, links and saved runs an upload has a name that tells neither where it lies nor who brought it, and that
nobody else can find out without being given it.
"""

from __future__ import annotations

import hashlib
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gan_core.files.atomic_write import write_whole
from gan_core.files.cache_folder import cache_folder
from gan_core.files.errors import DataError

_NAME = re.compile(r"upload:([0-9a-f]{16})-[0-9a-f]{24}\.zip")


@dataclass(frozen=True)
class Upload:
    """A zip file that is kept."""

    name: str
    size: int  # in bytes
    kept: datetime  # since when


def kept(owner: str) -> list[Upload]:
    """What is kept of this owner, the newest first."""
    found = []
    for path in (cache_folder() / "uploads").glob(f"{_mark(owner)}-*.zip"):
        with suppress(OSError):  # deleted meanwhile
            there = path.stat()
            found.append(Upload(f"upload:{path.name}", there.st_size, datetime.fromtimestamp(there.st_mtime, UTC)))
    return sorted(found, key=lambda upload: upload.kept, reverse=True)


def delete(name: str, owner: str) -> None:
    """Delete an upload of this owner; nothing where there is none. Raises OSError."""
    if belongs(name, owner):
        _path(name).unlink(missing_ok=True)


def keep(content: bytes, owner: str, most_mb: float = math.inf) -> str:
    """Keep a zip file of this owner, and return its name; the same content has the same name. Raises OSError, and
    DataError where all of this owner would be more than `most_mb` megabytes."""
    name = f"upload:{_mark(owner)}-{hashlib.sha256(content).hexdigest()[:24]}.zip"
    path = _path(name)
    if not path.exists():
        used = sum(upload.size for upload in kept(owner))
        if used + len(content) > most_mb * 1e6:
            raise DataError(
                f"Not kept: your uploads take {used / 1e6:.0f} of {most_mb:.0f} MB (GAN_MB_EACH), and this zip needs "
                f"{len(content) / 1e6:.1f} MB. Delete some on the page Runs, or upload a smaller one."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return name


def is_upload(folder: str) -> bool:
    """Whether the setting `folder` names an upload."""
    return folder.startswith("upload:")


def belongs(folder: str, owner: str) -> bool:
    """Whether it is an upload of this owner."""
    found = _NAME.fullmatch(folder)
    return found is not None and found[1] == _mark(owner)


def found(folder: str) -> Path:
    """Where the upload lies. Raises DataError where it is not here."""
    if not _NAME.fullmatch(folder) or not _path(folder).is_file():
        raise missing(folder)
    return _path(folder)


def missing(folder: str) -> DataError:
    """What is said of an upload that is not here, or that is somebody else's."""
    return DataError(f"folder: {folder!r} is not one of your uploads on this server: upload the zip of pictures again.")


def _mark(owner: str) -> str:
    return hashlib.sha256(f"upload of {owner}".encode()).hexdigest()[:16]


def _path(name: str) -> Path:
    return cache_folder() / "uploads" / name.removeprefix("upload:")
