"""Where a live run is saved, and whether the saved one follows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gan_core.files.folder_lock import FolderLock


@dataclass(frozen=True)
class SavedAs:
    """The saved run that a live one belongs to. `run_id` is that in the store, empty where there is none; `step` is
    where the saved one stands, None before it was first written; `follows`: it is brought up to date with each
    checkpoint; `busy`: it is about to be; `trouble` says in words why it could not be the last time."""

    run_id: str
    name: str
    step: int | None
    follows: bool
    busy: bool
    trouble: str


class Saving:
    """What is known of it, to be used under the registry's lock."""

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
    def seen(self) -> SavedAs | None:
        """What the page may see of it."""
        if self.folder is None and not self.trouble:
            return None
        run_id = self.folder.name if self.folder else ""
        busy = self.wanted or self.due or self.writing
        return SavedAs(run_id, self.name, self.step, self.lock is not None, busy, self.trouble)

    def begin(self, folder: Path, name: str, step: int | None, lock: FolderLock | None) -> None:
        """From now on the run belongs to the saved run in this folder, which stands at `step`."""
        self.leave()
        self.folder, self.name, self.step, self.lock = folder, name, step, lock

    def leave(self) -> None:
        """The run is another now; the saved one stays as it is."""
        if self.lock is not None:
            self.lock.close()
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
