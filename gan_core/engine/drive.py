"""The one loop that trains: a step at a time, with the row of each step at which measurements are due.

Who trains only listens: the worker takes single steps between two commands, the others a whole run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from gan_core.diagnosis.row import Row
from gan_core.engine.trainer import NonFinite, Trainer
from gan_core.settings.players import Players


@dataclass(frozen=True)
class Moment:
    """Where a run stands: before its first step, or after one."""

    step: int
    row: Row | None  # where one is due, and of the step that broke the run
    broken: NonFinite | None = None  # what this step made non-finite; no step comes after it
    seconds: float = 0.0  # that this step took, without its row


def row_of(trainer: Trainer) -> Row:
    """What can be measured of the trainer as it stands."""
    return Row(trainer.step, trainer.measure())


def take_step(trainer: Trainer, players: Players = "both") -> Moment:
    """One step of these players. A broken run's last row has `finite` 0: that is the evidence of the finding."""
    broken = None
    begun = time.monotonic()
    try:
        trainer.train_step(players)
    except NonFinite as error:
        broken = error
    seconds = time.monotonic() - begun
    if broken is not None:
        row: Row | None = Row(trainer.step, {**trainer.measure(), "finite": 0.0})
    else:
        row = row_of(trainer) if trainer.due() else None
    return Moment(trainer.step, row, broken, seconds)


def drive(trainer: Trainer) -> Iterator[Moment]:
    """Where the trainer stands, then each step up to the experiment's last or to the one that breaks the run."""
    moment = Moment(trainer.step, row_of(trainer) if trainer.due() else None)
    yield moment
    while trainer.step < trainer.experiment.steps and moment.broken is None:
        moment = take_step(trainer)
        yield moment
