"""Points of a plane as a picture, drawn here: D's answers as colours, the folded noise, arrows, points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gan_core.messages.plane import Plane
from gan_core.outputs.colours import GENERATED, GRADIENT, REAL
from gan_core.pixels.range_map import Pixels
from gan_core.settings.points import LIMIT

SIZE = 256  # pixels in each direction

# From "generated" over undecided to "real", the colours of the two, light enough for points to stand out.
_STOPS = np.array([[236, 198, 225], [250, 249, 247], [176, 226, 211]], float)
_COLOURS = np.stack([np.interp(np.arange(256), [0, 128, 255], _STOPS[:, c]) for c in range(3)], axis=1)
_FOLDED = (150, 150, 150)

Floats = NDArray[np.float32]


def plane_picture(shown: Plane, real: Floats | None = None) -> Pixels:
    """(SIZE, SIZE, 3): a step of a run, with real points (N, 2) below it where they are given."""
    image = _ground(shown.answers)
    pen = ImageDraw.Draw(image)
    folded = _placed(shown.folded)
    for line in (*folded, *folded.swapaxes(0, 1)):
        if len(line) > 1:
            pen.line(_finite(line).ravel().tolist(), fill=_FOLDED)
    if real is not None:
        _squares(pen, real)
    arrows = np.concatenate([_placed(shown.points), _placed(shown.arrows)], axis=1)
    for arrow in _finite(arrows).tolist():
        pen.line(arrow, fill=GRADIENT)
    _dots(pen, shown.points)
    return np.asarray(image)


def points_picture(points: Floats, *, real: bool = False) -> Pixels:
    """(SIZE, SIZE, 3): points (N, 2) or numbers (N, 1) alone."""
    image = _ground(np.zeros((0, 0), np.float32))
    draw = _squares if real else _dots
    draw(ImageDraw.Draw(image), in_plane(points))
    return np.asarray(image)


def in_plane(points: Floats) -> Floats:
    """(N, 2) from points (N, 2) or numbers (N, 1), which lie on the horizontal axis."""
    return points if points.shape[1] == 2 else np.concatenate([points, np.zeros_like(points)], axis=1)


def _ground(answers: Floats) -> Image.Image:
    if not answers.size:
        return Image.new("RGB", (SIZE, SIZE), tuple(int(level) for level in _STOPS[1]))
    low, high = min(0.0, float(answers.min())), max(1.0, float(answers.max()))
    levels = np.rint((answers - low) / (high - low) * 255).astype(np.uint8)
    coloured = Image.fromarray(_COLOURS[levels[::-1]].round().astype(np.uint8))
    return coloured.resize((SIZE, SIZE), Image.Resampling.BILINEAR)


def _placed(points: Floats) -> NDArray[np.float64]:
    """Places in the picture, far ones kept within reach of the pen."""
    across = (points[..., 0] + LIMIT) / (2 * LIMIT)
    down = (LIMIT - points[..., 1]) / (2 * LIMIT)
    return np.stack([across, down], axis=-1).clip(-1, 2).astype(np.float64) * SIZE


def _finite(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of (N, coordinates) that have no NaN."""
    return places[np.isfinite(places).all(axis=1)]


def _squares(pen: ImageDraw.ImageDraw, points: Floats) -> None:
    for x, y in _finite(_placed(points)).tolist():
        pen.rectangle((x - 1, y - 1, x + 1, y + 1), fill=REAL)


def _dots(pen: ImageDraw.ImageDraw, points: Floats) -> None:
    for x, y in _finite(_placed(points)).tolist():
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=GENERATED)
