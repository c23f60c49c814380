"""What the tests have child processes do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def slow_pid() -> int:
    time.sleep(0.1)
    return os.getpid()


def dies_once(mark: str) -> str:
    if Path(mark).exists():
        return "done"
    Path(mark).touch()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
