"""python -m gan_core regenerate: a saved picture, made again and compared."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

HELP = "regenerate a saved picture from a checkpoint, and compare"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="a saved picture, or the JSON beside it")
    parser.add_argument("--checkpoint", type=Path, required=True, metavar="FILE", help="of its run, at its step")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write what was made as PNG")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    from gan_core.engine.light_torch import defer_compiler

    defer_compiler()
    from gan_core.engine.regenerate import regenerate
    from gan_core.files.atomic_write import write_new

    compared = regenerate(given.picture, given.checkpoint)
    if given.out is not None:
        write_new({given.out: compared.png()}, given.force)
    json.dump(compared.as_dict(), sys.stdout, indent=2)
    print()
    if words := compared.difference.words:
        print(f"{given.picture.name} is not the same as made again: {words}.", file=sys.stderr)
        return 2
    return 0
