"""python -m gan_core points: as train, on points of a plane; --table measures PacGAN's table."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from gan_core.commands import train
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import Problem, SettingsError

HELP = "train one GAN on points in a plane, by default the ring of 8 modes (change it with --set dataset=…)"
FIRST = "ring"


def declare(parser: argparse.ArgumentParser) -> None:
    """Those of train, and the table's."""
    train.declare(parser)
    parser.add_argument("--table", action="store_true", help="ring and grid as in PacGAN's table 1, beside its figures")
    parser.add_argument(
        "--trials", type=int, default=10, metavar="N", help="seeds for each row of --table (default 10)"
    )


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    if not given.table:
        return train.run(given, _of_points)
    if any((given.recipe, given.experiment, given.set, given.steps is not None, given.out, given.resume)):
        raise ValueError("--table has settings of its own: leave out all others but --trials")
    if not 2 <= given.trials <= 100:
        raise ValueError(f"--trials takes 2 to 100, not {given.trials}")
    from gan_core.engine.light_torch import defer_compiler  # torch is slow to import: only where it is used

    defer_compiler()
    from gan_core.commands.pacgan_table import table

    json.dump(table(given.trials), sys.stdout, indent=2)
    print()
    return 0


def _of_points(changes: dict[str, Any]) -> dict[str, Any]:
    """What --set gives, with the ring where it names no data. Raises SettingsError for images."""
    dataset = changes.get("dataset", FIRST)
    if dataset not in POINT_SETS:
        allowed = f"points takes one of {', '.join(sorted(POINT_SETS))}; use train for images"
        raise SettingsError([Problem("dataset", dataset, allowed)])
    return {"dataset": dataset, **changes}
