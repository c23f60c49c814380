"""The command line: `python -m gan_core train ...`. Results as JSON on stdout, progress on stderr.

Exit codes: 0 done, 2 bad input (one line on stderr), 3 the run became non-finite.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan_core.diagnosis.recipes import RECIPES, find
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import Problem, SettingsError

# Said here as well, so that other commands need not wait for all that `export` imports.
EXPORTS = {
    "script": "the experiment as one plain PyTorch script, its images beside it",
    "csv": "the measurements as a table",
    "json": "measurements, settings and findings",
    "gif": "the kept pictures, one after the other",
    "sheet": "the kept pictures, side by side on one PNG",
    "weights": "both networks at the last checkpoint, as safetensors",
    "html": "a report in one file that opens offline",
    "tensorboard": "an event file, where tensorboard is installed",
}


OUT = """write pictures, measurements and checkpoints there, in place of a run that is there; other files stay, and one
that has the name of a run's file is not replaced without --force"""
EXPORT_OUT = """a file, or a folder for it (default: the run's name, in this folder); for --script a .py file, or a
folder for script, images and settings (default: one with the run's name); not over a file of other content"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m gan_core", description="Train and study GANs without a page.")
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train one GAN and print its measurements")
    train.add_argument("--recipe", metavar="NAME[:broken|:fixed]", help="settings of a recipe (see recipes)")
    train.add_argument("--experiment", type=Path, metavar="FILE", help="settings as JSON (see --out)")
    train.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="one setting; repeatable")
    train.add_argument("--steps", type=int, metavar="N", help="steps in all, also with --resume")
    train.add_argument("--out", type=Path, metavar="DIR", help=OUT)
    train.add_argument("--force", action="store_true", help="replace files in DIR that are not of a run")
    train.add_argument("--resume", type=Path, metavar="DIR", help="go on from the checkpoint in DIR")

    again = commands.add_parser("regenerate", help="make a saved picture again from a checkpoint, and compare")
    again.add_argument("picture", type=Path, metavar="PICTURE", help="a saved picture, or the JSON beside it")
    again.add_argument("--checkpoint", type=Path, required=True, metavar="FILE", help="of its run, at its step")
    again.add_argument("--out", type=Path, metavar="FILE", help="write what was made as PNG")
    again.add_argument("--force", action="store_true", help="replace FILE if it is there")

    look = commands.add_parser("diagnose", help="say what samples, or a training log, show: .npy, .pt, pictures, .csv")
    look.add_argument("path", type=Path, metavar="FILE|DIR", help="read only; nothing in it is executed")
    look.add_argument(
        "--against",
        default="digits",
        metavar="DATASET",
        help="any data set but folder (default: digits)",
    )

    claims = commands.add_parser("claims", help="the documents' claims with their verdicts; --run tries them again")
    claims.add_argument("--run", metavar="ID|quick|all", help="one claim, those of under a second, all; or a document")
    claims.add_argument("--record", action="store_true", help="keep what --run measures in assets/claims.json")

    files = commands.add_parser("export", help="files of a run: script, report, tables, pictures, weights")
    files.add_argument("run", metavar="RUN", help="a folder that train --out wrote, or the name or id of a saved run")
    which = files.add_mutually_exclusive_group(required=True)
    for kind in EXPORTS:
        which.add_argument(f"--{kind}", action="store_const", const=kind, dest="kind", help=EXPORTS[kind])
    files.add_argument("--out", type=Path, metavar="FILE|DIR", help=EXPORT_OUT)
    files.add_argument("--force", action="store_true", help="replace files that are there")

    saved = commands.add_parser("runs", help="list the saved runs (GAN_HOME), the newest first")
    saved.add_argument("find", nargs="*", metavar="WORD", help="setting=value, or a word of a name or changed setting")

    commands.add_parser("recipes", help="list the recipes: each failure, in training and in saving, and what mends it")
    commands.add_parser("bench", help="measure the engine against a plain tutorial loop, in this process")

    given = parser.parse_args(arguments)
    try:
        run = {
            "train": _train,
            "regenerate": _regenerate,
            "diagnose": _diagnose,
            "claims": _claims,
            "export": _export,
            "runs": _runs,
            "recipes": _recipes,
            "bench": _bench,
        }
        return run[given.command](given)
    except (ValueError, OSError) as error:
        print(f"{parser.prog}: {_one_line(error)}", file=sys.stderr)
        return 2


def _train(given: argparse.Namespace) -> int:
    from gan_core.engine.light_torch import defer_compiler  # torch is slow to import: only where it is used

    defer_compiler()
    from gan_core.commands.train import resume_run, train_run

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


def _regenerate(given: argparse.Namespace) -> int:
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


def _diagnose(given: argparse.Namespace) -> int:
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


def _claims(given: argparse.Namespace) -> int:
    from gan_core.claims import command  # the ledger is needed here alone

    if given.record and not given.run:
        raise ValueError("--record keeps what --run measures: say what to run")
    json.dump(command.ran(given.run, given.record) if given.run else command.listed(), sys.stdout, indent=2)
    print()
    return 0


def _export(given: argparse.Namespace) -> int:
    from gan_core.outputs import kinds  # Pillow and the data sets are needed here alone

    files = kinds.write(kinds.read_record(given.run), given.kind, given.out, given.force)
    json.dump({"files": [str(file) for file in files]}, sys.stdout, indent=2)
    print()
    return 0


def _runs(given: argparse.Namespace) -> int:
    from gan_core.saved_runs.search import Search
    from gan_core.saved_runs.store import Store

    json.dump(Store.from_environment().as_dicts(Search.parse(" ".join(given.find))), sys.stdout, indent=2)
    print()
    return 0


def _recipes(_: argparse.Namespace) -> int:
    from gan_core.saving_mistakes import known_mistakes

    json.dump([*(recipe.as_dict() for recipe in RECIPES.values()), *known_mistakes.recipes()], sys.stdout, indent=2)
    print()
    return 0


def _bench(_: argparse.Namespace) -> int:
    from gan_core.commands.bench import main as bench

    return bench()


def _assignment(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not sign or name not in SETTINGS:
        raise SettingsError([Problem(name, value, "--set takes FIELD=VALUE with a FIELD of " + ", ".join(SETTINGS))])
    try:
        return name, SETTINGS[name].parse(value)
    except ValueError:
        raise SettingsError([Problem(name, value, "allowed is " + SETTINGS[name].allowed)]) from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


if __name__ == "__main__":
    sys.exit(main())
