"""One live run as the page's process knows it: what its worker told, what its people want."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gan_core.diagnosis.row import Row
from gan_core.live.bounded_history import BoundedHistory
from gan_core.live.lockstep import LockstepGroup
from gan_core.live.save_state import SaveRecord, SaveState
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.live.worker_process import WorkerProcess
from gan_core.messages.commands_and_reports import (
    Broken,
    Checkpoint,
    Checkpointed,
    Command,
    Crashed,
    Finished,
    Framed,
    Heartbeat,
    Loading,
    Measured,
    Opened,
    Refused,
    Report,
    Rewind,
    SettingsChanged,
    Start,
)
from gan_core.messages.frame import Frame, Opening
from gan_core.saved_runs.run_folder import History
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment

State = Literal[
    "starting", "waiting", "running", "paused", "finished", "broken", "crashed", "refused", "stopped"
]  # fmt: skip
ACTIVE: tuple[State, ...] = ("starting", "waiting", "running")  # it moves, or will when it is its turn

# A worker tells something twice a second, but while it starts: reading and drawing images takes a while.
SILENT_S = 30.0
SILENT_START_S = 60.0
SILENT_STEPS = 5.0  # and where a step takes long, so many steps

MAX_FRAMES = 100
MAX_FRAME_BYTES = 16 * 2**20
MAX_ROWS = 5000
RECENT_FRAMES = 10  # of points, which move: those of a second


@dataclass(frozen=True)
class Snapshot:
    """A run as it is now."""

    run_id: str
    state: State
    experiment: Experiment
    step: int
    steps: int  # of the whole run
    steps_per_second: float  # 0 unless it runs
    device_name: str  # empty until the first frame
    opening: Opening | None  # None until the first frame
    frame: Frame | None  # the newest one; None until the first
    frame_age_s: float | None  # seconds since it came
    frames: tuple[Frame, ...]  # those kept of the whole run, oldest first
    rows: tuple[Row, ...]
    changes: tuple[Change, ...]  # of live settings, while it trained
    queue: str  # why the run waits, in words; empty where it does not
    trouble: str  # what went wrong, in words; empty where nothing did
    checkpoint: Path  # the file its checkpoints go to, which may not exist yet
    save_state: SaveState | None  # None for a run that was never saved
    memory_mb: float | None = None  # of its worker; None where that is not known
    owner: str = ""  # whose it is counted as; empty on a server for one
    controller: str = ""  # the browser that may change it; empty before one has come
    people: int = 0  # how many browsers look at it now
    recent: tuple[Frame, ...] = ()  # of points the newest frames, none of them left out
    place: str = ""  # the machine of the cluster that its worker is on; empty for this one


class Run:
    """The record of one run, to be used under the registry's lock. Times are monotonic seconds."""

    def __init__(self, run_id: str, experiment: Experiment, folder: ScratchFolder, go: bool, owner: str = "") -> None:
        self.run_id = run_id
        self.owner = owner
        self.experiment = experiment
        self.folder = folder
        self.checkpoint = folder.path / "checkpoint.safetensors"
        self.saving = SaveRecord()

        # What its people want, and when they last said so.
        self.going = go
        self.sessions: set[str] = set()
        self.controller = ""
        self.watchers: dict[str, str] = {}  # by session, the browsers that may only look
        self.left_at: float | None = None
        self.touched_at = self.asked_at = time.monotonic()

        # The runs it goes in lock-step with, and how far its worker was told to go.
        self.group: LockstepGroup | None = None
        self.told_until: int | None = None

        # Its worker; without one, commands are kept until it comes.
        self.worker: WorkerProcess | None = None
        self.needs_worker = True
        self.heard_at = 0.0
        self.line = ""  # what it is told while it waits for a place
        self.backlog: list[Command] = []
        self.from_checkpoint = True  # where there is one
        self.ended_at = 0.0

        # What its worker told.
        self.opens = True  # a start or rewind is under way
        self.phase: Literal["ready", "finished", "broken", "crashed", "refused", "stopped"] = "ready"
        self.step = 0
        self.steps_per_second = 0.0
        self.opening: Opening | None = None
        self.trained_before_s = 0.0  # by earlier workers, until the checkpoint that the present one began with
        self.frames: BoundedHistory[Frame] = BoundedHistory(MAX_FRAMES)
        self.recent: deque[Frame] = deque(maxlen=RECENT_FRAMES)
        self.framed_at: float | None = None
        self.rows: BoundedHistory[Row] = BoundedHistory(MAX_ROWS)
        self.changes: tuple[Change, ...] = ()
        self.trouble = ""
        self.loading = ""  # how far its images are, while it starts
        self.last_words = ""  # of a worker that crashed

    # ------------------------------------------------------------------------------------------ what it is

    @property
    def alive(self) -> bool:
        """Whether it has a worker or is about to get one."""
        return self.worker is not None or self.needs_worker

    @property
    def place(self) -> str:
        """The machine of the cluster that its worker is on; empty for this one."""
        return self.worker.place if self.worker else ""

    @property
    def wants_turn(self) -> bool:
        """Whether it would train now if it may."""
        return (
            self.worker is not None and self.phase == "ready" and not self.opens and self.going and self.left_at is None
        )

    @property
    def open(self) -> bool:
        """Whether it can still go on, so that its group has to wait for it."""
        return self.alive and (self.opens or self.phase == "ready")

    @property
    def reached(self) -> int:
        """Its step; 0 until a start or rewind has told where it stands."""
        return 0 if self.opens else self.step

    @property
    def bound(self) -> int | None:
        """The step at which it has to wait for its group; None for a run that goes alone."""
        return self.group.bound if self.group else None

    @property
    def silent_s(self) -> float:
        """For how long its worker has told nothing, where that is so long that it may be stopped; else 0."""
        if self.worker is None:
            return 0.0
        step_s = SILENT_STEPS / self.steps_per_second if self.steps_per_second > 0 else 0.0
        passed = time.monotonic() - self.heard_at
        return passed if passed > max(SILENT_START_S if self.opens else SILENT_S, step_s) else 0.0

    @property
    def held(self) -> bool:
        """Whether it waits for its group."""
        return self.bound is not None and self.step >= self.bound

    def state(self, has_turn: bool) -> State:
        """The one word for what it does."""
        if self.opens:
            return "starting"
        if self.phase != "ready":
            return self.phase
        if not self.wants_turn:
            return "paused"
        return "running" if has_turn else "waiting"

    def snapshot(self, has_turn: bool, queue: str) -> Snapshot:
        """What the page may see of it now; `queue` is shown while it waits for its turn."""
        state = self.state(has_turn)
        silent_s = self.silent_s
        if silent_s and not self.trouble:
            trouble = (
                f"The process of this run has not answered for {silent_s:.0f} s; other runs go on. Wait, or press "
                f"{'Reset' if self.opens else 'Pause, which ends it: it can go on from its last checkpoint'}."
            )
        else:
            trouble = self.trouble
        frames = self.frames.entries
        return Snapshot(
            run_id=self.run_id,
            state=state,
            experiment=self.experiment,
            step=self.step,
            steps=self.experiment.steps,
            steps_per_second=self.steps_per_second if state == "running" and not silent_s else 0.0,
            device_name=self.opening.device_name if self.opening else "",
            opening=self.opening,
            frame=frames[-1] if frames else None,
            frame_age_s=None if self.framed_at is None else time.monotonic() - self.framed_at,
            frames=frames,
            rows=self.rows.entries,
            changes=self.changes,
            queue={"waiting": queue, "starting": self.line or self.loading}.get(state, ""),
            trouble=trouble,
            checkpoint=self.checkpoint,
            save_state=self.saving.state,
            memory_mb=self.worker.memory_mb if self.worker else None,
            owner=self.owner,
            controller=self.controller,
            place=self.place,
            people=bool(self.sessions) + len(set(self.watchers.values())),
            recent=tuple(self.recent),
        )

    def remember(self, history: History) -> None:
        """Take over what a saved run has shown, before there is a worker."""
        for row in history.rows:
            self.rows.add(row)
        for frame in history.frames:
            self.frames.add(frame)
            self.step = frame.step
        self.opening, self.changes = history.opening, history.changes

    # ------------------------------------------------------------------------------------------ its worker

    def send(self, command: Command) -> None:
        """Give a command to the worker, or keep it for the one that is coming."""
        if self.worker is not None:
            self.worker.send(command)
        else:
            self.backlog.append(command)

    def begin_with(self, worker: WorkerProcess) -> None:
        """Begin with a worker: from the checkpoint where there is one, else at step 0."""
        self.worker, self.needs_worker, self.last_words, self.line = worker, False, "", ""
        self.heard_at, self.steps_per_second = time.monotonic(), 0.0
        if not self.from_checkpoint:
            self.checkpoint.unlink(missing_ok=True)
            self.from_checkpoint = True
        path = str(self.checkpoint)
        worker.send(Start(self.experiment, path, path if self.checkpoint.exists() else None))
        for command in self.backlog:
            worker.send(command)
        self.backlog = []

    def reopen(self) -> None:
        """Ask for a new worker."""
        self.needs_worker = self.opens = True
        self.asked_at = time.monotonic()
        self.phase, self.trouble = "ready", ""

    def begin_anew(self, experiment: Experiment) -> None:
        """Ask for a new worker that begins at step 0 with this experiment."""
        self.experiment = experiment
        self.from_checkpoint = False
        self.saving.leave()
        self.backlog = []
        self.reopen()

    def lose_worker(self, phase: Literal["crashed", "stopped"], words: str) -> WorkerProcess | None:
        """The worker has ended or is to end; returns it."""
        worker, self.worker = self.worker, None
        self.needs_worker = self.opens = self.going = False
        self.line = ""
        self.backlog = []
        self.phase, self.trouble = phase, words
        self.ended_at = time.monotonic()
        return worker

    # ------------------------------------------------------------------------------------------ what it hears

    def hear(self, report: Report) -> None:
        """Take note of what the worker tells."""
        match report:
            case Opened(experiment, opening, frame, due, changes):
                self.saving.opened()
                self.experiment, self.changes = experiment, changes
                self.opening = opening
                before = [kept.trained_s for kept in self.frames.entries if 0 < kept.step <= frame.step]
                self.trained_before_s = before[-1] if before and frame.step else 0.0
                self.rows.cut(frame.step - 1)
                if due:
                    self.rows.add(Row(frame.step, frame.measurements))
                self._show(frame)
                self.opens, self.phase, self.trouble, self.loading = False, "ready", "", ""
            case Measured(row):
                self.rows.add(row)
                self.step = row.step
            case Framed(frame):
                self._show(frame)
            case Heartbeat(step, speed):
                self.step, self.steps_per_second = step, speed
            case SettingsChanged(experiment, changes):
                self.experiment, self.changes = experiment, changes
                if self.phase != "broken":
                    self.trouble = ""
                if self.phase == "finished" and self.step < self.experiment.steps:
                    self.phase = "ready"
            case Checkpointed(step, asked) if not self.opens:  # else still one of before a rewind
                self.saving.heard(step, asked)
            case Loading(words):
                self.loading = words
            case Finished():
                self.phase, self.going = "finished", False
            case Broken():
                self.phase, self.going, self.trouble = "broken", False, report.words
            case Refused(command, words):
                if self.phase != "refused" or command in (Start.kind, Rewind.kind):  # else the cause stays in sight
                    self.trouble = words
                if command in (Start.kind, Rewind.kind):
                    self.opens = self.going = False
                if command == Start.kind:
                    self.phase = "refused"
                if command == Checkpoint.kind:
                    self.saving.refused(words)
            case Crashed(words):
                self.last_words = words

    def _show(self, frame: Frame) -> None:
        self.frames.add(replace(frame, trained_s=self.trained_before_s + frame.trained_s))
        while sum(len(kept.fake_png) for kept in self.frames.entries) > MAX_FRAME_BYTES:
            if len(self.frames.entries) <= 2:
                break
            self.frames.thin()
        while self.recent and self.recent[-1].step >= frame.step:  # as in the history, those are void
            self.recent.pop()
        if frame.plane:
            self.recent.append(frame)
        self.framed_at = time.monotonic()
        self.step = frame.step
