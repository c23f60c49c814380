"""What comes back of a cell: what was measured of its run and its last picture, or why it could not be trained."""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.diagnosis.row import Row


@dataclass(frozen=True)
class TrainedCell:
    """A run that came to its last step, or became non-finite on the way."""

    rows: tuple[Row, ...]  # oldest first
    png: bytes  # its last picture: a grid, or the plane with points
    trouble: str  # what became non-finite; empty where nothing did
    seconds: float  # that all of it took


@dataclass(frozen=True)
class RefusedCell:
    """A run that could not begin."""

    words: str  # why, one sentence
