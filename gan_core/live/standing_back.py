"""Who of those that want to train lets others go first: those who have no picture yet, and those of the same group."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from gan_core.live.run import Run

MOST_S = 6.0  # that training stands back at a time, and that a run which is slow to open counts


class Openings:
    """Opening a run takes a tenth of a second of a core. Where thirty ask at once, those who have been opened would
    take the cores from the others. So all stand back until everybody has a picture, but never for more than half of
    the time, whoever asks again and again. Pure book-keeping: the caller brings the time (seconds of any monotonic
    clock).
    """

    def __init__(self) -> None:
        self._since: float | None = None  # when training began to stand back
        self._not_before = -math.inf

    def first(self, runs: Iterable[Run], wanting: Iterable[Run], now: float) -> bool:
        """Whether those of `wanting` who would train on this machine stand back for others of the `runs`."""
        asked = [run.asked_at for run in runs if run.opens and run.alive and not (run.place or run.line)]
        # Where nobody wants to train, nobody stands back.
        opening = any(now - at < MOST_S for at in asked) and any(not run.place for run in wanting)
        if self._since is None and opening and now >= self._not_before:
            self._since = now
        if self._since is not None and (not opening or now - self._since >= MOST_S):
            self._not_before, self._since = 2 * now - self._since, None
        return self._since is not None

    @property
    def over(self) -> float:
        """When it goes on at the latest; infinity where it does not stand back."""
        return math.inf if self._since is None else self._since + MOST_S


def stands_back(run: Run, runs: Iterable[Run], has_turn: Callable[[Run], bool]) -> bool:
    """Whether a run that waits for its group leaves its place to others. One that has a place keeps it, unless one of
    its own group needs it: else a short wait would cost it a whole turn of somebody else's."""
    if not run.held or run.group is None:
        return False
    return not has_turn(run) or any(
        other.group is run.group and other.wants_turn and not other.held and not has_turn(other) for other in runs
    )
