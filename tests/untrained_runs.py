"""Saved runs that nobody trained: their numbers and pictures tell their step."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tiny import tiny

from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.pixels.range_map import png_bytes
from gan_core.saved_runs.checkpoint_header import FORMAT
from gan_core.saved_runs.run_folder import History, write_run
from gan_core.settings.experiment import Experiment

E = tiny(loss="hinge", steps=1000)


def png(level: int) -> bytes:
    return png_bytes(np.full((4, 4), level % 256, np.uint8))


OPENING = Opening(
    real_png=png(200), real_histogram=[0.25, 0.75], low=-1.5, high=1.5, legal_low=-1, legal_high=1, tile=8, columns=8,
    rows=6, device_name="cpu", classes=Classes(["0", "1"], [0.5, 0.5], 0.97),
)  # fmt: skip


def checkpoint(path: Path, step: int, e: Experiment = E, size: int = 100) -> Path:
    """A file with the head of a checkpoint and numbers that tell its step."""
    state = {"format": FORMAT, "experiment": e.json_text(), "step": step}
    save_file({"weights": np.full(size, step, np.float32)}, path, {"state": json.dumps(state)})
    return path


def history(step: int, every: int = 10, pictures: int = 20) -> History:
    rows = tuple(Row(at, {"loss_d": at / 3, "finite": 1.0}) for at in range(0, step + 1, every))
    frames = tuple(Frame(at, {"loss_g": at / 7}, png(at), [at / 11, 0.0]) for at in range(0, step + 1, pictures))
    return History(rows, frames, OPENING)


def saved(folder: Path, step: int, e: Experiment = E) -> Path:
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        write_run(folder, checkpoint(Path(place) / "checkpoint", step, e), lambda _: history(step))
    return folder
