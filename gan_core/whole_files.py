"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


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
