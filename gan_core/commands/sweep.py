"""python -m gan_core sweep: many runs that differ in one to three settings, as JSON."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from gan_core.sweep.chosen_machines import machines
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.plan import Cell, SweepPlan, read_plan
from gan_core.sweep.running import Sweeps

HELP = "train every combination of a few settings, on all cores or on a cluster, and tell what came of each"
WAIT_S = 1.0


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "file", type=Path, metavar="FILE",
        help='JSON: {"base": {...}, "vary": {"lr_g": [...], "lr_d": [...]}, "seeds": [0, 1, 2], "steps": 500}',
    )  # fmt: skip
    parser.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="of a Dask cluster (default: GAN_SCHEDULER, else this machine)"
    )


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code: 130 where Ctrl-C ended it, all that was finished being kept.

    Raises PlanError, CellsFull and ClusterError.
    """
    plan = read_plan(given.file.read_text())
    for words in plan.refusals():
        print(f"Left out, since it is not possible: {words}", file=sys.stderr)
    kept = CellFolder.of_this_machine()
    sweeps = Sweeps(lambda: machines(given.scheduler), kept)
    try:
        failed = _trained(sweeps, plan)
    except KeyboardInterrupt:
        print("Stopped. What was finished is kept: the same command goes on with the rest.", file=sys.stderr)
        return 130
    finally:
        sweeps.close()
    json.dump({"cells": [_told(cell, kept, failed) for cell in plan.cells]}, sys.stdout, indent=2)
    print()
    return 0


def _trained(sweeps: Sweeps, plan: SweepPlan) -> dict[str, str]:
    """Have all cells trained, with progress on stderr; by digest, why one could not be. Raises what `begin` does, and
    ValueError where the machines are of no use."""
    from tqdm import tqdm

    sweeps.begin("", plan)
    state = sweeps.seen("")
    assert state is not None
    with tqdm(total=state.total, initial=state.done, unit="cell", file=sys.stderr) as bar:
        while state.open:
            state = sweeps.wait("", WAIT_S)
            assert state is not None
            bar.update(state.done - bar.n)
    if state.trouble:
        raise ValueError(state.trouble)
    if state.total and len(state.failed) == state.total:
        raise ValueError(f"No cell could be trained: {next(iter(state.failed.values()))}")
    return state.failed


def _told(cell: Cell, kept: CellFolder, failed: dict[str, str]) -> dict[str, Any]:
    """A cell for JSON, by the contract of the command line; one that could not be trained is marked as refused."""
    seen = kept.read(cell.experiment) if cell.experiment is not None else None
    start = {"settings": cell.settings, "seed": cell.seed}
    if seen is None:
        why = cell.refused or failed.get(cell.experiment.digest if cell.experiment else "", "Its file is damaged.")
        refused = {"state": "refused", "words": why, "passed": []}
        return {**start, "measurements": {}, "findings": [], "verdict": refused, "picture": None}
    measured = {name: value for name, value in seen.measurements.items() if math.isfinite(value)}
    return {**start, "measurements": measured, **seen.verdict.as_dict(), "picture": str(seen.picture)}
