"""The command line: `python -m gan_core train ...`. Results as JSON on stdout, progress on stderr.

Exit codes: 0 done, 2 bad input (one line on stderr), 3 the run became non-finite.
"""

from __future__ import annotations

import argparse
import sys

from gan_core.commands import bench, claims, diagnose, export, points, recipes, regenerate, runs, sweep, train

# Each declares its arguments and runs; what is slow to import, torch above all, only when it does.
COMMANDS = {
    "train": train,
    "points": points,
    "regenerate": regenerate,
    "diagnose": diagnose,
    "claims": claims,
    "sweep": sweep,
    "export": export,
    "runs": runs,
    "recipes": recipes,
    "bench": bench,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m gan_core", description="Train and study GANs without a page.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.declare(commands.add_parser(name, help=command.HELP))
    given = parser.parse_args(arguments)
    try:
        return COMMANDS[given.command].run(given)
    except (ValueError, OSError) as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
