"""What a worker does between two commands: train, and tell the page.

Rows of measurements belong to fixed steps; frames, heartbeats and checkpoints come by time. None of them changes
what the training does, so a run that is watched equals one that is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

import torch

from gan_core.data.images import DataError, Images
from gan_core.data.points import Points
from gan_core.engine import take_frame, take_samples
from gan_core.engine.checkpoint import load_checkpoint, save_checkpoint
from gan_core.engine.device import DeviceError
from gan_core.engine.drive import row_of, take_step
from gan_core.engine.regenerate import RegenerateError, remade_by
from gan_core.engine.trainer import NonFinite, Trainer
from gan_core.engine.training_data import load_data
from gan_core.engine.untrained import contrast_map, untrained
from gan_core.messages import samples
from gan_core.messages.commands_and_reports import (
    Broken,
    Checkpoint,
    Checkpointed,
    Collect,
    Command,
    Examine,
    Examined,
    Finished,
    Framed,
    Go,
    Heartbeat,
    Loading,
    Measured,
    Opened,
    Pause,
    Ready,
    Refused,
    Remade,
    Remake,
    Report,
    Rewind,
    Set,
    SettingsChanged,
    Start,
    Step,
    Stop,
)
from gan_core.outputs import provenance
from gan_core.pixels.range_map import png_bytes
from gan_core.saved_runs.checkpoint_header import CheckpointError
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.players import Players
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Value
from gan_core.worker.speed import Speed, beat

HEARTBEAT_S = 0.5
FRAME_S = 1 / 3
SAVE_S = 5.0
FRAME_SHARE = 0.03  # at most this share of the time goes into pictures
# Points move on the page: ten pictures a second, each of them cheap.
OF_POINTS = (0.1, 0.25)  # seconds between two, and the share
SAVE_SHARE = 0.01  # and this into checkpoints

# The settings that decide which images are loaded; a rewind that keeps them keeps the images.
DATA_SETTINGS = ("dataset", "folder", "image_size", "channels", "mode_std", "drawn", "background")

# What can be wrong with an experiment and no fault of ours: told in words, and the worker lives on.
REFUSALS = (SettingsError, DataError, DeviceError, CheckpointError)


class WorkerLoop:
    """Obeys commands and trains in between.

    `commands` holds a refusal in the place of a command that could not be read; `report` sends one report to the
    page's process.
    """

    def __init__(self, commands: SimpleQueue[Command | Refused], report: Callable[[Report], None]) -> None:
        self.commands = commands
        self.report = report
        self.trainer: Trainer | None = None
        self.loaded: tuple[Experiment, Images | Points] | None = None  # the newest images or points, and for what
        self.running = False
        self.broken = False
        self.finished = False
        self.until: int | None = None  # where to wait for the next Go
        self.trained_s = 0.0  # seconds spent in training steps since the run was built
        self.speed = Speed()
        self.file: Path | None = None  # of the checkpoints, once a Start has named it
        self.saved: tuple[int, Experiment] | None = None
        self.next_heartbeat = self.next_frame = self.next_frame_cpu = self.next_save = 0.0

    def run(self) -> None:
        """Until a Stop command."""
        self.report(Ready())
        while True:
            command = self._next_command()
            if isinstance(command, Stop):
                self._save()
                return
            if isinstance(command, Refused):
                self.report(command)
            elif isinstance(command, Start) or (isinstance(command, Rewind) and self.file is not None):
                self._build(command)
            elif isinstance(command, Examine):
                self._examine(command)
            elif self.trainer is not None:
                if command is not None:
                    self._obey(command, self.trainer)
                elif self._moves():
                    self._train(self.trainer)
            elif isinstance(command, Rewind | Step | Set | Collect | Remake):
                self._refuse(command, "There is no run yet: it has to start first.")
            if time.monotonic() >= self.next_heartbeat:
                self._heartbeat()

    def _next_command(self) -> Command | Refused | None:
        try:
            return self.commands.get(block=not self._moves(), timeout=HEARTBEAT_S)
        except Empty:
            return None

    def _moves(self) -> bool:
        """Whether to train now: not while it waits for others where it was told to."""
        return self.running and (self.until is None or self.trainer is None or self.trainer.step < self.until)

    # ------------------------------------------------------------------------------------------ commands

    def _build(self, command: Start | Rewind) -> None:
        self.running = False
        if isinstance(command, Start):
            self.file = Path(command.checkpoint)
        try:
            torch.set_num_threads(command.experiment.threads)
            trainer = self._trainer(command)
        except REFUSALS as error:
            if self.trainer is not None:
                torch.set_num_threads(self.trainer.experiment.threads)
            self._refuse(command, str(error))
            return
        if isinstance(command, Rewind) and self.file is not None:
            # A crash before the next checkpoint must not bring the old run back.
            self.file.unlink(missing_ok=True)
        self._open(trainer)

    def _trainer(self, command: Start | Rewind) -> Trainer:
        images = self.loaded[1] if self.loaded and same_data(command.experiment, self.loaded[0]) else None
        if images is None:
            images = load_data(command.experiment, self._loading, command.images)
        if isinstance(command, Rewind) or command.resume is None:
            trainer = Trainer(command.experiment, images)
        else:
            trainer = load_checkpoint(Path(command.resume), images)
            trainer.set({name: now for name, (_, now) in diff(trainer.experiment, command.experiment).items()})
        self.loaded = trainer.experiment, trainer.data
        return trainer

    def _loading(self, share: float, words: str) -> None:
        """Tell the page how far the images are, as often as a picture would come."""
        if time.monotonic() >= self.next_frame:
            self.next_frame = time.monotonic() + FRAME_S
            self.report(Loading(f"{words}: {share:.0%}"))

    def _examine(self, command: Examine) -> None:
        """With networks and random numbers of its own, so that a run here goes on as if nothing had been."""
        experiment, threads = command.experiment, torch.get_num_threads()
        try:
            torch.set_num_threads(experiment.threads)
            if command.inits:
                answer = Examined(None, contrast_map(experiment, inits=command.inits, gain=command.gain))
            else:
                images = self.loaded[1] if self.loaded and same_data(experiment, self.loaded[0]) else None
                answer = Examined(untrained(experiment, command.gain, images), ())
        except REFUSALS as error:
            self._refuse(command, str(error))
            return
        finally:
            torch.set_num_threads(threads)
        self.report(answer)

    def _open(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.running = self.broken = self.finished = False
        self.saved = self.until = None
        self.trained_s = 0.0
        frame = take_frame.take(trainer)
        opening = take_frame.opening(trainer, trainer.classes())
        self.report(Opened(trainer.experiment, opening, frame, trainer.due(), trainer.changes))
        self._finish_if_done(trainer)
        self._heartbeat()
        self._save()

    def _obey(self, command: Command, trainer: Trainer) -> None:
        match command:
            case Set(changes):
                self._set(command, changes, trainer)
            case Checkpoint():
                if self._save():
                    if self.saved is not None:
                        self.report(Checkpointed(self.saved[0], asked=True))
                    else:
                        self._refuse(command, "The run has no checkpoint.")
            case Collect() | Remake():
                self._answer(command, trainer)
            case Pause(turn_over):
                if self.running:
                    self.running = False
                    if self.until is None:
                        self._frame(trainer)
                if not turn_over:
                    self._save()
            case Step() if self.broken:
                self._refuse(command, "The numbers of this run are no longer finite; rewind it.")
            case Step() if self.finished:
                self._refuse(command, "The last step is done; raise Steps to go on.")
            case Go(until):
                self.until = until
                if not (self.running or self.broken or self.finished):
                    self.running = True
                    self.speed.begin(time.monotonic())
                    self.next_frame = time.monotonic() + FRAME_S
            case Step(players):
                self.running = False
                self._train(trainer, players)
                if not self.broken and not self.finished:
                    self._frame(trainer)
        self._heartbeat()

    def _set(self, command: Set, changes: dict[str, Value], trainer: Trainer) -> None:
        try:
            trainer.set(changes)
        except SettingsError as error:
            self._refuse(command, str(error))
            return
        self.report(SettingsChanged(trainer.experiment, trainer.changes))
        if trainer.step == trainer.experiment.steps and not self.finished:
            self.report(Measured(row_of(trainer)))  # this step has become the last
        self._finish_if_done(trainer)
        if not self.running:
            self._frame(trainer)  # noise and sample mode change the picture of the same step

    def _answer(self, command: Collect | Remake, trainer: Trainer) -> None:
        try:
            if isinstance(command, Collect):
                self._save()  # whoever takes pictures away may take the weights that drew them
                self.report(samples.packed(take_samples.collect(trainer, command.count)))
            else:
                picture = remade_by(trainer, provenance.parse(command.origin, "The saved picture"))
                self.report(Remade(png_bytes(picture)))
        except (take_samples.SamplesError, provenance.OriginError, RegenerateError) as error:
            self._refuse(command, str(error))

    def _refuse(self, command: Command, words: str) -> None:
        self.report(Refused(command.kind, words))

    # ------------------------------------------------------------------------------------------ training

    def _train(self, trainer: Trainer, players: Players = "both") -> None:
        moment = take_step(trainer, players)
        if moment.row is not None:
            self.report(Measured(moment.row))
        if moment.broken is not None:
            self._break(trainer, moment.broken)
            return
        now = time.monotonic()
        self.trained_s += moment.seconds
        self.speed.step(now)
        self._finish_if_done(trainer)
        rested = now >= self.next_frame and time.process_time() >= self.next_frame_cpu
        if self.running and (rested if self.until is None else trainer.step == self.until):
            self._frame(trainer)
        if self.running and now >= self.next_save:
            self._save()

    def _break(self, trainer: Trainer, error: NonFinite) -> None:
        self.running = False
        self.broken = True
        self._frame(trainer)
        self.report(Broken(str(error)))

    def _finish_if_done(self, trainer: Trainer) -> None:
        done = trainer.step >= trainer.experiment.steps
        if done and not self.finished and not self.broken:
            self.running = False
            self.finished = True
            self._frame(trainer)
            self.report(Finished())
            self._save()
        self.finished = done

    # ------------------------------------------------------------------------------------------ telling

    def _frame(self, trainer: Trainer) -> None:
        # The share is one of this process's own time: where many train, a picture waits for its turn like a step,
        # and would look many times as dear by the clock.
        looked_at, begun = time.monotonic(), time.process_time()
        self.report(Framed(take_frame.take(trainer, self.trained_s)))
        now = time.process_time()
        every, share = OF_POINTS if isinstance(trainer.data, Points) else (FRAME_S, FRAME_SHARE)
        self.next_frame, self.next_frame_cpu = beat(self.next_frame, looked_at, every), now + (now - begun) / share

    def _heartbeat(self) -> None:
        self.next_heartbeat = time.monotonic() + HEARTBEAT_S
        if self.trainer is not None:
            self.report(Heartbeat(self.trainer.step, self.speed.value if self.running else 0.0))

    def _save(self) -> bool:
        """Write a checkpoint where something is new since the last; never one of a broken run.

        Returns whether none is missing; where one could not be written, a refusal has said so.
        """
        if self.trainer is None or self.file is None or self.broken:
            return True
        present = (self.trainer.step, self.trainer.experiment)
        begun = time.monotonic()
        written = True
        if present != self.saved:
            try:
                save_checkpoint(self.trainer, self.file)
                self.saved = present
                self.report(Checkpointed(self.trainer.step))
            except OSError as error:
                self.report(Refused(Checkpoint.kind, f"The checkpoint could not be written: {error}."))
                written = False
        now = time.monotonic()
        self.next_save = now + max(SAVE_S, (now - begun) / SAVE_SHARE)
        return written


def same_data(one: Experiment, other: Experiment) -> bool:
    """Whether two experiments train on the same loaded images."""
    return all(getattr(one, name) == getattr(other, name) for name in DATA_SETTINGS)
