"""python -m gan_core export: the files of a run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

# Said here as well, so that other commands need not wait for all that `export` imports.
EXPORTS = {
    "script": "the experiment as one plain PyTorch script, its data beside it",
    "csv": "the measurements as a table",
    "json": "measurements, settings and findings",
    "gif": "the saved pictures, one after another",
    "sheet": "the kept pictures, side by side on one PNG",
    "weights": "both networks at the last checkpoint, as safetensors",
    "html": "a report in one file that opens offline",
    "tensorboard": "an event file, where tensorboard is installed",
}

OUT = """a file, or a folder for it (default: the run's name, in this folder); for --script a .py file, or a
folder for script, data and settings (default: one with the run's name); not over a file of other content"""
HELP = "files of a run: script, report, tables, pictures, weights"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("run", metavar="RUN", help="a folder that train --out wrote, or the name or id of a saved run")
    which = parser.add_mutually_exclusive_group(required=True)
    for kind in EXPORTS:
        which.add_argument(f"--{kind}", action="store_const", const=kind, dest="kind", help=EXPORTS[kind])
    parser.add_argument("--out", type=Path, metavar="FILE|DIR", help=OUT)
    parser.add_argument("--force", action="store_true", help="replace existing files")


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    from gan_core.outputs import kinds  # Pillow and the data sets are needed here alone

    files = kinds.write(kinds.read_record(given.run), given.kind, given.out, given.force)
    json.dump({"files": [str(file) for file in files]}, sys.stdout, indent=2)
    print()
    return 0
