"""Files that people upload: kept once for each of them, where a worker can read them.

In settings, links and saved runs an upload has a name that tells neither where it lies nor who brought it, and that
nobody else can find out without being given it.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from gan_core.files.atomic_write import write_whole
from gan_core.files.cache_folder import cache_folder
from gan_core.files.errors import DataError

_NAME = re.compile(r"upload:([0-9a-f]{16})-[0-9a-f]{24}\.zip")


def keep(content: bytes, owner: str) -> str:
    """Keep a zip file of this owner, and return its name; the same content has the same name. Raises OSError."""
    name = f"upload:{_mark(owner)}-{hashlib.sha256(content).hexdigest()[:24]}.zip"
    path = _path(name)
    if not path.exists():
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
