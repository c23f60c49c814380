"""A folder that one process, and in it one writer, writes to at a time.

The system lifts the lock when the process ends, however it ends.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from gan_core.files.atomic_write import TEMPORARY, told

LOCK = "run.lock"  # an empty file in the folder, which stays there: who removes it would let two writers in


class Locked(ValueError):
    """Somebody else writes to the folder; one sentence."""


class FolderLock:
    """The right to write to a folder, from now until `close`; files that a killed writer left half written are
    removed. Raises Locked, and NotWritten where the folder cannot be written to."""

    def __init__(self, folder: Path) -> None:
        # Taken by one thread and given back by another: a run is saved by a thread and forgotten by a page.
        self._lock = FileLock(folder / LOCK, thread_local=False)
        with told(folder):
            folder.stat()  # one that is not there would be made
            try:
                self._lock.acquire(blocking=False)
            except Timeout:
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
        self._lock.release()
