"""Figures with margins, such as matplotlib saves them, taken apart into their panels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# The least tone of a figure's background, how far another tone is from it, and the least margin in pixels.
_LIGHT, _APART, _MARGIN = 200, 24, 5
# The least side of a panel in pixels, how many there must be, and how much of each is no background.
_SIDE, _PANELS, _FILLED = 16, 4, 0.5
# By how many pixels equal panels may differ.
_EQUAL = 2


@dataclass(frozen=True)
class _Box:
    """A part of a picture, in pixels."""

    top: int
    left: int
    height: int
    width: int


def panels(picture: Pixels) -> Pixels | None:
    """The panels (N, C, h, w) of a figure (C, H, W), row by row; None if it does not seem to be one.

    A figure has at least four equal rectangles on a light background, and a margin all around. Titles, ticks and frames
    are cut off.
    """
    background = picture[:, :1, :1]
    if background.min() < _LIGHT:
        return None
    drawn = (np.abs(picture.astype(np.int16) - background) > _APART).any(axis=0)
    edges = (drawn[:_MARGIN], drawn[-_MARGIN:], drawn[:, :_MARGIN], drawn[:, -_MARGIN:])
    if any(edge.any() for edge in edges):
        return None
    boxes = [trimmed for box in _boxes(drawn) if (trimmed := _trimmed(drawn, box)) is not None]
    if not boxes:
        return None
    (height, width), _ = Counter((box.height, box.width) for box in boxes).most_common(1)[0]
    same = [box for box in boxes if abs(box.height - height) <= _EQUAL and abs(box.width - width) <= _EQUAL]
    # Nothing else that is as large may be in a figure of panels.
    large = sum(box.height * box.width > 2 * height * width for box in boxes)
    height, width = min(box.height for box in same), min(box.width for box in same)
    if len(same) < _PANELS or large or min(height, width) < _SIDE:
        return None
    return np.stack([picture[:, box.top : box.top + height, box.left : box.left + width] for box in same])


def _boxes(drawn: NDArray[np.bool_]) -> list[_Box]:
    """What is drawn, in rectangles with background between them."""
    found = []
    for top, bottom in _runs(np.asarray(drawn.any(axis=1))):
        for left, right in _runs(np.asarray(drawn[top:bottom].any(axis=0))):
            # Beside a title a panel may begin lower than its row.
            for upper, lower in _runs(np.asarray(drawn[top:bottom, left:right].any(axis=1))):
                found.append(_Box(top + upper, left, lower - upper, right - left))
    return found


def _trimmed(drawn: NDArray[np.bool_], box: _Box) -> _Box | None:
    """Without ticks, and without the frame that they stand on; None for what is no panel."""
    inside = drawn[box.top : box.top + box.height, box.left : box.left + box.width]
    rows, columns = (np.flatnonzero(inside.mean(axis=axis) >= _FILLED) for axis in (1, 0))
    if min(rows.size, columns.size) < _SIDE:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    if (bottom - top, right - left) != inside.shape:
        top, bottom, left, right = top + 1, bottom - 1, left + 1, right - 1
    # White strokes inside a panel are background too, but hardly more than half of it.
    if inside[top:bottom, left:right].mean() < _FILLED:
        return None
    return _Box(box.top + int(top), box.left + int(left), int(bottom - top), int(right - left))


def _runs(some: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where it is true: begin and end of each piece."""
    ends = np.flatnonzero(np.diff(np.concatenate([[False], some, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in zip(ends[::2], ends[1::2], strict=True)]
