"""The sweeps that go on in this process: a thread hands their cells to the machines, and keeps what comes back."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from gan_core.cluster.errors import ClusterError
from gan_core.files.errors import DataError
from gan_core.settings.experiment import Experiment
from gan_core.sweep.answers import RefusedCell
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.machines import Machines
from gan_core.sweep.plan import SweepPlan

LOOK_S = 0.5  # how often to look for room, while cells wait for it
# Cells that the machines get for each of their places: one to train, and the next one, so that no place waits until an
# answer has come here and another cell has gone back.
AHEAD = 2


@dataclass(frozen=True)
class SweepState:
    """How it stands with somebody's sweep."""

    plan: SweepPlan
    done: int  # of all cells that can be trained, those that were kept before included
    total: int
    training: int  # cells that the machines have now
    failed: dict[str, str]  # by digest, why a cell could not be trained
    open: bool  # whether there is still something to wait for
    trouble: str = ""  # why it ended early
    waiting: bool = False  # whether live runs have all the room


class Sweeps:
    """The sweeps of this process, one of each owner; their cells are trained in turn.

    `room` tells how many cells may be trained now; None is as many as the machines have places for, and then they are
    handed the next ones ahead. All methods may be called from any thread; none but `wait` and `close` waits for a cell.
    """

    def __init__(
        self,
        open_machines: Callable[[], Machines],
        kept: CellFolder,
        room: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._open_machines, self.kept, self._room = open_machines, kept, room
        self._news = threading.Condition(threading.RLock())
        self._sweeps: dict[str, _Sweep] = {}
        # No lock: the thread that brings an answer may be the one that a call to the machines waits for.
        self._answers: SimpleQueue[tuple[Machines, Experiment, Future[Any]]] = SimpleQueue()
        self._training: dict[str, Future[Any] | None] = {}  # by digest; None while it is handed out
        self._ended: set[str] = set()  # of those, what nobody wants any more
        self._machines: Machines | None = None
        self._thread: threading.Thread | None = None
        self._closed = self._no_room = False

    def begin(self, owner: str, plan: SweepPlan) -> None:
        """Train what is not kept yet of this plan, in the place of this owner's former one. Raises PlanError where
        nothing of it can be trained, CellsFull where nothing more may be kept, DataError for a folder of pictures that
        cannot be read."""
        plan.check()
        self.kept.check_room()
        sweep = _Sweep(plan, self.kept)
        with self._news:
            self._stop(owner)
            self._sweeps[owner] = sweep
            if sweep.open and self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="sweeps", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def seen(self, owner: str) -> SweepState | None:
        """How it stands with this owner's last sweep; None where there was none."""
        with self._news:
            sweep = self._sweeps.get(owner)
            if sweep is None:
                return None
            training = sum(digest in sweep.left for digest in self._training)
            waiting = sweep.open and self._no_room and not training
            return SweepState(
                sweep.plan, sweep.total - len(sweep.left), sweep.total, training, {**sweep.failed}, sweep.open,
                sweep.trouble, waiting,
            )  # fmt: skip

    def going_on(self) -> dict[str, SweepState]:
        """The sweeps that have something left to train, by their owners."""
        with self._news:
            found = {owner: self.seen(owner) for owner in self._sweeps}
        return {owner: state for owner, state in found.items() if state is not None and state.open}

    def stop(self, owner: str) -> None:
        """Train no more of this owner's sweep; what was finished is kept."""
        with self._news:
            self._stop(owner)
            self._news.notify_all()

    def wait(self, owner: str, timeout_s: float) -> SweepState | None:
        """As `seen`, but first wait until a cell more is done, or nothing is left; `timeout_s` seconds at most."""
        with self._news:
            before = self.seen(owner)
            if before is not None and before.open:
                self._news.wait_for(lambda: self._moved(owner, before), timeout_s)
            return self.seen(owner)

    def close(self) -> None:
        """End all, and wait until no process is left."""
        with self._news:
            self._closed = True
            for owner in [*self._sweeps]:
                self._stop(owner)
            thread = self._thread
            self._news.notify_all()
        if thread is not None:
            thread.join()

    def _moved(self, owner: str, before: SweepState) -> bool:
        now = self.seen(owner)
        return now is None or not now.open or now.done != before.done or now.plan is not before.plan

    def _stop(self, owner: str) -> None:
        sweep = self._sweeps.pop(owner, None)
        if sweep is None:
            return
        for digest in sweep.left & self._training.keys():
            future = self._training[digest]
            if future is not None and self._machines is not None and not self._wanted(digest):
                self._ended.add(digest)
                self._machines.end(future)

    # ------------------------------------------------------------------------------------------ its thread

    def _work(self) -> None:
        """Hand out cells and keep what comes back, until nothing is left to do; then the machines are given back."""
        machines: Machines | None = None
        try:
            machines = self._open_machines()
            with self._news:
                self._machines = machines
            while (chosen := self._chosen(machines)) is not None:
                for e in chosen:
                    future = _asked(machines, e)
                    self._started(machines, e, future)
                    future.add_done_callback(partial(self._answered, machines, e))
                for e, future in self._heard():
                    self._take(e, future)
        except Exception as error:  # of a cluster, above all: whatever it is, those who wait are told
            self._fail_all(str(error) or type(error).__name__)
        if machines is not None:
            machines.close()

    def _chosen(self, machines: Machines) -> list[Experiment] | None:
        """The cells to begin now, from one sweep after the other; None where nothing is left, and the thread ends."""
        with self._news:
            if self._closed or (not self._training and not any(sweep.open for sweep in self._sweeps.values())):
                self._thread = self._machines = None
                self._news.notify_all()
                return None
            room, places = self._room(), machines.slots()
            free = (AHEAD * places if room is None else min(room, places)) - len(self._training)
            chosen = [*itertools.islice(self._next_cells(), max(0, free))]
            self._no_room = not chosen and room is not None and any(sweep.queue for sweep in self._sweeps.values())
            return chosen

    def _next_cells(self) -> Iterator[Experiment]:
        """Each is one that is trained, from the moment that it is taken from here."""
        while waiting := [sweep for sweep in self._sweeps.values() if sweep.open and sweep.queue]:
            for sweep in waiting:
                e = sweep.queue.popleft()
                if e.digest in self._training:
                    continue  # another sweep has it trained: both hear of it
                if e.digest in sweep.left:
                    self._training[e.digest] = None
                    yield e
                if not sweep.queue:
                    break

    def _started(self, machines: Machines, e: Experiment, future: Future[Any]) -> None:
        with self._news:
            self._training[e.digest] = future
            if not self._wanted(e.digest):  # it was stopped in this moment
                self._ended.add(e.digest)
                machines.end(future)

    def _answered(self, machines: Machines, e: Experiment, future: Future[Any]) -> None:
        """A cell has come back; called from the thread of an executor."""
        self._answers.put((machines, e, future))

    def _heard(self) -> list[tuple[Experiment, Future[Any]]]:
        """What has come back; waits for the first of it, LOOK_S seconds at most."""
        found = []
        with suppress(Empty):
            found.append(self._answers.get(timeout=LOOK_S))
            while True:
                found.append(self._answers.get_nowait())
        return [(e, future) for machines, e, future in found if machines is self._machines]

    def _take(self, e: Experiment, future: Future[Any]) -> None:
        """Keep a cell, or tell why there is none."""
        why, fatal = "", False
        if future.cancelled():
            why, fatal = "The machines that trained it were lost; what was finished is kept.", True
        elif (error := future.exception()) is not None:
            why, fatal = str(error) or type(error).__name__, isinstance(error, ClusterError)
        elif isinstance(answer := future.result(), RefusedCell):
            why = answer.words
        else:
            try:
                self.kept.write(e, answer)
            except ValueError as error:
                why, fatal = str(error), True
        with self._news:
            self._training.pop(e.digest, None)
            if why and e.digest in self._ended:
                for sweep in self._sweeps.values():  # somebody who came since
                    sweep.queue.extend([e] if e.digest in sweep.left else [])
            elif fatal:
                self._fail_all(why)
            else:
                self._done(e.digest, why)
            self._ended.discard(e.digest)

    def _done(self, digest: str, why: str = "") -> None:
        for sweep in self._sweeps.values():
            if digest in sweep.left:
                sweep.left.remove(digest)
                if why:
                    sweep.failed[digest] = why
        self._news.notify_all()

    def _fail_all(self, why: str) -> None:
        """No cell can be trained any more."""
        with self._news:
            for sweep in self._sweeps.values():
                sweep.trouble = sweep.trouble or (why if sweep.left else "")
            self._thread = None
            self._machines = None
            self._training.clear()
            self._ended.clear()
            self._news.notify_all()

    def _wanted(self, digest: str) -> bool:
        return any(sweep.open and digest in sweep.left for sweep in self._sweeps.values())


def _asked(machines: Machines, e: Experiment) -> Future[Any]:
    """The cell, on its way; a cluster needs its data here to send them, and cannot do without."""
    try:
        return machines.train(e)
    except DataError as error:
        failed: Future[Any] = Future()
        failed.set_exception(error)
        return failed


class _Sweep:
    """One plan, and what is left of it. All is used under the lock of the sweeps."""

    def __init__(self, plan: SweepPlan, kept: CellFolder) -> None:
        self.plan = plan
        experiments = {
            cell.experiment.digest: cell.experiment
            for seed in plan.seeds
            for cell in plan.cells
            if cell.seed == seed and cell.experiment is not None
        }
        # Seed by seed, so that the whole map is seen early.
        self.queue = deque(e for e in experiments.values() if not kept.has(e))
        self.left = {e.digest for e in self.queue}
        self.total = len(experiments)
        self.failed: dict[str, str] = {}
        self.trouble = ""

    @property
    def open(self) -> bool:
        return bool(self.left) and not self.trouble
