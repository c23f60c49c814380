"""What is shown of a run on points: numbers in the plane, as one short text that crosses processes and lies in files.

The text is base64 of, little-endian and one after the other:

- "PL1"; the rows and columns of the folded noise (uint8 each, 0 where there is none); the count of points (uint16)
- the least and greatest answer of D (float32), and its answers on a grid of SIDE by SIDE places, the lowest row first
  (uint8, between the two)
- the generated points, the ends of their arrows, and the folded noise (int16, in units of 1 / UNIT)

What is not finite is NOT_FINITE.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 50  # places of D's map in each direction, over the plane that settings/points.py shows
UNIT = 4000  # steps of a coordinate's unit: points up to 8 units away keep their place
NOT_FINITE = -32768
_MARK = b"PL1"
_HEAD = np.dtype([("mark", "S3"), ("rows", "u1"), ("columns", "u1"), ("count", "<u2"), ("low", "<f4"), ("high", "<f4")])

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Plane:
    """One step of a run on points; coordinates (…, 2), NaN where they are not finite."""

    answers: Floats  # (SIDE, SIDE) of D, the lowest row first; empty of real points
    points: Floats  # (N, 2) generated, or real
    arrows: Floats  # (N, 2), where each point would move to; empty of real points
    folded: Floats  # (rows, columns, 2): a grid of noise as the generator maps it; may be empty

    def text(self) -> str:
        """As in the module's words."""
        head = np.zeros((), _HEAD)
        low, high = (float(self.answers.min()), float(self.answers.max())) if self.answers.size else (0.0, 0.0)
        if self.answers.size and low >= 0 and high <= 1:
            low, high = 0.0, 1.0  # probabilities
        head["mark"], head["count"], head["low"], head["high"] = _MARK, len(self.points), low, high
        head["rows"], head["columns"] = self.folded.shape[:2] if self.folded.size else (0, 0)
        answers = self.answers if self.answers.size else np.zeros((SIDE, SIDE), np.float32)
        levels = np.rint((answers - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
        arrows = self.arrows if self.arrows.size else self.points
        numbers = b"".join(_whole(part).tobytes() for part in (self.points, arrows, self.folded))
        return base64.b64encode(head.tobytes() + levels.tobytes() + numbers).decode()

    @classmethod
    def of(cls, text: str) -> Plane:
        """From the text. Raises ValueError for any other."""
        try:
            content = base64.b64decode(text, validate=True)
            head: Any = np.frombuffer(content, _HEAD, 1)[0]
        except ValueError as error:
            raise ValueError(f"not a plane of points: {error}") from None
        count, rows, columns = int(head["count"]), int(head["rows"]), int(head["columns"])
        start = _HEAD.itemsize + SIDE * SIDE
        if head["mark"] != _MARK or len(content) != start + 4 * (2 * count + rows * columns):
            raise ValueError("not a plane of points: its length does not fit")
        low, high = float(head["low"]), float(head["high"])
        levels = np.frombuffer(content, np.uint8, SIDE * SIDE, _HEAD.itemsize).reshape(SIDE, SIDE)
        numbers = np.frombuffer(content, "<i2", offset=start)
        values = np.where(numbers == NOT_FINITE, np.nan, numbers / UNIT).astype(np.float32).reshape(-1, 2)
        answers = (low + (high - low) * levels / 255).astype(np.float32) if high > low else np.zeros((0, 0), np.float32)
        folded = values[2 * count :].reshape(rows, columns, 2)
        return cls(answers, values[:count], values[count : 2 * count], folded)


def real_plane(points: Floats) -> str:
    """Real points (N, 2) alone, as text."""
    none = np.zeros((0, 0), np.float32)
    return Plane(none, points, none, np.zeros((0, 0, 2), np.float32)).text()


def _whole(values: Floats) -> NDArray[np.int16]:
    finite = np.isfinite(values)
    whole = np.rint(np.where(finite, values, 0) * float(UNIT)).clip(NOT_FINITE + 1, -NOT_FINITE - 1)
    return np.where(finite, whole, NOT_FINITE).astype("<i2")
