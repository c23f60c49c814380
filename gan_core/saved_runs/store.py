"""All saved runs of this machine: the folder that `GAN_HOME` names, each folder in it a run (see run_folder.py).

What is deleted lies in `.deleted` for a day and can be restored until then.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from gan_core.diagnosis.verdict import Verdict, verdict
from gan_core.files.atomic_write import NotWritten, told
from gan_core.files.folders import folder_size, folders_in
from gan_core.saved_runs.label import LABEL, MOST_NAME, owner_of, write_label
from gan_core.saved_runs.run_folder import (
    CHECKPOINT,
    EXPERIMENT,
    ROWS,
    Heading,
    SavedRun,
    SavedRunError,
    last_frame,
    read_heading,
    read_rows,
    read_run,
)
from gan_core.saved_runs.watched_runs import (
    WATCH,
    WatchedHeading,
    WatchedRun,
    is_watched,
    read_watched,
    read_watched_heading,
)

DELETED = ".deleted"
# The id of a saved run; those of earlier versions end in six digits, which can be tried out.
_UNGUESSABLE = re.compile(r"\d{8}-\d{6}-[0-9a-f]{16}")
LONGEST = 255  # bytes of a folder's name, which no disk exceeds
KEPT_S = 24 * 3600.0  # how long a deleted run can be restored
MOST_MB = 5000.0
EACH_MB = 200.0


class StoreError(ValueError):
    """What was asked of the saved runs cannot be; one sentence with the remedy."""


@dataclass(frozen=True)
class Damaged:
    """A folder that cannot be opened as a run."""

    run_id: str  # the folder's name
    words: str  # why, in one sentence
    ours: bool  # whether it looks like a run, so that it may be deleted


@dataclass(frozen=True)
class RunSummary:
    """What a list shows of a saved run beside its heading."""

    picture: bytes | None  # its newest, as PNG; None where there is none
    verdict: Verdict  # at its end
    size: int  # of its folder, in bytes


class Store:
    """The saved runs in one folder, which need not exist yet; at most `most_mb` megabytes.

    Any method may be called from any thread and process at any time. Those that write raise NotWritten where the folder
    cannot be written.
    """

    def __init__(self, home: Path, most_mb: float = MOST_MB, each_mb: float = EACH_MB) -> None:
        self.home = home
        self.most_mb = most_mb
        self.each_mb = each_mb  # of one owner
        self.owner = ""  # of what is saved from now on
        self.everything = True  # whether the others' runs are seen as well

    def seen_by(self, owner: str, *, everything: bool) -> Store:
        """The same runs as this owner may see and change them: his own, or `everything`. Without an owner, all are
        everybody's."""
        store = Store(self.home, self.most_mb, self.each_mb)
        store.owner, store.everything = owner, everything or not owner
        return store

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Store:
        """The folder that GAN_HOME names, else this platform's usual place for a user's data; at most GAN_HOME_MB, and
        GAN_MB_EACH of one owner. Raises StoreError where one of these is no number."""
        most = _megabytes(environment, "GAN_HOME_MB", MOST_MB)
        each = _megabytes(environment, "GAN_MB_EACH", EACH_MB)
        home = environment.get("GAN_HOME") or platformdirs.user_data_path("gan-playground", appauthor=False)
        return cls(Path(home), most, each)

    # -------------------------------------------------------------------------------- looking

    def headings(self) -> list[Heading | Damaged]:
        """All saved runs that can go on, the one saved last first; then what cannot be opened, by name. Raises
        StoreError where the folder cannot be read."""
        return self._listed(self.home)

    def deleted(self) -> list[Heading | WatchedHeading | Damaged]:
        """What can still be restored: saved runs in the same order, then watched ones."""
        gone = self.home / DELETED
        return [*self._listed(gone), *self._watched(gone)] if gone.is_dir() else []

    def watched(self) -> list[WatchedHeading]:
        """The training loops that are not ours, the one written last first. Raises StoreError."""
        return self._watched(self.home)

    def _watched(self, home: Path) -> list[WatchedHeading]:
        found: list[WatchedHeading] = []
        for folder in _runs_in(home):
            if is_watched(folder) and self._sees(folder):
                with contextlib.suppress(SavedRunError):  # told by `_listed`
                    found.append(read_watched_heading(folder))
        return sorted(found, key=lambda heading: (heading.saved, heading.run_id), reverse=True)

    def read_watched(self, run_id: str) -> WatchedRun:
        """A watched run with its history. Raises StoreError and SavedRunError."""
        return read_watched(self.folder(run_id))

    def _listed(self, home: Path) -> list[Heading | Damaged]:
        found: list[Heading] = []
        damaged: list[Damaged] = []
        for folder in filter(self._sees, _runs_in(home)):
            try:
                if is_watched(folder):
                    read_watched_heading(folder)
                else:
                    found.append(_heading(folder, _stamps(folder)))
            except SavedRunError as error:
                damaged.append(Damaged(folder.name, str(error), _ours(folder)))
        newest_first = sorted(found, key=lambda heading: (heading.saved, heading.run_id), reverse=True)
        return [*newest_first, *sorted(damaged, key=lambda folder: folder.run_id)]

    def folder(self, run_id: str) -> Path:
        """The folder of a saved run. Raises StoreError where there is none (any more)."""
        folder = self.home / run_id
        no_name = Path(run_id).name != run_id or run_id.startswith(".") or len(run_id.encode()) > LONGEST
        if no_name or not folder.is_dir() or not self._sees(folder):
            raise StoreError("This saved run is no longer here; it may have been deleted on another page.")
        return folder

    def read(self, run_id: str) -> SavedRun:
        """A saved run with its history. Raises StoreError and SavedRunError."""
        return read_run(self.folder(run_id))

    def given(self, run_id: str) -> SavedRun:
        """A saved run that was named in a link, whoever owns it: an id that nobody can guess is leave to look. Raises
        StoreError and SavedRunError."""
        return read_run((Store(self.home) if can_be_given(run_id) else self).folder(run_id))

    def summary(self, heading: Heading) -> RunSummary:
        """What a list shows beside the heading. Raises SavedRunError."""
        return _summary(heading, _stamps(heading.folder))

    def size(self) -> int:
        """Bytes of all saved runs that are seen, the deleted ones included."""
        return sum(_size(folder, _stamps(folder)) for folder in self._all_folders() if self._sees(folder))

    def _all_folders(self) -> list[Path]:
        places = (self.home, self.home / DELETED)
        # Names with a dot are what was deleted, and the cells of sweeps.
        return [folder for place in places for folder in folders_in(place) if not folder.name.startswith(".")]

    def _sees(self, folder: Path) -> bool:
        return self.everything or owner_of(folder) == self.owner

    # -------------------------------------------------------------------------------- changing

    def new(self, name: str) -> Path:
        """A folder for one more run, with its name. Raises StoreError for a name that is none, or where the room is
        used up."""
        name = _proper(name)
        self.check_room(0)
        now = datetime.now(UTC)
        folder = self.home / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(8)}"
        with told(folder):
            folder.mkdir(parents=True)
        try:
            write_label(folder, name, now, self.owner)
        except NotWritten:
            shutil.rmtree(folder, ignore_errors=True)  # else it would stand in the list as damaged
            raise
        return folder

    def rename(self, run_id: str, name: str) -> None:
        """Give a saved run another name; its folder keeps its own. Raises StoreError, SavedRunError."""
        name = _proper(name)
        folder = self.folder(run_id)
        heading = read_watched_heading(folder) if is_watched(folder) else read_heading(folder)
        write_label(folder, name, heading.created, owner_of(folder))

    def delete(self, run_id: str) -> None:
        """Delete a saved run; `restore` brings it back for a day. Raises StoreError."""
        self._forget_old()
        folder = self.folder(run_id)
        if not _ours(folder):
            raise StoreError(f"{run_id} holds no file of a run: it is not deleted here.")
        with told(folder):
            os.utime(folder)  # the day begins now
            (self.home / DELETED).mkdir(exist_ok=True)
            os.replace(folder, self.home / DELETED / run_id)

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back. Raises StoreError where it is gone for good."""
        folder = self.home / DELETED / run_id
        if Path(run_id).name != run_id or not folder.is_dir() or not self._sees(folder):
            raise StoreError("This run was deleted for good; it cannot be restored any more.")
        with told(self.home / run_id):
            os.replace(folder, self.home / run_id)

    def empty(self) -> None:
        """Delete for good what could still be restored."""
        for folder in folders_in(self.home / DELETED):
            if self._sees(folder):
                _remove(folder)

    def check_room(self, more: int) -> None:
        """Raises StoreError where so many bytes more would be over the limit."""
        self._forget_old()
        sizes = [(owner_of(folder), _size(folder, _stamps(folder))) for folder in self._all_folders()]
        used, own = sum(size for _, size in sizes), sum(size for owner, size in sizes if owner == self.owner)
        if self.owner and own + more > self.each_mb * 1e6:
            raise StoreError(
                f"Not saved: your saved runs take {own / 1e6:.0f} of {self.each_mb:.0f} MB (GAN_MB_EACH), and this one "
                f"needs {max(more, 0) / 1e6:.0f} MB more. Delete some on the page Runs, also for good."
            )
        if used + more > self.most_mb * 1e6:
            raise StoreError(
                f"Not saved: saved runs take {used / 1e6:.0f} of {self.most_mb:.0f} MB (GAN_HOME_MB), and this one "
                f"needs {max(more, 0) / 1e6:.0f} MB more. Delete some on the page Runs; what was saved is unchanged."
            )

    def _forget_old(self) -> None:
        for folder in folders_in(self.home / DELETED):
            with contextlib.suppress(FileNotFoundError):  # another server was first
                if folder.stat().st_mtime < time.time() - KEPT_S:
                    _remove(folder)


def can_be_given(run_id: str) -> bool:
    """Whether nobody can guess the id of a saved run, so that who has it was given it."""
    return _UNGUESSABLE.fullmatch(run_id) is not None


def _megabytes(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, str(default))
    try:
        most = float(text)
    except ValueError:
        most = math.nan
    if not 0 < most < math.inf:
        raise StoreError(f"{name}={text!r} is not a limit: use a number of megabytes above 0.")
    return most


def _proper(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise StoreError(f"A name has 1 to {MOST_NAME} characters, but this has {len(name)}: give it another.")
    return name


def _ours(folder: Path) -> bool:
    """Whether it holds any file of a run; a holiday's pictures in the wrong place must not be deleted from here."""
    return not folder.is_symlink() and any((folder / name).exists() for name in (LABEL, CHECKPOINT, EXPERIMENT, WATCH))


def _runs_in(home: Path) -> list[Path]:
    """The folders that may be runs; none where there is no such place. Raises StoreError."""
    try:
        return [path for path in home.iterdir() if path.is_dir() and not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"{home} cannot be read ({error.strerror}): choose another GAN_HOME.") from None


def _remove(folder: Path) -> None:
    with told(folder), contextlib.suppress(FileNotFoundError):  # another server was first
        shutil.rmtree(folder)


# A list of hundreds is looked at again and again; whoever writes a run renews one of these files.
_Stamps = tuple[int, ...]


def _stamps(folder: Path) -> _Stamps:
    stamps = []
    for name in (CHECKPOINT, LABEL, EXPERIMENT, ROWS):
        try:
            stamps.append((folder / name).stat().st_mtime_ns)
        except OSError:
            stamps.append(0)
    return tuple(stamps)


@functools.lru_cache(2048)
def _heading(folder: Path, _: _Stamps) -> Heading:
    return read_heading(folder)


@functools.lru_cache(2048)
def _size(folder: Path, _: _Stamps) -> int:
    return folder_size(folder)


@functools.lru_cache(256)
def _summary(heading: Heading, stamps: _Stamps) -> RunSummary:
    rows = read_rows(heading.folder)
    frame = last_frame(heading.folder)
    of = verdict(heading.experiment, rows, heading.changes)
    return RunSummary(frame.fake_png if frame else None, of, _size(heading.folder, stamps))
