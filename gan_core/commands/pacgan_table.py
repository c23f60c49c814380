"""PacGAN's table 1 (Lin 2018): ring and grid, ten trials, modes and quality, by the protocol of the paper."""

from __future__ import annotations

import math
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

import torch
from tqdm import tqdm

from gan_core.engine.drive import drive
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment


@dataclass(frozen=True)
class Setup:
    """One part of the table: the paper's data in our units (a radius of 1; a grid from -1 to 1)."""

    label: str
    settings: dict[str, Any]
    modes: int


# The paper's ring has radius 1 and modes of standard deviation 0.01; its grid goes from -4 to 4, with 0.05.
SETUPS = (
    Setup(
        "2D-ring", {"dataset": "ring", "mode_std": 0.01, "steps": 2500}, 8,
    ),
    Setup(
        "2D-grid", {"dataset": "grid", "mode_std": 0.0125, "penalty_weight": 0.003, "steps": 3500}, 25,
    ),
)  # fmt: skip
# Student's t for 95 %, two-sided, by degrees of freedom (n - 1); beyond them the normal's.
_T = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09)


def table(trials: int) -> list[dict[str, Any]]:
    """Each setup at seeds 0 to `trials` - 1, on this machine: mean and 95 % interval of each figure."""
    rows = []
    with tqdm(total=trials * len(SETUPS), unit="run", file=sys.stderr) as bar:
        for setup in SETUPS:
            found: list[dict[str, float]] = []
            for seed in range(trials):
                found.append(_trial(setup, seed))
                bar.update()
            rows.append(
                {
                    "data": setup.label,
                    "modes": setup.modes,
                    "trials": trials,
                    **{name: interval([trial[name] for trial in found]) for name in found[0]},
                    "settings": setup.settings,
                }
            )
    return rows


def interval(values: list[float]) -> dict[str, float]:
    """Mean, and the 95 % interval of it by Student's t (two values or more)."""
    mean = statistics.fmean(values)
    degrees = len(values) - 1
    t = _T[degrees - 1] if degrees <= len(_T) else 1.96
    half = t * statistics.stdev(values) / math.sqrt(len(values))
    return {"mean": round(mean, 4), "low": round(mean - half, 4), "high": round(mean + half, 4)}


def _trial(setup: Setup, seed: int) -> dict[str, float]:
    e = Experiment(**setup.settings, seed=seed)
    torch.set_num_threads(e.threads)
    begun = time.process_time()
    measured: dict[str, float] = {}
    for moment in drive(Trainer(e)):
        measured = moment.row.measurements if moment.row else measured
    names = ("modes_covered", "high_quality", "reverse_kl")
    # A run that broke covers nothing.
    found = {name: measured.get(name, math.log(setup.modes) if name == "reverse_kl" else 0.0) for name in names}
    return {**found, "seconds_of_one_core": time.process_time() - begun}
