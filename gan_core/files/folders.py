"""Folders: which files are in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from gan_core.files.archives import visible
from gan_core.files.bounds import Several
from gan_core.files.errors import DataError, shown


def folder_size(folder: Path) -> int:
    """Bytes of all files in a folder, also while somebody writes there."""
    size = 0
    for place, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):  # it has another name by now
                size += Path(place, name).lstat().st_size
    return size


def folders_in(place: Path) -> list[Path]:
    """The folders in one, without links; none where it cannot be read."""
    try:
        return [path for path in place.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


@contextmanager
def readable(path: Path, name: str) -> Iterator[None]:
    """Turn an OSError of the block into a DataError. `name` is what its sentence begins with, before the path."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{name}{shown(str(error.filename or path))} cannot be read ({error.strerror}): check that it is there "
            f"and its permissions."
        ) from error


def listed(root: Path, name: str, bounds: Several) -> list[PurePosixPath]:
    """The ordinary, visible files below a folder, sorted, as paths in it.

    Raises DataError for too many files, or a folder that cannot be read; its sentence begins with `name`.
    """
    names: list[PurePosixPath] = []

    def refuse(error: OSError) -> None:
        raise error  # os.walk would pass over a folder that it may not read.

    with readable(root, name):
        for place, folders, files in os.walk(root, onerror=refuse):
            folders[:] = [folder for folder in folders if visible(folder)]
            # A pipe or a device would block whoever opens it.
            inside = [Path(place, file) for file in files if visible(file)]
            names += [PurePosixPath(file.relative_to(root).as_posix()) for file in inside if file.is_file()]
            if len(names) > bounds.files:
                raise DataError(
                    f"{name}{shown(str(root))} holds more than {bounds.files:,} files: keep at most that many in it."
                )
    return sorted(names)
