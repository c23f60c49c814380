"""Watched runs on disk: training loops that are not ours, as `gan_core.watch` writes them while they train.

The folder is that of a saved run (see run_folder.py), with `watch.json` instead of an experiment and a checkpoint:
nobody knows its settings, and it cannot go on from here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from gan_core.diagnosis.loop_verdict import loop_verdict
from gan_core.diagnosis.row import Row
from gan_core.files.atomic_write import told, write_whole
from gan_core.files.ordinary import read_ordinary
from gan_core.messages.frame import Frame, Opening
from gan_core.saved_runs.label import read_label
from gan_core.saved_runs.run_folder import (
    ROWS,
    History,
    SavedRunError,
    in_one_sentence,
    last_frame,
    read_frames,
    read_opening,
    read_rows,
    write_shown,
)

WATCH = "watch.json"
MOST_WATCH = 2**16  # bytes
QUIET_S = 120.0  # without a new row for so long, a loop that did not end is thought to have been cut off


@dataclass(frozen=True)
class LoopFacts:
    """What is known of a loop that is not ours."""

    data_range: tuple[float, float]  # of the real images: black and white
    every: int  # steps between two rows
    shape: tuple[int, ...] | None = None  # (C, H, W) of its images; None where none were handed over
    shown: tuple[int, int] | None = None  # (H, W) of one image on its pictures, where large ones are reduced
    ended: bool = False  # whether it said that it had ended


@dataclass(frozen=True)
class WatchedHeading:
    """What a list shows of a watched run without reading its history."""

    folder: Path
    name: str  # as people see it; may be changed
    created: datetime
    saved: datetime  # when it was last written
    facts: LoopFacts

    @property
    def run_id(self) -> str:
        """The name of the folder: stays when the run is renamed."""
        return self.folder.name

    def trains(self, now: datetime) -> bool:
        """Whether it is likely to be training still."""
        return not self.facts.ended and (now - self.saved).total_seconds() < QUIET_S


@dataclass(frozen=True)
class WatchedRun(WatchedHeading):
    """A watched run with its history, oldest first."""

    rows: tuple[Row, ...]
    frames: tuple[Frame, ...]
    opening: Opening | None  # None where no real images were handed over

    @property
    def step(self) -> int:
        """The last that was measured."""
        return self.rows[-1].step if self.rows else 0


_facts = TypeAdapter(LoopFacts)


def is_watched(folder: Path) -> bool:
    """Whether a folder is that of a watched run."""
    return (folder / WATCH).is_file()


def read_watched_heading(folder: Path) -> WatchedHeading:
    """The heading of the watched run in a folder. Raises SavedRunError."""
    with in_one_sentence(folder):
        path = folder / WATCH
        facts = _facts.validate_json(read_ordinary(path, MOST_WATCH))
        name, created, _ = read_label(folder)
        written = max(file.stat().st_mtime for file in (path, folder / ROWS) if file.exists())
        saved = datetime.fromtimestamp(written, UTC)
    return WatchedHeading(folder, name, created or saved, saved, facts)


def read_watched(folder: Path) -> WatchedRun:
    """The watched run in a folder, with its history. Raises SavedRunError."""
    heading = read_watched_heading(folder)
    with in_one_sentence(folder):
        return WatchedRun(
            **vars(heading), rows=read_rows(folder), frames=read_frames(folder), opening=read_opening(folder)
        )


def rows_and_picture(folder: Path) -> tuple[tuple[Row, ...], bytes | None]:
    """The rows and the newest picture as PNG, for a list. Raises SavedRunError."""
    frame = last_frame(folder)
    return read_rows(folder), bytes(frame.fake_png) if frame else None


def as_dict(heading: WatchedHeading) -> dict[str, Any]:
    """What a list of runs tells of one, for JSON."""
    try:
        rows, _ = rows_and_picture(heading.folder)
    except SavedRunError as error:
        return {"id": heading.run_id, "trouble": str(error)}
    of = loop_verdict(rows)
    return {
        "id": heading.run_id,
        "name": heading.name,
        "folder": str(heading.folder),
        "watched": True,
        "step": rows[-1].step if rows else 0,
        "saved": heading.saved.isoformat(timespec="seconds"),
        "verdict": of.state,
        "findings": [finding.failure for finding in of.findings],
    }


def write_facts(folder: Path, facts: LoopFacts) -> None:
    """Say what is known of the loop. Raises NotWritten."""
    with told(folder / WATCH):
        write_whole(folder / WATCH, json.dumps(asdict(facts)))


def write_watched(folder: Path, facts: LoopFacts, history: History) -> None:
    """Write all of a watched run anew. Raises NotWritten."""
    write_facts(folder, facts)
    write_shown(folder, history)
