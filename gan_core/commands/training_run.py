"""Training without a page: one run from its first to its last step, with its files.

The folder is a saved run (see `saved_runs/run_folder.py`), its checkpoint written every few seconds, and beside that
`samples/step-000123.png` with a `.json` of its origin beside each, and `final.png`.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import torch
from tqdm import tqdm

from gan_core.commands.own_files import make_way
from gan_core.diagnosis.verdict import Verdict, verdict
from gan_core.engine import take_frame, take_samples
from gan_core.engine.checkpoint import load_checkpoint, save_checkpoint
from gan_core.engine.drive import drive
from gan_core.engine.trainer import Trainer
from gan_core.files.atomic_write import told
from gan_core.files.folder_lock import FolderLock
from gan_core.messages import samples
from gan_core.outputs import saved_pictures
from gan_core.saved_runs import run_folder
from gan_core.saved_runs.run_folder import CHECKPOINT, History
from gan_core.settings.experiment import Experiment

SAVE_S = 5.0
SAVE_SHARE = 0.01  # of the time at most goes into checkpoints
PICTURES = 20  # pictures over the whole run, at fixed steps


@dataclass(frozen=True)
class TrainingResult:
    """What a run came to."""

    steps: int  # done in all
    seconds: float  # of training alone
    steps_per_second: float
    measurements: dict[str, float]  # of the last row
    verdict: Verdict
    experiment: Experiment
    trouble: str  # why it stopped early; empty unless it became non-finite

    def as_dict(self) -> dict[str, Any]:
        """For JSON, by the contract of the command line."""
        return {
            "steps": self.steps,
            "seconds": round(self.seconds, 3),
            "steps_per_second": round(self.steps_per_second, 2),
            "measurements": self.measurements,
            **self.verdict.as_dict(),
            "experiment": self.experiment.model_dump(mode="json"),
        }


def train_run(experiment: Experiment, folder: Path | None, force: bool = False) -> TrainingResult:
    """Train from step 0; files go to `folder`, if any, in place of a run that was there before.

    Nobody else's file is replaced, but with `force`. Raises DataError, DeviceError, Locked, NotWritten.
    """
    torch.set_num_threads(experiment.threads)
    trainer = Trainer(experiment)
    if folder is None:
        return _job(trainer, None, History((), (), None))
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    make_way(folder, force)
    with FolderLock(folder):
        return _job(trainer, folder, _begun(trainer, folder))


def resume_run(folder: Path, changes: dict[str, Any], force: bool = False) -> TrainingResult:
    """Go on from the checkpoint in `folder`, or from step 0 where the run was stopped before its first; `changes` are
    live settings, `force` as in `train_run`.

    Raises SavedRunError, CheckpointError, SettingsError, DataError, DeviceError, Locked, NotWritten.
    """
    saved = run_folder.read_run(folder)
    make_way(folder, force)
    with FolderLock(folder):
        trainer = Trainer(saved.experiment) if saved.checkpoint is None else load_checkpoint(saved.checkpoint)
        trainer.set(changes)
        torch.set_num_threads(trainer.experiment.threads)
        if saved.checkpoint is None:
            return _job(trainer, folder, _begun(trainer, folder))
        history = saved.until(trainer.step)  # what came after the checkpoint will come again
        run_folder.write_history(folder, trainer.experiment, history)
        return _job(trainer, folder, history)


def _begun(trainer: Trainer, folder: Path) -> History:
    opening = take_frame.opening(trainer, trainer.classes())
    run_folder.begin(folder, trainer.experiment, opening)
    return History((), (), opening)


def _job(trainer: Trainer, folder: Path | None, history: History) -> TrainingResult:
    e, first = trainer.experiment, trainer.step
    rows = [*history.rows]
    every = max(1, e.steps // PICTURES)
    trouble = ""
    begun = next_save = time.perf_counter()
    with tqdm(total=e.steps, initial=first, unit="step", file=sys.stderr) as bar:
        for moment in drive(trainer):
            bar.update(moment.step - bar.n)
            if moment.row is not None and (not rows or rows[-1].step < moment.step):
                rows.append(moment.row)
                if folder is not None:
                    run_folder.append_row(folder, moment.row)
            if moment.broken is not None:
                trouble = str(moment.broken)
                if folder is not None:
                    run_folder.append_frame(folder, take_frame.take(trainer))
            elif folder is not None:
                if moment.step % every == 0 or moment.step == e.steps:
                    save_picture(trainer, folder, f"samples/step-{moment.step:06d}")
                    if not any(frame.step == moment.step for frame in history.frames):
                        run_folder.append_frame(folder, take_frame.take(trainer))
                if time.perf_counter() >= next_save or moment.step >= e.steps:
                    next_save = _checkpoint(trainer, folder)
    seconds = time.perf_counter() - begun
    if folder is not None:
        save_picture(trainer, folder, "final")
    return TrainingResult(
        steps=trainer.step,
        seconds=seconds,
        steps_per_second=(trainer.step - first) / seconds,
        measurements=rows[-1].measurements,
        verdict=verdict(e, rows, trainer.changes),
        experiment=e,
        trouble=trouble,
    )


def save_picture(trainer: Trainer, folder: Path, name: str) -> None:
    """The grid of this step as PNG below `folder`, with what made it in a JSON file of the same name and inside.

    Its time is not told: the same experiment gives the same bytes. Raises NotWritten.
    """
    drawn = take_samples.collect(trainer, samples.MOST)
    saved_pictures.write([saved_pictures.saved_grid(drawn, "png", None, PurePosixPath(name))], folder)


def _checkpoint(trainer: Trainer, folder: Path) -> float:
    """Save, and say when (perf_counter seconds) the next one is due."""
    begun = time.perf_counter()
    path = folder / CHECKPOINT
    with told(path):
        save_checkpoint(trainer, path)
    now = time.perf_counter()
    return now + max(SAVE_S, (now - begun) / SAVE_SHARE)
