"""python -m gan_core diagnose: what files show that people bring."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HELP = "say what samples, or a training log, show: .npy, .pt, pictures, .csv"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("path", type=Path, metavar="FILE|DIR", help="read only; nothing in it is executed")
    parser.add_argument(
        "--against",
        default="digits",
        metavar="DATASET",
        help="any data set but folder (default: digits)",
    )


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    from gan_core.uploads import examine_path  # Pillow and the data sets are needed here alone

    with _stderr_to_itself():
        report = examine_path(given.path, given.against)
    json.dump(report.as_dict(), sys.stdout, indent=2, allow_nan=False)
    print()
    return 0


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
