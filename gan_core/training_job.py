"""Training without a page: one run from its first to its last step, with its files.

The folder of a run: `experiment.json`, `measurements.jsonl` (a row at each fixed step), `samples/step-000123.png`
with a `.json` beside each, `checkpoint.safetensors` every few seconds, `final.png`.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import torch
from tqdm import tqdm

from gan_core import samples, saving
from gan_core.checkpoint import load_checkpoint, save_checkpoint
from gan_core.experiment import Experiment
from gan_core.findings import Finding, diagnose
from gan_core.training import NonFinite, Trainer
from gan_core.whole_files import told, write_together

SAVE_S = 5.0
SAVE_SHARE = 0.01  # of the time at most goes into checkpoints
PICTURES = 20  # pictures over the whole run, at fixed steps


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `seconds` counts training alone; `trouble` is empty unless it became non-finite."""

    steps: int
    seconds: float
    steps_per_second: float
    measurements: dict[str, float]
    findings: list[Finding]
    experiment: Experiment
    trouble: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON, by the contract of the command line."""
        return {
            "steps": self.steps,
            "seconds": round(self.seconds, 3),
            "steps_per_second": round(self.steps_per_second, 2),
            "measurements": self.measurements,
            "findings": [finding.as_dict() for finding in self.findings],
            "experiment": self.experiment.model_dump(mode="json"),
        }


def train_run(experiment: Experiment, folder: Path | None) -> Outcome:
    """Train from step 0; files go to `folder`, if any. Raises DataError, DeviceError, NotWritten."""
    torch.set_num_threads(experiment.threads)
    trainer = Trainer(experiment)
    if folder is not None:
        files = {"experiment.json": experiment.json_text(), "measurements.jsonl": ""}
        write_together({folder / name: text.encode() for name, text in files.items()})
    return _job(trainer, folder, [])


def resume_run(folder: Path, changes: dict[str, Any]) -> Outcome:
    """Go on from the checkpoint in `folder`; `changes` are live settings. Raises CheckpointError, SettingsError."""
    trainer = load_checkpoint(folder / "checkpoint.safetensors")
    trainer.set(changes)
    torch.set_num_threads(trainer.experiment.threads)
    rows = [json.loads(line) for line in (folder / "measurements.jsonl").read_text().splitlines()]
    # What was measured after the checkpoint will be measured again.
    rows = [row for row in rows if row["step"] <= trainer.step]
    files = {
        "experiment.json": trainer.experiment.json_text(),
        "measurements.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
    }
    write_together({folder / name: text.encode() for name, text in files.items()})
    return _job(trainer, folder, [(row.pop("step"), row) for row in rows])


def _job(trainer: Trainer, folder: Path | None, rows: list[tuple[int, dict[str, float]]]) -> Outcome:
    e, first = trainer.experiment, trainer.step
    every = max(1, e.steps // PICTURES)
    trouble = ""
    begun = next_save = time.perf_counter()
    with tqdm(total=e.steps, initial=first, unit="step", file=sys.stderr) as bar:
        while True:
            if trainer.due() and (not rows or rows[-1][0] < trainer.step):
                rows.append((trainer.step, trainer.measure()))
                _append(folder, rows[-1])
            if folder is not None and (trainer.step % every == 0 or trainer.step == e.steps):
                save_picture(trainer, folder, f"samples/step-{trainer.step:06d}")
            if folder is not None and (time.perf_counter() >= next_save or trainer.step >= e.steps):
                next_save = _checkpoint(trainer, folder)
            if trainer.step >= e.steps:
                break
            try:
                trainer.train_step()
            except NonFinite as error:
                trouble = str(error)
                rows.append((trainer.step, {**trainer.measure(), "finite": 0.0}))
                _append(folder, rows[-1])
                break
            bar.update()
    seconds = time.perf_counter() - begun
    if folder is not None:
        save_picture(trainer, folder, "final")
    return Outcome(
        steps=trainer.step,
        seconds=seconds,
        steps_per_second=(trainer.step - first) / seconds,
        measurements=rows[-1][1],
        findings=diagnose(e, rows),
        experiment=e,
        trouble=trouble,
    )


def save_picture(trainer: Trainer, folder: Path, name: str) -> None:
    """The grid of this step as PNG below `folder`, with what made it in a JSON file of the same name and inside.

    Its time is not told: the same experiment gives the same bytes. Raises NotWritten.
    """
    drawn = samples.collect(trainer, samples.MOST)
    saving.write([saving.saved_grid(drawn, "png", None, PurePosixPath(name))], folder)


def _checkpoint(trainer: Trainer, folder: Path) -> float:
    """Save, and say when (perf_counter seconds) the next one is due."""
    begun = time.perf_counter()
    path = folder / "checkpoint.safetensors"
    with told(path):
        save_checkpoint(trainer, path)
    now = time.perf_counter()
    return now + max(SAVE_S, (now - begun) / SAVE_SHARE)


def _append(folder: Path | None, row: tuple[int, dict[str, float]]) -> None:
    if folder is not None:
        path = folder / "measurements.jsonl"
        with told(path), path.open("a") as file:
            file.write(json.dumps({"step": row[0], **row[1]}) + "\n")
