"""python -m gan_core bench: how fast the engine is."""

from __future__ import annotations

import argparse

HELP = "measure the engine against a plain tutorial loop, in this process"


def declare(_: argparse.ArgumentParser) -> None:
    """It has no arguments."""


def run(_: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    from gan_core.commands.speed import main  # torch is slow to import: only where it is used

    return main()
