"""Runs in lock-step: none begins the next stretch of steps before all have done the last one.

The stretches end at the same steps for all of them, and a picture is taken there, so that every run of a
comparison has pictures of exactly the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gan_core.settings.experiment import Experiment

STRETCHES = 40  # of a whole run: all their pictures are kept, see run.MAX_FRAMES
LONGEST = 250  # steps: of a longer run so many pictures are taken that some are dropped, the same of each


class Member(Protocol):
    """A run as the others of its group see it."""

    @property
    def reached(self) -> int:
        """The step it has reached."""

    @property
    def open(self) -> bool:
        """Whether it can still go on."""


class LockstepGroup:
    """The runs that go together. Pure book-keeping."""

    def __init__(self, every: int) -> None:
        self.every = every  # the length of a stretch, in steps
        self.members: list[Member] = []

    @property
    def bound(self) -> int:
        """The step at which all wait for the slowest of those that can still go on."""
        slowest = min((member.reached for member in self.members if member.open), default=0)
        return (slowest // self.every + 1) * self.every


def stretch(experiments: Sequence[Experiment]) -> int:
    """The length of a stretch for runs of these experiments, in steps.

    It is about 1/STRETCHES of the longest run, at most LONGEST. It divides the first one's `measure_every` or is a
    multiple of it, so that frames and rows meet.
    """
    least = min(max(1, -(-max(e.steps for e in experiments) // STRETCHES)), LONGEST)
    rows = experiments[0].measure_every
    if least >= rows:
        return least // rows * rows
    return next(length for length in range(least, rows + 1) if rows % length == 0)
