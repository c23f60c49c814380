"""What a child process does for its parent's sake: a stdout for messages alone, a low priority, an end at once."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, NoReturn

NICENESS = 10  # the page's process goes first


def give_way() -> None:
    """Take the processor only where the page's process leaves it."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def own_stdout() -> BinaryIO:
    """Keep stdout for messages alone: whatever else is printed, by C code too, goes to stderr."""
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stream


def leave(code: int) -> NoReturn:
    """Exit at once: PyTorch's own teardown takes more than a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
