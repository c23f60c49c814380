"""What the tests have child processes do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Literal

from gan_core.settings.experiment import Experiment


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


def trained_in_a_row(experiments: list[Experiment]) -> list[float]:
    """Seconds that each cell took; nobody is told before the last."""
    from gan_core.sweep.train_cell import train_cell  # imports torch: only where it is wanted

    seconds = []
    for e in experiments:
        begun = time.perf_counter()
        train_cell(e)
        seconds.append(time.perf_counter() - begun)
    return seconds
