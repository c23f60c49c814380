"""python -m gan_core diagnose: what files show that people bring."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gan_core.diagnosis.loop_verdict import loop_verdict, not_judged
from gan_core.saved_runs.store import Store
from gan_core.saved_runs.watched_runs import is_watched, read_watched

HELP = "diagnose samples, a training log, checkpoints or a watched run: .npy, .pt, pictures, .csv, .json, its name"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "paths",
        type=Path,
        nargs="+",
        metavar="FILE|DIR|RUN",
        help="is only read; nothing in it is executed; several files belong together, such as checkpoints of two steps",
    )
    parser.add_argument(
        "--against",
        default="digits",
        metavar="DATASET|DIR",
        help="real images to compare with: a data set's name, or a folder or file of your own (default: digits); "
        "with your own, darkness, contrast and the order of colours can be judged",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=MEASUREMENT",
        help="what a log's column is, where its name does not say so, as in --column adv=loss_g; may be repeated",
    )


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    # Pillow and the data sets are needed here alone.
    from gan_core.uploads import AGAINST, examine_path, examine_paths, own_set_at

    told = _watched(given.paths[0]) if len(given.paths) == 1 else None
    if told is None:
        columns = _columns(given.column)
        with _stderr_to_itself():
            own = given.against not in AGAINST and Path(given.against).exists()
            against = own_set_at(Path(given.against)) if own else given.against
            if len(given.paths) == 1:
                told = examine_path(given.paths[0], against, columns).as_dict()
            else:
                told = examine_paths(given.paths, against, columns).as_dict()
    json.dump(told, sys.stdout, indent=2, allow_nan=False)
    print()
    return 0


def _watched(path: Path) -> dict[str, Any] | None:
    """The same as the page Runs says of a watched run: its folder, or its name or id among the saved runs, the newest
    of a name. None where it is none."""
    if path.exists():
        folder = path if is_watched(path) else None
    else:
        runs = Store.from_environment().watched()
        folder = next((run.folder for run in runs if str(path) in (run.run_id, run.name)), None)
    if folder is None:
        return None
    run = read_watched(folder)
    return {
        "name": run.name,
        "watched": run.run_id,
        "step": run.step,
        "measurements": run.rows[-1].measurements if run.rows else {},
        **loop_verdict(run.rows).as_dict(),
        "not_judged": not_judged(run.rows),
    }


def _columns(said: list[str]) -> dict[str, str]:
    """What columns are said to be. Raises DataError for what is no measurement."""
    from gan_core.files.errors import DataError
    from gan_core.uploads import MEANINGS

    found: dict[str, str] = {}
    for one in said:
        column, _, meaning = one.rpartition("=")
        found[column] = meaning
        if not column or meaning not in MEANINGS:
            raise DataError(
                f"--column needs NAME=MEASUREMENT, a measurement being one of {', '.join(MEANINGS)}: as in "
                f"--column adv=loss_g."
            )
    return found


@contextmanager
def _stderr_to_itself() -> Iterator[None]:
    """Libraries in C, such as that for TIFF, write what they find damaged straight to the process's stderr, where one
    line is promised."""
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
