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
        self.lock = threading.Lock()
        self.mine = threading.local()  # held: whether it is this thread's turn

    def take(self) -> None:
        """Wait for this thread's turn, but not for long."""
        self.mine.held = self.lock.acquire(timeout=PATIENCE_S)

    def end(self) -> None:
        """It is the next one's."""
        if self.mine.held:
            self.lock.release()
        self.mine.held = None

    @property
    def within(self) -> bool:
        """Whether this thread draws already."""
        return getattr(self.mine, "held", None) is not None

    def close(self) -> None:
        """Nothing goes on in it."""


@contextmanager
def turn() -> Iterator[None]:
    """Draw in here when it is one's turn; within one's own it always is.

    Python runs one thread at a time anyway. Where thirty draw at once, the thread that sends what was drawn gets its
    share as the thirty-first. Everybody waits for all, and much is thrown away unsent: the browser asks for the next.
    """
    one = only_one("turn", Turn)
    if one.within:
        yield
        return
    one.take()
    try:
        yield
    finally:
        one.end()


@contextmanager
def aside() -> Iterator[None]:
    """Wait in here for something else: meanwhile others draw."""
    one = only_one("turn", Turn)
    if not one.within:
        yield
        return
    one.end()
    try:
        yield
    finally:
        one.take()
