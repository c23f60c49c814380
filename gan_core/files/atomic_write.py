"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from gan_core.files.written_files import is_ours, remember

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EROFS, errno.EACCES, errno.EPERM)


TEMPORARY = ".*.[0-9]*-[0-9]*.part"  # names of files that are still being written


class NotWritten(ValueError):
    """A file could not be written; one sentence with its path and the remedy."""


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A binary file to write, under a temporary name in the same folder; it becomes `path` when the block ends.

    An older file stays until then, and for good if the block fails; nothing else is left behind. Raises OSError.
    """
    # No two threads or processes share the name.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with temporary.open("wb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that is there whole or not at all; an older one stays until then. Raises OSError."""
    with writing_whole(path) as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files of which either all become the new ones or all stay what they were, their folders made where they
    are missing. Raises NotWritten."""
    with ExitStack() as stack:
        for path, content in files.items():
            stack.enter_context(told(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():  # else known only when others have their names already
                raise IsADirectoryError(errno.EISDIR, "a folder has this name", str(path))
            file = stack.enter_context(writing_whole(path))
            file.write(content)
            file.flush()  # a full disk must show before the first file gets its name


def write_new(files: Mapping[Path, bytes], force: bool) -> None:
    """`write_together`, but never over a file that this did not write, unless with `force`. Raises NotWritten.

    One of the same content stays as it is.
    """
    for path, content in files.items():
        if path.is_dir() or force or not os.path.lexists(path) or is_ours(path):
            continue  # a folder is refused in any case
        with told(path):
            same = path.is_file() and not path.is_symlink() and path.stat().st_size == len(content)
            if not same or path.read_bytes() != content:
                raise NotWritten(f"{path} is there already: choose another place, or replace it with --force.")
    write_together(files)
    for path, content in files.items():
        remember(path, content)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into the sentence of NotWritten, about this file."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            why = "there is no room left: make some, or choose another place"
        elif error.errno in _NO_RIGHT:
            why = "the folder is read-only or somebody else's: choose another place, or have it opened to you"
        else:
            why = f"{error.strerror or error}: choose another place"
        raise NotWritten(f"{path} cannot be written, {why}; what was there before is unchanged.") from error
