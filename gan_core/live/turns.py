"""Who may train now, when more runs want to than there are places: time slices, first come first served."""

from __future__ import annotations

import math
from collections.abc import Collection


class Turns:
    """Hands out `places` places. A run keeps its place until it no longer wants it, or until its slice
    (seconds) is over while somebody waits; then it goes to the end of the queue. Pure book-keeping: the
    caller brings the time (seconds of any monotonic clock) and tells the runs."""

    def __init__(self, places: int, slice_s: float) -> None:
        self.places = places
        self.slice_s = slice_s
        self._since: dict[str, float] = {}
        self._queue: list[str] = []

    def settle(self, wanting: Collection[str], now: float) -> tuple[list[str], list[str]]:
        """Bring the places up to date with who wants one; returns (who got one, who lost theirs)."""
        lost = [run for run in self._since if run not in wanting]
        for run in lost:
            del self._since[run]
        self._queue = [run for run in self._queue if run in wanting]
        self._queue += [run for run in wanting if run not in self._since and run not in self._queue]
        over = [run for run, since in self._since.items() if now - since >= self.slice_s]
        short = len(self._queue) - (self.places - len(self._since))
        for run in over[: max(0, short)]:
            del self._since[run]
            self._queue.append(run)
            lost.append(run)
        got = self._queue[: self.places - len(self._since)]
        del self._queue[: len(got)]
        self._since |= dict.fromkeys(got, now)
        return got, lost

    def has(self, run: str) -> bool:
        """Whether the run has a place."""
        return run in self._since

    @property
    def running(self) -> int:
        """How many runs have a place."""
        return len(self._since)

    @property
    def waiting(self) -> int:
        """How many runs wait for a place."""
        return len(self._queue)

    def next_change(self) -> float:
        """When a slice ends that somebody waits for; infinity where nobody waits."""
        return min(self._since.values()) + self.slice_s if self._queue and self._since else math.inf
