"""What the tests have child processes do."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Literal


def meets(pipe: str, mode: Literal["r", "w"]) -> int:
    """The id of this process, once another has opened the other end of the pipe."""
    with open(pipe, mode):
        return os.getpid()


def dies_once(mark: str) -> str:
    if Path(mark).exists():
        return "done"
    Path(mark).touch()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
