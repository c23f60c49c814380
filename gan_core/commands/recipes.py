"""python -m gan_core recipes: each failure, and what mends it."""

from __future__ import annotations

import argparse
import json
import sys

from gan_core.diagnosis.recipes import RECIPES

HELP = "list the recipes: each failure in training and in saving, and what fixes it"


def declare(_: argparse.ArgumentParser) -> None:
    """It has no arguments."""


def run(_: argparse.Namespace) -> int:
    """Do it, and return the exit code."""
    from gan_core.saving_mistakes import known_mistakes

    json.dump([*(recipe.as_dict() for recipe in RECIPES.values()), *known_mistakes.recipes()], sys.stdout, indent=2)
    print()
    return 0
