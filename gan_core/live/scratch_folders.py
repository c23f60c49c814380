"""The folders that runs keep their files in, and the removal of those whose server was killed.

Each holds a file that names the process it belongs to and that this process keeps locked: the system lifts the
lock when the process ends, however it ends. A process id with a start time would do less: another container that
shares the folder for temporary files has ids of its own, and clocks are put right.

On Windows, where a locked file could not be removed with its folder, nothing is locked and nothing is looked for.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

PREFIX = "gan-run-"
OWNER = "owner"

_log = logging.getLogger(__name__)


class ScratchFolder:
    """A new folder among the temporary files, this process's own as long as this object is kept. Raises OSError."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._owner = None if sys.platform == "win32" else _own(self.path)

    def remove(self) -> None:
        """Remove the folder with all that is in it; where that fails, a warning is logged."""
        _remove(self.path)
        if self._owner is not None:
            self._owner.close()


def found_folders() -> list[Path]:
    """All run folders among the temporary files, by name, whoever's they are."""
    if sys.platform == "win32":
        return []
    try:
        return sorted(Path(tempfile.gettempdir()).glob(PREFIX + "*"))
    except FileNotFoundError:
        return []  # no folder for temporary files; whoever starts a run is told


def remove_if_left(folder: Path) -> None:
    """Remove a run folder whose process has ended. One whose process lives, that names none, or that is another
    person's is left alone; where the removal fails, a warning is logged."""
    assert sys.platform != "win32"
    try:
        if folder.lstat().st_uid != os.getuid():
            return
        with (folder / OWNER).open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            process = file.read()
            if process.isdigit():
                _log.info("The server with process id %d was killed; its %s is removed.", int(process), folder)
                _remove(folder)
    except (BlockingIOError, FileNotFoundError, NotADirectoryError):
        return  # it lives, has no name yet, or is gone
    except OSError as error:
        _log.warning("Whether %s was left by a killed server cannot be told: %s.", folder, error)


def _own(folder: Path) -> BinaryIO | None:
    """Make the folder this process's own; returns the locked file, None where that cannot be."""
    assert sys.platform != "win32"
    file = None
    try:
        file = (folder / OWNER).open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)  # waits at most for another server that just looks at the folder
        file.write(str(os.getpid()).encode())  # only now: who finds no name leaves the folder alone
        return file
    except OSError as error:
        _log.warning("%s cannot be locked (%s): it stays behind if this server is killed.", folder, error)
        if file is not None:
            file.close()
        return None


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        _log.warning("The files of a run could not be removed: %s.", error)
