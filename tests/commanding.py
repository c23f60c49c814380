"""Calling `python -m gan_core` as a person would: in this process, or in one of its own where that is the point."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from gan_core.__main__ import main

ROOT = Path(__file__).parents[1]
SMALL = ["--set", "width=0.125", "--set", "image_size=8", "--set", "batch_size=8", "--set", "measure_every=10"]

Done = subprocess.CompletedProcess[str]


def command(*arguments: str | Path) -> Done:
    """What a command says and its exit code. PyTorch is there already, whose import takes seconds."""
    call = [str(argument) for argument in arguments]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as said, chdir(ROOT):
        code = main(call)
    return subprocess.CompletedProcess(call, code, out.getvalue(), said.getvalue())


def command_in_its_own_process(*arguments: str | Path) -> Done:
    """The same, all of it: what it imports, what libraries print, the exit code of the process."""
    call = [sys.executable, "-m", "gan_core", *map(str, arguments)]
    return subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def trained(*arguments: str | Path) -> dict[str, Any]:
    return outcome(command("train", *SMALL, *arguments))


def outcome(done: Done) -> dict[str, Any]:
    """What a command that comes to its end says."""
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def rows_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "measurements.jsonl").read_text().splitlines()]


def one_line(done: Done) -> str:
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]
