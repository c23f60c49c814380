"""The registry of live runs: all that a page may ask of them. `registry()` is the one of this process.

No method waits for a worker: commands are put on their way, and `snapshot` shows what came of them.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from gan_core.live.asking import answered, examined
from gan_core.live.copying import copied, have_checkpoint
from gan_core.live.errors import RunEnded, RunError, RunsFull, UnknownRun
from gan_core.live.limits import Limits
from gan_core.live.lockstep import LockstepGroup, stretch
from gan_core.live.places import check_room
from gan_core.live.run import Run, Snapshot
from gan_core.live.save_thread import SaveThread
from gan_core.live.scheduler import Scheduler
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.live.stats_line import Stats, StatsLine
from gan_core.messages.commands_and_reports import (
    Collect,
    Collected,
    Examine,
    Pause,
    Remade,
    Remake,
    Rewind,
    Set,
    Step,
)
from gan_core.messages.samples import GeneratedSamples, unpacked
from gan_core.messages.untrained_report import Contrast, Untrained
from gan_core.processes.only_one import only_one
from gan_core.saved_runs.run_folder import SavedRun
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players
from gan_core.settings.setting import Value

MOST_ORIGIN = 2_000_000  # characters of a saved picture's JSON; the largest that is saved has half of that


class Registry:
    """The live runs. Every method may be called from any thread and returns at once, but for `close`, `examine`,
    `contrasts`, `collect`, `remake`, `copy`, `wait_until`; a second click does no harm. Commands raise UnknownRun for a
    run that is no longer here."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._scheduler = Scheduler(limits)
        self.save_thread = SaveThread(self._scheduler)
        self._stats_line = StatsLine(self._scheduler, limits.stats_s) if limits.stats_s else None

    # -------------------------------------------------------------------------------- starting and looking

    def warm(self, spares: int = 1) -> None:
        """From now on keep a spare worker ready, so that a start reaches its first frame at once.

        With `spares`, have so many for the next starts; only one of them is replaced when they are taken.
        """
        with self._scheduler.lock:
            self._scheduler.spares_wanted = max(self._scheduler.spares_wanted, spares)
            self._scheduler.work.notify()

    def start(self, experiment: Experiment, go: bool = True, checkpoint: Path | None = None, owner: str = "") -> str:
        """Start a run of this owner and return its id, which nobody can guess; with `checkpoint`, from a copy of that
        file, its live settings as in `experiment`. Raises RunsFull, and OSError where the file cannot be copied."""
        return self._start(Run(secrets.token_urlsafe(8), experiment, ScratchFolder(), go, owner), checkpoint)

    def copy(self, run_id: str, owner: str) -> str:
        """Start a run of this owner that stands where another one does, with its history, and return its id. Waits a
        few seconds at most for the other's checkpoint; then an older one serves. Raises RunError."""
        with self._scheduler.lock:
            self._check_room(owner)
            have_checkpoint(self._scheduler, self._touched(run_id))
            there = self.snapshot(run_id)
        if there is None:
            raise UnknownRun("This run is no longer here; start it again.")
        return self._start(copied(there, secrets.token_urlsafe(8), owner), None)

    def reopen(self, saved: SavedRun, owner: str = "", linked: bool = True) -> str:
        """Start a run that stands where a saved one does, with its history, and return its id. The saved one stays as
        it is until `save_thread` is told otherwise, which it can be where they are `linked`. Raises as `start` does."""
        run = Run(secrets.token_urlsafe(8), saved.experiment, ScratchFolder(), go=False, owner=owner)
        run.remember(saved.until(saved.step))
        if linked:
            run.saving.begin(saved.folder, saved.name, saved.step, None)
        return self._start(run, saved.checkpoint)

    def _start(self, run: Run, checkpoint: Path | None) -> str:
        try:
            if checkpoint is not None:
                shutil.copyfile(checkpoint, run.checkpoint)
            with self._scheduler.lock:
                self._check_room(run.owner)
                self._scheduler.runs[run.run_id] = run
                self._scheduler.assign_spare(run)
        except (OSError, RunsFull):
            run.folder.remove()
            raise
        return run.run_id

    def start_together(self, experiments: Sequence[Experiment], go: bool = True, owner: str = "") -> tuple[str, ...]:
        """Start runs in lock-step and return their ids: none is ever more than a stretch of steps ahead of the
        slowest, and all show pictures of the same steps, see lockstep. Raises RunsFull where there is no room for
        all of them, and OSError as `start` does; then none is started."""
        return self._together(experiments, [partial(self.start, e, go, owner=owner) for e in experiments], owner)

    def reopen_together(self, saved: Sequence[SavedRun], owner: str = "") -> tuple[str, ...]:
        """Reopen saved runs, which go on in lock-step from where they stand; raises as `start_together` does."""
        starts = [partial(self.reopen, one, owner) for one in saved]
        return self._together([one.experiment for one in saved], starts, owner)

    def _together(
        self, experiments: Sequence[Experiment], starts: Sequence[Callable[[], str]], owner: str
    ) -> tuple[str, ...]:
        group = LockstepGroup(stretch(experiments))
        with self._scheduler.lock:
            self._check_room(owner, len(starts))
            started: list[Run] = []
            try:
                for start in starts:
                    started.append(self._scheduler.runs[start()])
                    started[-1].group = group
                    group.members.append(started[-1])
            except (OSError, ValueError):  # no room on the disk, or a saved run that cannot be read
                for run in started:
                    self._scheduler.forget(run)
                raise
        return tuple(run.run_id for run in started)

    def snapshot(self, run_id: str) -> Snapshot | None:
        """The run as it is now, unchangeable; None where there is no such run (any more)."""
        with self._scheduler.lock:
            run = self._scheduler.runs.get(run_id)
            if run is None:
                return None
            turns, places = self._scheduler.turns, self.limits.max_workers
            cores = f"{places} core" if places == 1 else f"{places} cores"
            queue = f"Waiting for its turn: {turns.running + turns.waiting} runs share {cores}"
            return run.snapshot(self._scheduler.has_turn(run), queue)

    def everything(self) -> list[Snapshot]:
        """All runs, the oldest first."""
        with self._scheduler.lock:
            return [run for run_id in self._scheduler.runs if (run := self.snapshot(run_id))]

    def stats(self) -> Stats:
        """How many runs want to train now, and how many people look on."""
        with self._scheduler.lock:
            turns = self._scheduler.turns
            runs = self._scheduler.runs.values()
            looking = sum(len(run.sessions) + len(run.watchers) for run in runs if run.opens or run.wants_turn)
            opening, elsewhere = sum(run.opens for run in runs), sum(run.place != "" for run in runs)
            return Stats(turns.running, turns.waiting, opening, looking, elsewhere, self._scheduler.places_elsewhere)

    def wait_until(self, reached: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `reached()`, which is asked whenever something about a run has changed; False if it was
        not within `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        with self._scheduler.lock:
            return self._scheduler.changed.wait_for(reached, max(0.0, deadline - time.monotonic()))

    def examine(self, experiment: Experiment, gain: float = 1.0, timeout_s: float = 20.0) -> Untrained:
        """The untrained generator of an experiment, its weights multiplied by `gain`.

        A spare worker looks, and stays a spare one; waits for it at most `timeout_s` seconds: it takes a few to
        start. Raises NotExamined.
        """
        seen = examined(self._scheduler, Examine(experiment, gain), timeout_s).untrained
        assert seen is not None
        return seen

    def contrasts(
        self, experiment: Experiment, gain: float, inits: tuple[str, ...], timeout_s: float = 20.0
    ) -> tuple[Contrast, ...]:
        """The contrast of every output activation on top of these initialisations (at least one), all else as in
        the experiment; a fifth of a second each for the largest network. Waits, and raises, as `examine` does."""
        return examined(self._scheduler, Examine(experiment, gain, inits), timeout_s).contrasts

    def collect(self, run_id: str, count: int, timeout_s: float = 20.0) -> GeneratedSamples:
        """The first `count` (1 to samples.MOST) images of the run's fixed noise at its present step, as numbers; the
        run goes on as if nothing had been.

        Its worker answers between two steps; waits for it at most `timeout_s` seconds. Raises UnknownRun, RunEnded
        where the run has no worker any more, and RunError for another count or where no answer comes.
        """
        answer = answered(self._scheduler, self._touch(run_id), Collect(count), timeout_s)
        assert isinstance(answer, Collected)
        return unpacked(answer)

    def remake(self, run_id: str, origin: str, timeout_s: float = 20.0) -> bytes:
        """A saved picture drawn again by the run, which must stand at its step, as PNG; `origin` is its JSON.

        Waits, and raises, as `collect` does; RunError also where the run has gone on or the JSON cannot be read.
        """
        if len(origin) > MOST_ORIGIN:
            raise RunError(f"The saved picture's JSON has more than {MOST_ORIGIN:,} characters: it was changed.")
        answer = answered(self._scheduler, self._touch(run_id), Remake(origin), timeout_s)
        assert isinstance(answer, Remade)
        return answer.png

    # -------------------------------------------------------------------------------- commands

    def go(self, run_id: str) -> None:
        """Train, as soon as it is this run's turn. Raises RunEnded. A finished run goes on once it has more
        steps to do; a broken one needs a rewind."""
        with self._scheduler.lock:
            run = self._living(run_id)
            run.going = run.phase in ("ready", "finished")
            self._scheduler.settle()

    def pause(self, run_id: str) -> None:
        """Stand still. A worker that does not answer is ended; then `resume` goes on from the last checkpoint."""
        with self._scheduler.lock:
            run = self._touched(run_id)
            run.going = False
            if run.silent_s:
                self._scheduler.abandon(run)
            elif run.alive:
                run.send(Pause())
            self._scheduler.settle()

    def step(self, run_id: str, players: Players = "both") -> None:
        """Stand still and take one step: both players, 'd' or 'g' only. Raises RunEnded."""
        with self._scheduler.lock:
            run = self._living(run_id)
            run.going = False
            run.send(Step(players))
            self._scheduler.settle()

    def set(self, run_id: str, changes: dict[str, Value]) -> None:
        """Change live settings between two steps; wrong ones show up as `trouble`. Raises RunEnded."""
        with self._scheduler.lock:
            self._living(run_id).send(Set(changes))

    def rewind(self, run_id: str, experiment: Experiment, go: bool = True) -> None:
        """Begin again at step 0 with an experiment, perhaps another; a run that ended gets a new worker.
        Raises RunsFull in that case."""
        with self._scheduler.lock:
            run = self._touched(run_id)
            if run.silent_s:
                self._scheduler.abandon(run)
            if run.alive and not run.needs_worker:
                run.saving.leave()
                run.opens, run.trouble = True, ""
                run.send(Rewind(experiment))
            else:
                if not run.alive:
                    self._check_room(run.owner)
                run.begin_anew(experiment)
                self._scheduler.assign_spare(run)
            run.going = go
            self._scheduler.settle()

    def resume(self, run_id: str, go: bool = True) -> None:
        """After a crash or a stop: go on from the last checkpoint (step 0 where there is none) with a new
        worker. Does nothing to a run that has one. Raises RunsFull."""
        with self._scheduler.lock:
            run = self._touched(run_id)
            if not run.alive:
                self._check_room(run.owner)
                run.reopen()
                run.going = go
                self._scheduler.assign_spare(run)

    def stop(self, run_id: str) -> None:
        """End the worker after a last checkpoint; the record stays and can be resumed."""
        with self._scheduler.lock:
            if (run := self._touched(run_id)).alive:
                self._scheduler.stop(run, f"Stopped at step {run.step}; it can go on from there.")

    def forget(self, run_id: str) -> None:
        """End the worker and drop the record; does nothing where there is none (any more)."""
        with self._scheduler.lock:
            if run_id in self._scheduler.runs:
                self._scheduler.forget(self._scheduler.runs[run_id])

    # -------------------------------------------------------------------------------- people

    def attach(self, run_id: str, session: str, browser: str = "") -> None:
        """Somebody comes who may change the run; the first `browser` is its controller. One that was left goes on."""
        with self._scheduler.lock:
            run = self._touched(run_id)
            run.sessions.add(session)
            run.controller = run.controller or browser
            run.left_at = None
            self._scheduler.settle()

    def watch(self, run_ids: Collection[str], session: str, browser: str) -> None:
        """From now on this session only looks at these runs, which keeps none going that its own people left."""
        with self._scheduler.lock:
            for run in self._scheduler.runs.values():
                run.watchers.pop(session, None)
                if run.run_id in run_ids:
                    run.watchers[session] = browser

    def detach(self, session: str) -> None:
        """Somebody is gone. A run that nobody looks at any more stands still at once and is dropped after the
        grace period. Never waits: it may be called on the server's event loop."""
        with self._scheduler.lock:
            for run in self._scheduler.runs.values():
                run.watchers.pop(session, None)
                if session in run.sessions:
                    run.sessions.discard(session)
                    if not run.sessions:
                        run.left_at = time.monotonic()
                        if run.alive:
                            run.send(Pause())
            self._scheduler.settle()

    def close(self) -> None:
        """End all workers and drop all records; waits for the processes, a few seconds at most."""
        if self._stats_line is not None:
            self._stats_line.close()
        self.save_thread.close()
        self._scheduler.close()

    # -------------------------------------------------------------------------------- checks

    def _touch(self, run_id: str) -> Run:
        with self._scheduler.lock:
            return self._touched(run_id)

    def _touched(self, run_id: str) -> Run:
        run = self._scheduler.runs.get(run_id)
        if run is None:
            raise UnknownRun("This run is no longer here; start it again.")
        run.touched_at = time.monotonic()
        return run

    def _living(self, run_id: str) -> Run:
        run = self._touched(run_id)
        if not run.alive:
            raise RunEnded("This run's worker has ended; resume the run first.")
        return run

    def _check_room(self, owner: str, wanted: int = 1) -> None:
        check_room(self._scheduler.runs.values(), self.limits, self._scheduler.places_elsewhere, owner, wanted)


def registry() -> Registry:
    """The registry of this process, made on first use; its workers end with the process. Raises LimitsError
    where an environment variable makes no sense."""
    return only_one("live-runs", lambda: Registry(Limits.from_environment()))
