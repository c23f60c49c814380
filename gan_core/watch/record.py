"""The watched run on disk as it grows: in the store of saved runs, of bounded size, and never in the loop's way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gan_core.diagnosis.row import Row
from gan_core.files.atomic_write import NotWritten
from gan_core.messages.frame import Frame, Opening
from gan_core.saved_runs.run_folder import History, append_frame, append_row
from gan_core.saved_runs.store import Store, StoreError
from gan_core.saved_runs.watched_runs import LoopFacts, write_facts, write_watched

MOST_ROWS = 600
MOST_FRAMES = 64
LONGEST_REST = 63  # rows that are not tried to be written after attempts that failed

Entry = TypeVar("Entry")


class WatchRecord:
    """Rows and frames of a watched run, in memory and in a folder.

    `tell` is given one sentence where the folder cannot be written. It is tried again after 1, 2, 4, … rows and at the
    end, and then written whole, which takes as long as many rows.
    """

    def __init__(self, name: str, facts: LoopFacts, opening: Opening | None, tell: Callable[[str], None]) -> None:
        self.facts = facts
        self.opening = opening
        self.rows: list[Row] = []
        self.frames: list[Frame] = []
        self.folder: Path | None = None
        self._name = name
        self._tell = tell
        self._whole = False  # whether the folder has all that is here
        self._failed = 0  # attempts to write since the last that could
        self._rest = 0  # rows until the next attempt
        self._write()

    def add(self, row: Row, frame: Frame | None) -> None:
        """One more look."""
        self.rows.append(row)
        if frame is not None:
            self.frames.append(frame)
        if len(self.rows) > MOST_ROWS or len(self.frames) > MOST_FRAMES:
            self.rows, self.frames = thinned(self.rows, MOST_ROWS), thinned(self.frames, MOST_FRAMES)
            self._whole = False
        self._write(row, frame)

    def end(self) -> None:
        """Say that the loop has ended."""
        self.facts = dataclasses.replace(self.facts, ended=True)
        if not self._whole:
            self._rest = 0
            self._write()
            return
        try:
            if self.folder is not None:
                write_facts(self.folder, self.facts)
        except NotWritten as error:
            self._tell(str(error))

    def _write(self, row: Row | None = None, frame: Frame | None = None) -> None:
        if self._rest > 0:
            self._rest -= 1
            return
        try:
            if self.folder is None:
                self.folder = Store.from_environment().new(self._name)
            if not self._whole:
                write_watched(self.folder, self.facts, History(tuple(self.rows), tuple(self.frames), self.opening))
                self._whole, self._failed = True, 0
                return
            self._whole = False  # until both are written: half a line must not be followed by another
            if frame is not None:
                append_frame(self.folder, frame)
            if row is not None:
                append_row(self.folder, row)
            self._whole = True
        except (NotWritten, StoreError) as error:
            self._rest = min(2**self._failed - 1, LONGEST_REST)
            self._failed += 1
            self._tell(f"{error} The training goes on, and findings() answers.")


def thinned(entries: list[Entry], most: int) -> list[Entry]:
    """At most `most` entries: where there are more, every second of the older half is dropped."""
    if len(entries) <= most:
        return entries
    older = len(entries) // 2
    return entries[:older:2] + entries[older:]
