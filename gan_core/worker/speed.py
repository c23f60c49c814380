"""How fast a run trains."""

from __future__ import annotations

from collections import deque


class Speed:
    """Steps per second over the last second of training, begun anew after each pause."""

    def __init__(self) -> None:
        self._marks: deque[float] = deque()

    def begin(self, now: float) -> None:
        """Training begins or goes on at `now` (seconds)."""
        self._marks = deque([now])

    def step(self, now: float) -> None:
        """A step was done at `now` (seconds)."""
        self._marks.append(now)
        while len(self._marks) > 2 and self._marks[1] <= now - 1:
            self._marks.popleft()

    @property
    def value(self) -> float:
        """Steps per second; 0 before the first step."""
        if len(self._marks) < 2:
            return 0.0
        return (len(self._marks) - 1) / max(self._marks[-1] - self._marks[0], 1e-9)


def beat(due: float, taken: float, every: float) -> float:
    """When the next picture is due, after one that was `due` and `taken` when the step, or the row, was done. The next
    is not as late again, so that as many come in a second as should; those that were missed are not made up."""
    return due + every if due <= taken < due + every else taken + every
