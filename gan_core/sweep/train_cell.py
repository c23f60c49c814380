"""Trains one cell of a sweep, in a process of its own."""

from __future__ import annotations

import time

import torch

from gan_core.engine import take_frame
from gan_core.engine.device import DeviceError
from gan_core.engine.drive import drive
from gan_core.engine.light_torch import defer_compiler
from gan_core.engine.trainer import Trainer
from gan_core.engine.training_data import load_data
from gan_core.files.errors import DataError
from gan_core.settings.experiment import Experiment
from gan_core.sweep.answers import RefusedCell, TrainedCell


def train_cell(e: Experiment, images: str = "") -> TrainedCell | RefusedCell:
    """The run from its first to its last step. `images` is the digest of those that were sent here for it, "" for
    what this machine has."""
    defer_compiler()
    torch.set_num_threads(e.threads)
    begun = time.perf_counter()
    try:
        trainer = Trainer(e, load_data(e, images=images))
    except (DataError, DeviceError) as error:
        return RefusedCell(str(error))
    rows, trouble = [], ""
    for moment in drive(trainer):
        if moment.row is not None:
            rows.append(moment.row)
        if moment.broken is not None:
            trouble = str(moment.broken)
    png = take_frame.take(trainer).fake_png
    return TrainedCell(tuple(rows), png, trouble, time.perf_counter() - begun)
