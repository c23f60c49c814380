"""The pen's paths of the ten digits: control points, the ways people write each, and points along the path.

Coordinates are x to the right and y down in a box of about 0 to 1. A stroke is a smooth curve through its
points. Two points written with the same coordinates are one joint: they move together when the points are
disturbed, so strokes that meet keep meeting, and a corner is two strokes that share an end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Stroke = tuple[Point, ...]

# Points along the pen's whole path: close enough that even a thin pen at 64 pixels leaves no beads.
SAMPLES = 128


@dataclass(frozen=True, eq=False)
class Skeleton:
    """One way to write a digit.

    The path `curve @ points` is linear in the points, so thousands of disturbed copies are one product.
    """

    points: NDArray[np.float64]  # (P, 2)
    curve: NDArray[np.float64]  # (SAMPLES, P), maps the points to the path
    share: float  # how often people write it this way; the shares of one digit add up to 1


def _stroke_weights(knots: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Catmull-Rom weights (len(places), len(knots)); place 1.5 is half-way between knots 1 and 2."""
    last = len(knots) - 1
    start = np.minimum(places.astype(np.int64), last - 1)
    t = places - start
    blend = 0.5 * np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3])
    weights = np.zeros((len(places), last + 1))
    rows = np.arange(len(places))
    for offset, weight in zip((-1, 0, 1, 2), blend, strict=True):
        knot = start + offset
        inside = (knot >= 0) & (knot <= last)
        np.add.at(weights, (rows[inside], knot[inside]), weight[inside])
        # Beyond an end the curve goes straight on: the missing knot is the mirror image of its neighbour.
        for beyond, end, inner in ((knot < 0, 0, 1), (knot > last, last, last - 1)):
            weights[rows[beyond], end] += 2 * weight[beyond]
            weights[rows[beyond], inner] -= weight[beyond]
    return weights


def _skeleton(share: float, *strokes: Stroke) -> Skeleton:
    joints = {point: number for number, point in enumerate(dict.fromkeys(p for s in strokes for p in s))}
    points = np.array(list(joints))
    lengths, dense_places, dense_lengths = [], [], []
    for stroke in strokes:
        knots = np.array(stroke)
        places = np.linspace(0, len(stroke) - 1, 40 * len(stroke))
        path = _stroke_weights(knots, places) @ knots
        along = np.concatenate([[0.0], np.linalg.norm(np.diff(path, axis=0), axis=1).cumsum()])
        dense_places.append(places)
        dense_lengths.append(along)
        lengths.append(along[-1])

    ends = np.round(np.cumsum(lengths) / np.sum(lengths) * SAMPLES).astype(int)
    rows = []
    for number, (stroke, samples) in enumerate(zip(strokes, np.diff(ends, prepend=0), strict=True)):
        along = dense_lengths[number]
        places = np.interp(np.linspace(0, along[-1], samples), along, dense_places[number])
        weights = _stroke_weights(np.array(stroke), places)
        row = np.zeros((samples, len(points)))
        for column, point in enumerate(stroke):
            row[:, joints[point]] += weights[:, column]
        rows.append(row)
    return Skeleton(points, np.concatenate(rows), share)


# fmt: off
DIGITS: tuple[tuple[Skeleton, ...], ...] = (
    (  # 0: an oval that overlaps its start, or one that stays a little open
        _skeleton(0.65, ((.56, .03), (.27, .10), (.11, .33), (.10, .64), (.26, .91), (.52, .98),
                         (.78, .86), (.91, .56), (.86, .25), (.66, .06), (.44, .05))),
        _skeleton(0.35, ((.40, .08), (.17, .28), (.10, .58), (.22, .88), (.50, .99), (.77, .86),
                         (.88, .56), (.82, .26), (.60, .07), (.38, .01), (.24, .12))),
    ),
    (  # 1: one line, with a flag, with flag and foot
        _skeleton(0.72, ((.50, .00), (.50, .33), (.50, .67), (.50, 1.0))),
        _skeleton(0.22, ((.33, .20), (.42, .12), (.52, .00)), ((.52, .00), (.51, .50), (.50, 1.0))),
        _skeleton(0.06, ((.30, .20), (.42, .12), (.52, .00)), ((.52, .00), (.51, .50), (.50, 1.0)),
                  ((.22, 1.0), (.50, 1.0), (.80, .99))),
    ),
    (  # 2: with a sharp corner, with a loop at the foot, with a curved foot
        _skeleton(0.42, ((.12, .24), (.28, .06), (.55, .01), (.78, .14), (.76, .40), (.50, .68), (.10, .96)),
                  ((.10, .96), (.35, .93), (.65, .94), (.95, .96))),
        _skeleton(0.38, ((.14, .18), (.36, .03), (.66, .05), (.78, .27), (.66, .56), (.42, .82), (.18, .96),
                         (.05, .87), (.15, .75), (.38, .81), (.63, .92), (.95, .88))),
        _skeleton(0.20, ((.18, .15), (.45, .00), (.75, .12), (.76, .38), (.54, .65), (.28, .84), (.16, .93),
                         (.34, .95), (.62, .95), (.90, .99))),
    ),
    (  # 3: two bows that meet in a point, with a small loop between them, with a flat top
        _skeleton(0.55, ((.14, .13), (.36, .01), (.66, .04), (.76, .22), (.61, .41), (.36, .48)),
                  ((.36, .48), (.66, .53), (.83, .70), (.73, .91), (.44, 1.0), (.10, .90))),
        _skeleton(0.30, ((.16, .10), (.45, .00), (.75, .11), (.74, .32), (.52, .47), (.37, .53), (.43, .45),
                         (.64, .49), (.83, .66), (.77, .88), (.48, 1.0), (.10, .91))),
        _skeleton(0.15, ((.15, .05), (.45, .05), (.78, .03)), ((.78, .03), (.60, .22), (.42, .40)),
                  ((.42, .40), (.70, .48), (.84, .70), (.70, .92), (.42, 1.0), (.10, .91))),
    ),
    (  # 4: open with a round corner, open with a sharp one, closed
        _skeleton(0.42, ((.20, .04), (.13, .28), (.17, .48), (.42, .55), (.78, .50)),
                  ((.80, .02), (.78, .50), (.75, .76), (.73, 1.0))),
        _skeleton(0.36, ((.26, .02), (.20, .25), (.10, .54)),
                  ((.10, .54), (.40, .52), (.67, .51), (.95, .48)),
                  ((.76, .06), (.67, .51), (.62, .75), (.58, 1.0))),
        _skeleton(0.22, ((.68, .00), (.40, .32), (.08, .64)),
                  ((.08, .64), (.40, .64), (.66, .63), (.98, .61)),
                  ((.68, .00), (.67, .32), (.66, .63), (.64, 1.0))),
    ),
    (  # 5: bar, neck and belly, or one curve
        _skeleton(0.68, ((.90, .03), (.60, .03), (.28, .06)), ((.28, .06), (.25, .24), (.19, .45)),
                  ((.19, .45), (.45, .37), (.72, .46), (.80, .69), (.63, .91), (.36, .99), (.06, .90))),
        _skeleton(0.32, ((.92, .04), (.65, .03), (.38, .09), (.28, .28), (.40, .43), (.62, .55), (.71, .75),
                         (.54, .94), (.28, .99), (.06, .89))),
    ),
    (  # 6: round, or with a long straight neck and a small bowl
        _skeleton(0.55, ((.70, .02), (.44, .17), (.23, .40), (.13, .67), (.24, .91), (.50, .99), (.74, .88),
                         (.78, .67), (.61, .53), (.37, .57), (.19, .74))),
        _skeleton(0.45, ((.52, .00), (.36, .22), (.24, .48), (.19, .74), (.29, .95), (.53, .98), (.71, .85),
                         (.68, .68), (.48, .63), (.28, .76), (.24, .88))),
    ),
    (  # 7: plain, with a serif, with a bar, with a round shoulder
        _skeleton(0.48, ((.08, .09), (.33, .09), (.60, .07), (.88, .06)),
                  ((.88, .06), (.68, .36), (.52, .67), (.42, 1.0))),
        _skeleton(0.18, ((.08, .27), (.08, .17), (.12, .08)),
                  ((.12, .08), (.36, .09), (.62, .06), (.88, .05)),
                  ((.88, .05), (.72, .33), (.58, .64), (.50, 1.0))),
        _skeleton(0.16, ((.10, .09), (.36, .08), (.62, .06), (.90, .05)),
                  ((.90, .05), (.72, .29), (.56, .52), (.46, .76), (.38, 1.0)),
                  ((.28, .56), (.56, .52), (.84, .48))),
        _skeleton(0.18, ((.10, .12), (.35, .05), (.63, .04), (.80, .15), (.74, .40), (.60, .68), (.50, 1.0))),
    ),
    (  # 8: one stroke that crosses itself, starting top right or in the middle
        _skeleton(0.65, ((.76, .17), (.56, .01), (.31, .05), (.24, .24), (.40, .42), (.63, .57), (.75, .77),
                         (.62, .96), (.37, .99), (.21, .83), (.30, .63), (.52, .46), (.72, .30), (.77, .14))),
        _skeleton(0.35, ((.50, .48), (.27, .34), (.29, .10), (.54, .01), (.75, .14), (.71, .34), (.50, .48),
                         (.27, .64), (.22, .86), (.46, 1.0), (.74, .90), (.76, .67), (.50, .48))),
    ),
    (  # 9: with a straight stem, with a curved tail, drawn in one bent stroke
        _skeleton(0.50, ((.76, .17), (.56, .02), (.31, .08), (.20, .29), (.34, .46), (.58, .40), (.76, .17)),
                  ((.76, .17), (.73, .45), (.68, .72), (.62, 1.0))),
        _skeleton(0.22, ((.77, .20), (.58, .02), (.32, .06), (.20, .26), (.34, .44), (.60, .40), (.77, .20)),
                  ((.77, .20), (.79, .48), (.72, .77), (.48, .97), (.18, .90))),
        _skeleton(0.28, ((.62, .09), (.38, .05), (.20, .24), (.28, .44), (.52, .40), (.71, .16), (.74, .10),
                         (.71, .38), (.63, .70), (.58, 1.0))),
    ),
)
# fmt: on
