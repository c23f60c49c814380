"""python -m gan_core train: one GAN, from its first to its last step."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gan_core.diagnosis.recipes import find
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import Problem, SettingsError

OUT = """write pictures, measurements and checkpoints there, in place of a run that is there; other files stay, and one
that has the name of a run's file is not replaced without --force"""
HELP = "train one GAN and print its measurements"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--recipe", metavar="NAME[:broken|:fixed]", help="settings of a recipe (see recipes)")
    parser.add_argument("--experiment", type=Path, metavar="FILE", help="settings as JSON (see --out)")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="one setting; repeatable")
    parser.add_argument("--steps", type=int, metavar="N", help="total number of steps, also with --resume")
    parser.add_argument("--out", type=Path, metavar="DIR", help=OUT)
    parser.add_argument("--force", action="store_true", help="replace files in DIR that do not belong to a run")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="continue from the checkpoint in DIR")


def run(given: argparse.Namespace, settings_of: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> int:
    """Do it, and return the exit code. `settings_of` may add to what --set gives, where no file or recipe does.

    Raises ValueError and OSError for bad input.
    """
    from gan_core.engine.light_torch import defer_compiler  # torch is slow to import: only where it is used

    defer_compiler()
    from gan_core.commands.training_run import resume_run, train_run

    changes = dict(_assignment(text) for text in given.set)
    if given.steps is not None:
        changes["steps"] = given.steps
    if given.resume is not None:
        if any(option is not None for option in (given.recipe, given.experiment, given.out)):
            raise ValueError(
                "--resume goes on in DIR with its own experiment: leave out --recipe, --experiment and --out"
            )
        outcome = resume_run(given.resume, changes, given.force)
    else:
        if given.recipe is None and given.experiment is None:
            changes = settings_of(changes)
        outcome = train_run(_chosen(given).replace(**changes), given.out, given.force)
    json.dump(outcome.as_dict(), sys.stdout, indent=2)
    print()
    if outcome.trouble:
        print(outcome.trouble, file=sys.stderr)
    return 3 if outcome.trouble else 0


def _chosen(given: argparse.Namespace) -> Experiment:
    """The experiment that --set then changes."""
    if given.recipe is not None and given.experiment is not None:
        raise ValueError("--recipe and --experiment both give the settings: leave out one of them")
    if given.recipe is not None:
        from gan_core.saving_mistakes.known_mistakes import PLAINEST

        name = given.recipe.partition(":")[0]
        if name in PLAINEST:
            raise ValueError(f"the recipe {name!r} shows a failure of saving, and trains nothing: see the page pixels")
        return find(given.recipe)
    return Experiment.from_json(given.experiment.read_text()) if given.experiment else Experiment()


def _assignment(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not sign or name not in SETTINGS:
        raise SettingsError([Problem(name, value, "--set takes FIELD=VALUE with a FIELD of " + ", ".join(SETTINGS))])
    try:
        return name, SETTINGS[name].parse(value)
    except ValueError:
        raise SettingsError([Problem(name, value, "must be " + SETTINGS[name].allowed)]) from None
