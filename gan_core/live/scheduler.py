"""The scheduler of the live runs: a thread that starts and ends their workers, hands out turns, and sees to runs
whose people have left or forgot them.

All its methods but `close` and the two that workers call are to be used under its `lock`, and none of those
waits for a worker.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

from gan_core.live import places
from gan_core.live.cluster_places import ClusterPlaces
from gan_core.live.limits import Limits
from gan_core.live.requests import WorkerRequests
from gan_core.live.run import Run
from gan_core.live.scratch_folders import ScratchFolder, found_folders, remove_if_left
from gan_core.live.standing_back import Openings, stands_back
from gan_core.live.turns import Turns
from gan_core.live.worker_process import WorkerProcess
from gan_core.messages.commands_and_reports import (
    Checkpointed,
    Framed,
    Go,
    Heartbeat,
    Measured,
    Pause,
    Ready,
    Report,
    Stop,
)

CHECKPOINT_PATIENCE_S = 10.0  # for a worker's last checkpoint, before it is pressed to end
LINE_S = 2.0  # how often to look for a place while somebody waits for one
SPARE_RETRY_S = 30.0  # after a spare worker that died by itself

log = logging.getLogger(__name__)


class Scheduler:
    """Everything about the live runs that changes, and the thread that keeps it in order."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.lock = threading.RLock()
        self.work = threading.Condition(self.lock)  # the scheduler has something to do
        self.changed = threading.Condition(self.lock)  # something about a run has changed
        self.saves = threading.Condition(self.lock)  # a run is to be saved
        self.runs: dict[str, Run] = {}
        self.turns = Turns(limits.max_workers, limits.slice_s)
        self._turns_elsewhere = Turns(sys.maxsize, limits.slice_s)  # a machine of the cluster has a core for each run
        self._openings = Openings()
        self._cluster = ClusterPlaces(limits.scheduler, self._cluster_changed) if limits.scheduler else None
        self.runs_by_worker: dict[WorkerProcess, Run] = {}  # of each worker with a run, until its process has ended
        self.ending: set[WorkerProcess] = set()
        self.spares: list[WorkerProcess] = []  # oldest first
        self.warm: set[WorkerProcess] = set()  # those of them that are ready to start a run
        self.spares_wanted = 0
        self.requests = WorkerRequests()
        self._spare_not_before = 0.0
        self._left_folders: list[tuple[Run, ScratchFolder]] = []
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="gan-scheduler", daemon=True)
        self._thread.start()

    # -------------------------------------------------------------------------------- what pages cause

    def settle(self) -> None:
        """Bring turns up to date with what everybody wants, and tell the workers."""
        runs = self.runs.values()
        wanting = [run for run in runs if run.wants_turn and not run.silent_s]
        wanting = [run for run in wanting if not stands_back(run, runs, self.has_turn)]
        got: list[str] = []
        now = time.monotonic()
        opening = self._openings.first(runs, wanting, now)
        for turns in (self.turns, self._turns_elsewhere):
            ids = [run.run_id for run in wanting if self._turns_of(run) is turns]
            more, lost = turns.settle([] if turns is self.turns and opening else ids, now)
            got += more
            for run in self.runs.values():
                if run.run_id in lost and run.worker is not None:
                    run.send(Pause(turn_over=True))
        for run in self.runs.values():
            if run.run_id in got or (self.has_turn(run) and run.told_until != run.bound):
                run.told_until = run.bound
                run.send(Go(run.bound))
        if any(run.saving.due for run in self.runs.values()):
            self.saves.notify()
        self.work.notify()
        self.changed.notify_all()

    def has_turn(self, run: Run) -> bool:
        """Whether it trains now, as far as it is for others to say."""
        return self._turns_of(run).has(run.run_id)

    def _turns_of(self, run: Run) -> Turns:
        return self._turns_elsewhere if run.place else self.turns

    def assign_spare(self, run: Run) -> None:
        """Give a spare worker to a run that needs one, if there is one."""
        if self.spares and not self.has_worker(run) and self._placed(time.monotonic()).get(run) == "":
            worker = self.warm_spare or self.spares[0]
            self._drop_spare(worker)
            self.spares_wanted = min(self.spares_wanted, 1)  # of several that were prepared, only one is replaced
            self._assign(run, worker)
        self.settle()

    @property
    def warm_spare(self) -> WorkerProcess | None:
        """A spare worker that answers at once, if there is one."""
        return next((worker for worker in self.spares if worker in self.warm), None)

    def _drop_spare(self, worker: WorkerProcess) -> None:
        """Take a worker off the list of the spare ones."""
        self.spares.remove(worker)
        self.warm.discard(worker)

    def stop(self, run: Run, words: str) -> None:
        """End the worker of a run after a last checkpoint; the record stays."""
        self._end_worker(run.lose_worker("stopped", words), checkpoint=True)
        self.settle()

    def abandon(self, run: Run) -> None:
        """End the worker of a run that does not answer, at once; the record stays."""
        if run.worker is not None:
            run.worker.kill()
        words = "it did not answer; it can go on from its last checkpoint"
        self.stop(run, f"The process of this run was ended at step {run.step}, since {words}.")

    def forget(self, run: Run) -> None:
        """End the worker of a run and drop its record and its files."""
        del self.runs[run.run_id]
        if run.group is not None:
            run.group.members.remove(run)
        self._end_worker(run.lose_worker("stopped", ""), checkpoint=False)
        run.saving.leave()
        self._left_folders.append((run, run.folder))
        self.settle()

    def _end_worker(self, worker: WorkerProcess | None, checkpoint: bool) -> None:
        if worker is not None:
            if checkpoint:
                worker.end(Stop(), CHECKPOINT_PATIENCE_S)
            else:
                worker.end()
            self.ending.add(worker)

    def _assign(self, run: Run, worker: WorkerProcess) -> None:
        self.runs_by_worker[worker] = run
        run.begin_with(worker)

    def has_worker(self, run: Run) -> bool:
        """Whether a former worker of the run still writes to its files."""
        return any(other is run for other in self.runs_by_worker.values())

    # -------------------------------------------------------------------------------- what workers cause

    def heard(self, worker: WorkerProcess, report: Report) -> None:
        """A worker told something; called from its thread."""
        with self.lock:
            if isinstance(report, Ready) and worker in self.spares:
                self.warm.add(worker)
                self.requests.hand_over(worker)
            if self.requests.heard(worker, report):
                self.changed.notify_all()
                return
            run = self.runs_by_worker.get(worker)
            # A worker that is to end is heard only for what completes the record.
            completes = isinstance(report, Measured | Framed | Heartbeat | Checkpointed)
            woke = False
            if run is not None and (run.worker is worker or completes):
                woke = run.silent_s > 0
                run.heard_at = time.monotonic()
                run.hear(report)
            if isinstance(report, Measured | Framed | Heartbeat) and not woke and (run is None or run.group is None):
                self.changed.notify_all()
            else:
                self.settle()

    def gone(self, worker: WorkerProcess) -> None:
        """A worker's process has ended; called from its thread."""
        with self.lock:
            run = self.runs_by_worker.pop(worker, None)
            self.ending.discard(worker)
            self.requests.gone(worker, worker.exit_words)
            if worker in self.spares:
                self._drop_spare(worker)
                self._spare_not_before = time.monotonic() + SPARE_RETRY_S
                log.error("A spare worker ended by itself: %s.", worker.exit_words)
            if run is not None and run.worker is worker:
                why = f"{run.last_words} ({worker.exit_words})" if run.last_words else worker.exit_words
                run.lose_worker("crashed", f"The worker ended unexpectedly at step {run.step}: {why}.")
            if run is not None and not run.alive:
                run.saving.worker_lost()
            self.settle()

    # -------------------------------------------------------------------------------- the thread

    def _run(self) -> None:
        found = iter(found_folders())
        while True:
            with self.lock:
                if self._closed:
                    return
                jobs, until = self._do_what_is_due(time.monotonic())
                if not jobs and (folder := next(found, None)):
                    jobs = [partial(remove_if_left, folder)]  # one at a time, so that no run waits for more
                if not jobs:
                    self.work.wait(None if until == math.inf else max(0.0, until - time.monotonic()))
            for job in jobs:
                job()

    def _do_what_is_due(self, now: float) -> tuple[list[Callable[[], None]], float]:
        """Do what is due; returns what has to be done without the lock, and when to look again."""
        self.settle()
        until = [self.turns.next_change(), self._openings.over]
        until += [self._end_if_left_or_idle(run, now) for run in list(self.runs.values())]
        for run in self._surplus():
            self.forget(run)
        until += [worker.press(now) for worker in list(self.ending)]
        jobs = [*self._starts(now), *self._removals()]
        if any(run.line for run in self.runs.values()):
            until.append(now + LINE_S)
        if len(self.spares) < self.spares_wanted:
            until.append(self._spare_not_before if self._spare_not_before > now else math.inf)
        return jobs, min(until)

    def _end_if_left_or_idle(self, run: Run, now: float) -> float:
        """End a run whose people left or that was forgotten; returns when that will be due."""
        left = math.inf if run.left_at is None else run.left_at + self.limits.grace_s
        idle = run.touched_at + 60 * self.limits.idle_minutes if run.alive else math.inf
        if now >= left:
            self.forget(run)
        elif now >= idle:
            minutes = f"{self.limits.idle_minutes:g} minutes without a click"
            self.stop(run, f"Stopped at step {run.step} after {minutes}; it can go on from there.")
        else:
            return min(left, idle)
        return math.inf

    def _surplus(self) -> list[Run]:
        ended = sorted((run for run in self.runs.values() if not run.alive), key=lambda run: run.ended_at)
        return ended[: max(0, len(ended) - self.limits.max_records)]

    def _starts(self, now: float) -> list[Callable[[], None]]:
        """Workers to start: on this machine not more at a time than may train, since each start takes a processor for
        seconds; spare ones only where no run is starting, and one after the other."""
        starting = sum(run.opens and run.worker is not None and not run.place for run in self.runs.values())
        placed = self._placed(now)
        here = [run for run, place in placed.items() if not place][: max(0, self.limits.max_workers - starting)]
        starts: list[Callable[[], None]] = [
            partial(self._start_worker, run, place) for run, place in placed.items() if place or run in here
        ]
        idle = starting + len(self.spares) == len(self.warm) and not any(run.needs_worker for run in self.runs.values())
        # Somebody who asks wants to know at once whether it fails again.
        may = now >= self._spare_not_before or self.requests.waiting
        if len(self.spares) < self.spares_wanted and idle and may:
            starts.append(partial(self._start_worker, None))
        return starts

    def _placed(self, now: float) -> dict[Run, str]:
        """The runs that need a worker and may have one now, and on which machine: see places.chosen. The others learn
        their number in the line, and a run that stands still gives its place up for them."""
        needing = [run for run in self.runs.values() if run.needs_worker and not self.has_worker(run)]
        needing.sort(key=lambda run: run.asked_at)
        if not needing:
            return {}
        holding = [run for run in self.runs.values() if run.worker is not None]
        room = places.room(self.limits, holding, self.ending, self._cluster)
        got, short = places.assigned(needing, holding, room)
        for run in places.resting(self.runs.values(), now)[: max(0, short - len(self.ending))]:
            self.stop(run, f"Put aside at step {run.step} for others who wait; it can go on from there.")
        return got

    @property
    def places_elsewhere(self) -> int:
        """How many places the cluster has, taken or not."""
        return self._cluster.total if self._cluster else 0

    def _cluster_changed(self) -> None:
        with self.lock:
            self.work.notify()
            self.changed.notify_all()

    def _start_worker(self, run: Run | None, place: str = "") -> None:
        """Start a worker for a run, or as a spare one; `place` is a machine of the cluster, "" this one."""
        try:
            there = self._cluster.process(place) if self._cluster and place else None
            worker = WorkerProcess(self.heard, self.gone, there)
        except OSError as error:
            with self.lock:
                if place:
                    log.error("A run could not be started on the cluster: %s.", error)  # it is placed again
                elif run is None:
                    self._spare_not_before = time.monotonic() + SPARE_RETRY_S
                    log.error("A spare worker could not be started: %s.", error)
                    self.requests.fail(f"A worker process could not be started: {error}.")
                else:
                    run.lose_worker("crashed", f"A worker process could not be started: {error}.")
                self.changed.notify_all()
            return
        with self.lock:
            if self._closed:
                self._end_worker(worker, checkpoint=False)
            elif run is not None and run.needs_worker and not self.has_worker(run):
                self._assign(run, worker)
            elif not place and (len(self.spares) < self.spares_wanted or (run is not None and not self.spares)):
                self.spares.append(worker)  # its run, if any, was stopped meanwhile
            else:
                self._end_worker(worker, checkpoint=False)
            worker.listen()

    def _removals(self) -> list[Callable[[], None]]:
        """Files of forgotten runs, once no worker writes to them any more."""
        free = [(run, folder) for run, folder in self._left_folders if not self.has_worker(run)]
        self._left_folders = [entry for entry in self._left_folders if entry not in free]
        return [folder.remove for _, folder in free]

    def close(self) -> None:
        """End all workers, wait until they are gone (a few seconds at most), and remove all files."""
        with self.lock:
            self._closed = True
            self.work.notify()
        self._thread.join()
        with self.lock:
            for run in list(self.runs.values()):
                self.forget(run)
            while self.spares:
                self._end_worker(self.spares.pop(), checkpoint=False)
            self.requests.fail("The server is ending.")
            self.changed.notify_all()
            while self.ending:
                until = min(worker.press(time.monotonic()) for worker in self.ending)
                self.changed.wait(max(0.0, until - time.monotonic()))
            folders, self._left_folders = self._left_folders, []
        if self._cluster is not None:
            self._cluster.close()
        for _, folder in folders:
            folder.remove()
