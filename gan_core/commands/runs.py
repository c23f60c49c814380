"""python -m gan_core runs: the saved runs."""

from __future__ import annotations

import argparse
import json
import sys

HELP = "list the saved runs (GAN_HOME), the newest first"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("find", nargs="*", metavar="WORD", help="setting=value, or a word of a name or changed setting")


def run(given: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    from gan_core.saved_runs.as_dicts import as_dicts
    from gan_core.saved_runs.search import Search
    from gan_core.saved_runs.store import Store

    json.dump(as_dicts(Store.from_environment(), Search.parse(" ".join(given.find))), sys.stdout, indent=2)
    print()
    return 0
