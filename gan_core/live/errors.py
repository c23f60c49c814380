"""Why a live run cannot do what was asked of it, each in one sentence for the page."""

from __future__ import annotations


class RunError(RuntimeError):
    """A run cannot do what was asked."""


class RunsFull(RunError):
    """There is no place for one more run."""


class UnknownRun(RunError):
    """The run is not, or no longer, in the registry."""


class NotExamined(RunError):
    """The generator could not be examined; the sentence says why."""


class RunEnded(RunError):
    """The run has no worker any more; resume or rewind it first."""
