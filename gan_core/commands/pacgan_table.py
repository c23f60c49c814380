"""PacGAN's table 1 (Lin 2018): ring and grid, ten trials, modes and quality, by the protocol of the paper, beside the
paper's own figures.

Its protocol and data are those of its authors' code (github.com/fjxmlzn/PacGAN, synthetic_data_experiments): 2500
points, each counted for the nearest mode, of high quality within three standard deviations of it. Their figures are
read from the picture of the table in the same folder.
"""

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


NAMES = ("modes_covered", "high_quality", "reverse_kl")
# What they trained, in 400 epochs of 100,000 points: mean and standard error of each of NAMES.
PAPER: dict[str, dict[str, tuple[tuple[float, float], ...]]] = {
    "2D-ring": {
        "GAN": ((6.3, 0.5), (0.982, 0.002), (0.45, 0.09)),
        "ALI": ((6.6, 0.3), (0.976, 0.004), (0.36, 0.04)),
        "PacGAN2": ((7.9, 0.1), (0.956, 0.020), (0.07, 0.03)),
        "PacGAN3": ((7.8, 0.1), (0.977, 0.003), (0.10, 0.02)),
        "PacGAN4": ((7.8, 0.1), (0.959, 0.014), (0.07, 0.02)),
    },
    "2D-grid": {
        "GAN": ((17.3, 0.8), (0.948, 0.007), (0.70, 0.07)),
        "ALI": ((24.1, 0.4), (0.957, 0.006), (0.14, 0.03)),
        "PacGAN2": ((23.8, 0.7), (0.913, 0.008), (0.13, 0.04)),
        "PacGAN3": ((24.6, 0.4), (0.942, 0.004), (0.06, 0.02)),
        "PacGAN4": ((24.8, 0.2), (0.936, 0.006), (0.04, 0.01)),
    },
}
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
    """Each setup at seeds 0 to `trials` - 1, on this machine: mean, standard error and 95 % interval of each
    figure; under `paper` the paper's, by method."""
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
                    "paper": in_paper(setup.label),
                }
            )
    return rows


def in_paper(label: str) -> dict[str, dict[str, dict[str, float]]]:
    """The paper's figures on one data set, by method and name."""
    return {
        method: {
            name: {"mean": mean, "standard_error": error} for name, (mean, error) in zip(NAMES, figures, strict=True)
        }
        for method, figures in PAPER[label].items()
    }


def interval(values: list[float]) -> dict[str, float]:
    """Mean, its standard error, and its 95 % interval by Student's t (two values or more)."""
    mean = statistics.fmean(values)
    degrees = len(values) - 1
    t = _T[degrees - 1] if degrees <= len(_T) else 1.96
    error = statistics.stdev(values) / math.sqrt(len(values))
    figures = {"mean": mean, "standard_error": error, "low": mean - t * error, "high": mean + t * error}
    return {name: round(figure, 4) for name, figure in figures.items()}


def _trial(setup: Setup, seed: int) -> dict[str, float]:
    e = Experiment(**setup.settings, seed=seed)
    torch.set_num_threads(e.threads)
    begun = time.process_time()
    measured: dict[str, float] = {}
    for moment in drive(Trainer(e)):
        measured = moment.row.measurements if moment.row else measured
    # A run that broke covers nothing.
    found = {name: measured.get(name, math.log(setup.modes) if name == "reverse_kl" else 0.0) for name in NAMES}
    return {**found, "seconds_of_one_core": time.process_time() - begun}
