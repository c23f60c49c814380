"""Reading from a folder that anybody may have put anything into, also while the program runs."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def check_ordinary(path: Path, most: int | None = None) -> None:
    """Raise ValueError, in a sentence that names the file, for what is no ordinary file, or has more than so many
    bytes; OSError where there is none.

    A pipe or a device would block whoever opens it, or never end, and a link leads out of the folder.
    """
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise ValueError(f"{path.name} is a link: put the file itself in its place")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path.name} is not an ordinary file: remove it")
    if most is not None and found.st_size > most:
        raise ValueError(f"{path.name} has more than {most:,} bytes")


def read_ordinary(path: Path, most: int) -> bytes:
    """All of an ordinary file of at most so many bytes. Raises as `check_ordinary` does."""
    check_ordinary(path, most)
    return path.read_bytes()


def there(path: Path) -> bool:
    """Whether anything has this name, also a link that leads nowhere."""
    return os.path.lexists(path)
