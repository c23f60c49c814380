"""The thread that writes live runs to the store, so that neither pages nor turns wait for a disk.

A run is written when its worker has made a checkpoint: once when somebody saves it, and each time where the saved run
follows the live one.
"""

from __future__ import annotations

import logging
import shutil
import threading
from contextlib import nullcontext
from pathlib import Path

from gan_core.files.folder_lock import FolderLock
from gan_core.files.folders import folder_size
from gan_core.live.errors import RunError, UnknownRun
from gan_core.live.run import Run
from gan_core.live.scheduler import Scheduler
from gan_core.messages.commands_and_reports import Checkpoint
from gan_core.saved_runs.run_folder import CHECKPOINT, History, read_heading, write_run
from gan_core.saved_runs.store import Store, StoreError

DELETED = "The saved run was deleted: restore it on the page Runs, or save this one as a new run."


REPORTS_S = 10.0  # how long a save waits for what a worker has yet to tell of its checkpoint: others wait in line

log = logging.getLogger(__name__)


class _Left(Exception):
    """The live run is another now, or gone; the saved one stays as it was."""


class SaveThread:
    """Saves live runs. Every method may be called from any thread, and only `close` waits for a disk that is slow: what
    came of the others is in the run's snapshot. They raise RunError, or a ValueError of the store, in one sentence."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="gan-save", daemon=True)
        self._thread.start()

    def save_as(self, run_id: str, name: str) -> None:
        """Save a live run as a new one, which from now on follows it. Raises StoreError, NotWritten."""
        with self._scheduler.lock:
            store = _store_of(self._known(run_id))
        folder = store.new(name)
        try:
            with self._scheduler.lock:
                run = self._known(run_id)
                run.saving.begin(folder, name, None, FolderLock(folder))
                self._want(run)
        except (RunError, ValueError):
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def save(self, run_id: str) -> None:
        """Bring the saved run that a live one belongs to up to date with it."""
        with self._scheduler.lock:
            run = self._known(run_id)
            if run.saving.folder is None:
                raise RunError("This run is not saved yet: give it a name.")
            self._want(run)

    def follow(self, run_id: str, on: bool) -> None:
        """Have the saved run follow the live one from now on, or stand where it is. Raises Locked where it follows
        another one."""
        with self._scheduler.lock:
            saving = self._known(run_id).saving
            if on and saving.folder is not None and saving.lock is None:
                saving.lock = FolderLock(saving.folder)
                self._want(self._known(run_id))
            elif not on and saving.lock is not None:
                saving.lock.close()
                saving.lock = None

    def close(self) -> None:
        """Write no more."""
        with self._scheduler.lock:
            self._closed = True
            self._scheduler.saves.notify_all()
            self._scheduler.changed.notify_all()
        self._thread.join()

    def _known(self, run_id: str) -> Run:
        run = self._scheduler.runs.get(run_id)
        if run is None:
            raise UnknownRun("This run is no longer here; start it again.")
        if run.phase == "refused":
            raise RunError("This run could not start: there is nothing to save.")
        return run

    def _want(self, run: Run) -> None:
        run.saving.wanted = True
        if run.alive:
            run.send(Checkpoint())
        elif not self._scheduler.has_worker(run):  # else its last checkpoint is yet to come
            run.saving.worker_lost()
        self._scheduler.saves.notify()
        self._scheduler.changed.notify_all()

    # -------------------------------------------------------------------------------- the thread

    def _run(self) -> None:
        while True:
            with self._scheduler.lock:
                run = self._next()
                while run is None and not self._closed:
                    self._scheduler.saves.wait()
                    run = self._next()
                if self._closed or run is None:
                    return
                saving, folder = run.saving, run.saving.folder
                saving.due = False
                saving.writing = True
                first = saving.step is None
                refusal, saving.refusal = saving.refusal, ""
            assert folder is not None
            trouble, step, name = "", None, ""
            try:
                if refusal:
                    raise StoreError(refusal)
                step = self._write(run, folder)
                name = read_heading(folder).name
            except _Left:
                pass
            except (ValueError, OSError) as error:
                trouble = str(error) if folder.is_dir() else DELETED
            except Exception as error:  # this thread saves everybody's runs
                log.exception("A run could not be saved.")
                trouble = f"The run could not be saved ({type(error).__name__}); the server's log says more."
            if first and step is None and not (folder / CHECKPOINT).exists():
                shutil.rmtree(folder, ignore_errors=True)  # it never came to be
            with self._scheduler.lock:
                saving.writing = False
                if saving.folder == folder:
                    saving.trouble = trouble
                    if step is not None:
                        saving.step, saving.name = step, name
                    elif saving.step is None:
                        saving.leave()
                        saving.trouble = trouble
                self._scheduler.changed.notify_all()

    def _next(self) -> Run | None:
        return next((run for run in self._scheduler.runs.values() if run.saving.due and run.saving.folder), None)

    def _write(self, run: Run, folder: Path) -> int:
        """Write the run's newest checkpoint and what led to it; returns its step."""
        if not folder.is_dir():
            raise StoreError(DELETED)
        if not run.checkpoint.exists():
            raise StoreError("This run has no checkpoint yet: start it first.")
        with nullcontext() if run.saving.lock else FolderLock(folder):
            with self._scheduler.lock:
                pictures = sum(len(frame.fake_png) for frame in run.frames.entries)
            more = run.checkpoint.stat().st_size + pictures - folder_size(folder)
            _store_of(run).check_room(max(0, more))
            return write_run(folder, run.checkpoint, lambda step: self._history(run, folder, step))

    def _history(self, run: Run, folder: Path, step: int) -> History:
        """All that led to a checkpoint, once the worker's reports until then were heard."""

        def left() -> bool:
            return run.saving.folder != folder or self._closed

        with self._scheduler.lock:
            told = self._scheduler.changed.wait_for(
                lambda: left() or run.saving.checkpointed >= step or not self._scheduler.has_worker(run), REPORTS_S
            )
            if left():
                raise _Left
            if not told:
                raise StoreError("Not saved: the run's process does not answer. What was saved before is unchanged.")
            return History(run.rows.entries, run.frames.entries, run.opening, run.changes)


def _store_of(run: Run) -> Store:
    """The store as the run's owner sees it."""
    return Store.from_environment().seen_by(run.owner, everything=False)
