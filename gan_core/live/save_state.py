"""Where a live run is saved, and whether the saved one follows it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from gan_core.files.folder_lock import FolderLock


@dataclass(frozen=True)
class SaveState:
    """The saved run that a live one belongs to, as the page sees it."""

    run_id: str  # in the store; empty where it could not be saved at all
    name: str
    step: int | None  # where the saved run stands; None before it was first written
    follows: bool  # it is brought up to date with each checkpoint
    busy: bool  # it is about to be
    trouble: str  # why it could not be the last time, in words


class SaveRecord:
    """What is known of the saved run, to be used under the scheduler's lock."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.name = ""
        self.step: int | None = None
        self.lock: FolderLock | None = None  # held as long as the saved run follows this one
        self.wanted = False  # with the checkpoint that the worker was asked for
        self.due = False  # now
        self.writing = False
        self.refusal = ""  # why there is no checkpoint to write
        self.trouble = ""
        self.checkpointed = -1  # the newest checkpoint whose rows and pictures were all heard of

    @property
    def state(self) -> SaveState | None:
        """What the page may see of it; None for a run that was never saved."""
        if self.folder is None and not self.trouble:
            return None
        run_id = self.folder.name if self.folder else ""
        busy = self.wanted or self.due or self.writing
        return SaveState(run_id, self.name, self.step, self.lock is not None, busy, self.trouble)

    def begin(self, folder: Path, name: str, step: int | None, lock: FolderLock | None) -> None:
        """From now on the run belongs to the saved run in this folder, which stands at `step`."""
        self.leave()
        self.folder, self.name, self.step, self.lock = folder, name, step, lock

    def leave(self) -> None:
        """The run is another now; the saved one stays as it is. One that never came to be is gone."""
        if self.lock is not None:
            self.lock.close()
        if self.folder is not None and self.step is None and not self.writing:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = self.step = self.lock = None
        self.name = self.trouble = self.refusal = ""
        self.wanted = self.due = False

    def opened(self) -> None:
        """A worker has begun with the run: no checkpoint of its own yet."""
        self.checkpointed = -1

    def heard(self, step: int, asked: bool) -> None:
        """A checkpoint of this step was written; `asked`: it is the one that is wanted."""
        self.checkpointed = step
        self.refusal = ""
        self.due = self.folder is not None and (self.due or (asked and self.wanted) or self.lock is not None)
        self.wanted = self.wanted and not asked

    def refused(self, words: str) -> None:
        """A checkpoint could not be written, so the saved run cannot be brought up to date."""
        if self.folder is not None:
            self.wanted, self.due, self.refusal = False, True, words

    def worker_lost(self) -> None:
        """No more checkpoint will come: the last one has to do."""
        self.due, self.wanted = self.due or self.wanted, False
