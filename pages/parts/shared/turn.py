"""Pages are drawn one after the other, whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gan_core.processes.only_one import only_one

PATIENCE_S = 2.0  # whoever draws for longer, or waits for something meanwhile, holds up nobody any more


class Turn:
    """Who draws now."""

    def __init__(self) -> None:
        self.lock = threading.RLock()

    def close(self) -> None:
        """Nothing goes on in it."""


@contextmanager
def turn() -> Iterator[None]:
    """Draw in here when it is one's turn; within one's own it always is.

    Python runs one thread at a time anyway. Where thirty draw at once, the thread that sends what was drawn gets its
    share as the thirty-first. Everybody waits for all, and much is thrown away unsent: the browser asks for the next.
    """
    lock = only_one("turn", Turn).lock
    mine = lock.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if mine:
            lock.release()
