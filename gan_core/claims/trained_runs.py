"""Trains for the experiments that need it, once for each seed, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from gan_core.claims.outcome import LEAST_SEEDS
from gan_core.diagnosis.row import Row
from gan_core.engine.drive import drive
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

SEEDS = (0, 1, 2)


@dataclass(frozen=True, eq=False)
class Trained:
    """A run that ended: its rows, oldest first, the trainer as it stands, and in `trouble` what became
    non-finite, if anything did."""

    rows: list[Row]
    trainer: Trainer
    trouble: str = ""

    @property
    def last(self) -> dict[str, float]:
        """The measurements of the last row."""
        return self.rows[-1].measurements

    def at(self, step: int) -> dict[str, float]:
        """The measurements of a step that has a row."""
        return next(row.measurements for row in self.rows if row.step == step)


class Training:
    """What an experiment that trains is given. `seeds` are at least three; `steps` counts all that were taken, and
    `told`, if any, hears of it after each."""

    def __init__(self, seeds: tuple[int, ...] = SEEDS, told: Callable[[int], None] | None = None) -> None:
        if len(set(seeds)) < LEAST_SEEDS:
            raise ValueError(f"seeds must be at least {LEAST_SEEDS} different ones, but are {seeds}.")
        torch.set_num_threads(1)  # several change the order of sums, and others use the machine too
        self.seeds = seeds
        self.steps = 0
        self._told = told

    def train(self, experiment: Experiment, kind: type[Trainer] = Trainer) -> Trained:
        """Train from step 0 to the experiment's last, measured as it says; with `kind`, by another loop."""
        trainer = kind(experiment)
        rows, trouble = [], ""
        for moment in drive(trainer):
            if moment.row is not None:
                rows.append(moment.row)
            if moment.broken is not None:
                trouble = str(moment.broken)
            elif moment.step > 0:
                self._counted()
        return Trained(rows, trainer, trouble)

    def count(self, steps: int) -> Iterator[int]:
        """1 to `steps`, for a loop of the experiment's own."""
        for step in range(1, steps + 1):
            yield step
            self._counted()

    def _counted(self) -> None:
        self.steps += 1
        if self._told is not None:
            self._told(self.steps)
