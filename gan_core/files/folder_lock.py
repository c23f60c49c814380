"""A folder that one process, and in it one writer, writes to at a time: the system lifts the lock when the process
ends, however it ends. On Windows, where a locked file could not be moved with its folder, nothing is locked.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gan_core.files.atomic_write import TEMPORARY, told

if sys.platform != "win32":
    import fcntl


class Locked(ValueError):
    """Somebody else writes to the folder; one sentence."""


class FolderLock:
    """The right to write to a folder, from now until `close`; files that a killed writer left half written are
    removed. Raises Locked, and NotWritten where the folder cannot be written to."""

    def __init__(self, folder: Path) -> None:
        self._open: int | None = None
        if sys.platform != "win32":
            with told(folder):
                self._open = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(self._open, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.close()
                raise Locked(f"{folder.name} is being written by another run: stop that first.") from None
        for left in [*folder.glob(TEMPORARY), *folder.glob(f"*/{TEMPORARY}")]:
            with told(left):
                left.unlink(missing_ok=True)

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the right back."""
        if self._open is not None:
            os.close(self._open)
            self._open = None
