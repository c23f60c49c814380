"""Which folders runs may read pictures from: any, or on a server that others reach only those that were named for it.

What is decided stands in the environment, so that the processes that a server starts know it as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from gan_core.files.errors import DataError

_VARIABLE = "GAN_ONLY_FOLDERS"  # of this process and its children; nobody sets it by hand


def confine(folders: Iterable[str]) -> None:
    """From now on read pictures only below these folders, and uploads."""
    os.environ[_VARIABLE] = os.pathsep.join(str(Path(folder).resolve()) for folder in folders if folder)


def anywhere() -> bool:
    """Whether a folder may be any that can be read."""
    return _VARIABLE not in os.environ


def roots() -> list[Path]:
    """The folders below which pictures may be read, where they may not be just anywhere."""
    return [Path(folder) for folder in os.environ.get(_VARIABLE, "").split(os.pathsep) if folder]


def allowed(folder: str) -> Path:
    """The folder or zip file that a path stands for, links followed. Raises DataError where it is not below one that
    is allowed, with the same sentence whether or not it exists; and where it cannot be found below one."""
    refused = DataError(
        f"folder: {folder!r} is not among the folders that this server allows: upload a zip of pictures instead."
    )
    # By its letters first: asking the disk about a path that is not allowed could tell, by the time it takes.
    if "\0" in folder or not _below(Path(os.path.abspath(folder))):
        raise refused
    try:
        path = Path(folder).resolve()
        there = _below(path) and (path.is_dir() or path.is_file())
    except (OSError, RuntimeError):  # a name that is too long, links in a circle
        raise refused from None
    if not _below(path):
        raise refused
    if not there:
        raise DataError(f"folder: {folder!r} cannot be found: give the path of a folder or zip file of pictures.")
    return path


def inside(file: Path, folder: Path) -> bool:
    """Whether a file in a folder may be read: everywhere, or where no link leads out of the folder."""
    return anywhere() or file.resolve().is_relative_to(folder)


def _below(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in roots())
