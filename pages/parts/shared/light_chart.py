"""A chart of a moving run, as SVG and a few words: plotly's figure drawn without plotly.

Streamlit takes a plotly chart away and draws another whenever it has changed, which takes a browser a tenth of a second
for each. This takes a hundredth, and nobody can point at a curve that changes twice a second. Where the run stands
still, the same figure is plotly's, see figure.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from math import ceil, floor, isfinite, log10
from typing import Any, NamedTuple

SIDE = 1000  # of the drawing's own coordinates, which are stretched over the plot
MOST_TICKS = 5
ROOM = 0.05  # of the values' range, above and below them
HIGHEST = 0.995  # words higher than there would stand above the chart; plotly leaves them out, too
DASHES = {"solid": "", "dash": "7 4", "dot": "2 3"}


class Axis(NamedTuple):
    """One axis: its ends, as logarithms where it is logarithmic, and its ticks by their values, with their words."""

    low: float
    high: float
    log: bool
    ticks: dict[float, str]

    def part(self, value: float) -> float:
        """Where a value lies, from 0 at the low end to 1 at the high one."""
        at = (log10(value) if value > 0 else -300.0) if self.log else value
        return (at - self.low) / (self.high - self.low)


def draws(traces: Iterable[dict[str, Any]]) -> bool:
    """Whether these are lines and bars over numbers; all else is plotly's."""
    named = any(isinstance(value, str) for trace in traces for value in (*trace["x"][:1], *trace["y"][:1]))
    return not named and all(trace["type"] in ("scatter", "bar") for trace in traces)


def html(
    traces: Sequence[dict[str, Any]], layout: dict[str, Any], margin: dict[str, int], height: int, alt: str
) -> str:
    """The markup of a figure of lines and bars over numbers, as high as that many pixels; `alt` says what it shows."""
    shapes = layout["shapes"]
    x = _axis(layout["xaxis"], [value for trace in traces for value in trace["x"]], 0.0)
    levels = [shape["y0"] for shape in shapes if shape.get("yref") != "paper"]
    values = [value for trace in traces for value in trace["y"] if isfinite(value)]
    y = _axis(layout["yaxis"], [*levels, *values], ROOM)
    below = [_shape(shape, x, y) for shape in shapes if shape.get("layer") == "below"]
    above = [_shape(shape, x, y) for shape in shapes if shape.get("layer") != "below"]
    grid = [_path(f"M0 {_down(y, tick)}H{SIDE}", "gray", 1, opacity=0.25) for tick in y.ticks]
    lines = [_line(trace, x, y) for trace in traces if trace["type"] == "scatter"]
    bars = [bar for trace in traces if trace["type"] == "bar" for bar in _bars(trace, x, y)]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" preserveAspectRatio="none">'
        f"{''.join([*below, *grid, *lines, *above])}</svg>"
    )
    source = "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()
    place = "left:{l}px;right:{r}px;top:{t}px;bottom:{b}px".format(**margin)
    return (
        f'<div class="light-chart" style="height:{height}px"><div style="{place}">'
        f'<img src="{source}" alt="{escape(alt)}" decoding="sync">'
        f"{''.join([*bars, *_labels(shapes, x, y), *_ticks(x, y)])}</div></div>"
    )


def _axis(asked: dict[str, Any], values: Sequence[float], room: float) -> Axis:
    """The axis that plotly's layout asks for, or the one around the values."""
    log = asked.get("type") == "log"
    if "range" in asked:
        low, high = asked["range"]
    else:
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        if asked.get("rangemode") == "tozero":
            low, high = min(low, 0.0), max(high, 0.0)
        space = room * (high - low) or (0.5 if low == high else 0.0)
        low, high = low - space, high + space
    ticks = _tick_values(asked, low, high, log)
    shown = asked.get("showticklabels", True)
    percent = "%" in asked.get("tickformat", "")
    return Axis(low, high, log, {tick: (_words(tick, percent) if shown else "") for tick in ticks})


def _tick_values(asked: dict[str, Any], low: float, high: float, log: bool) -> list[float]:
    if "tickvals" in asked:
        ticks = [float(tick) for tick in asked["tickvals"]]
        return [tick for tick in ticks if low <= (log10(tick) if log else tick) <= high]
    step = asked.get("dtick") or _round_step((high - low) / MOST_TICKS)
    counted = [number * step for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
    return [10.0**tick for tick in counted] if log else counted


def _round_step(rough: float) -> float:
    """The least of 1, 2, 5, 10, 20 … and their decimal parts that is not below."""
    power = 10.0 ** floor(log10(rough))
    return next(power * part for part in (1, 2, 5, 10) if power * part >= rough * (1 - 1e-9))


def _words(tick: float, percent: bool) -> str:
    if percent:
        return f"{100 * tick:.6g}%"
    for size, letter in ((1e6, "M"), (1e4, "k")):
        if abs(tick) >= size:
            return f"{tick / (1e6 if letter == 'M' else 1e3):.4g}{letter}"
    return f"{tick:.6g}".replace("-", "−")


def _across(axis: Axis, value: float) -> str:
    return f"{_bounded(SIDE * axis.part(value)):.1f}".removesuffix(".0")


def _down(axis: Axis, value: float) -> str:
    return f"{_bounded(SIDE * (1 - axis.part(value))):.1f}".removesuffix(".0")


def _bounded(at: float) -> float:
    """No farther outside than is needed for the line to leave at the right slope of any curve that is seen."""
    return max(-9.0 * SIDE, min(10.0 * SIDE, at))


def _path(way: str, colour: str, width: float, dash: str = "solid", opacity: float = 1.0) -> str:
    dashes = f' stroke-dasharray="{DASHES[dash]}"' if DASHES[dash] else ""
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width:g}" vector-effect="non-scaling-stroke"'
        f"{dashes}{faint}/>"
    )


def _line(trace: dict[str, Any], x: Axis, y: Axis) -> str:
    there = [(left, up) for left, up in zip(trace["x"], trace["y"], strict=True) if isfinite(up)]
    points = [(_across(x, left), _down(y, up)) for left, up in there]
    if len(points) < 2:
        return ""
    if trace["line"].get("shape") == "hvh":  # the step is half-way between two values
        middles = [_across(x, (one + other) / 2) for (one, _), (other, _) in pairwise(there)]
        way = f"M{points[0][0]} {points[0][1]}"
        way += "".join(f"H{middle}V{up}" for middle, (_, up) in zip(middles, points[1:], strict=True))
        way += f"H{points[-1][0]}"
    else:
        way = "M" + "L".join(f"{left} {up}" for left, up in points)
    line = trace["line"]
    return _path(way, line["color"], line["width"], line.get("dash", "solid"), trace.get("opacity", 1.0))


def _bars(trace: dict[str, Any], x: Axis, y: Axis) -> Iterator[str]:
    """Hatched, as markup: a pattern of the drawing would be stretched with it."""
    for at, value in zip(trace["x"], trace["y"], strict=True):
        left, right, top = x.part(at - trace["width"] / 2), x.part(at + trace["width"] / 2), y.part(value)
        if top > 0:
            yield (
                f'<i class="hatched" style="left:{100 * left:.2f}%;width:{100 * (right - left):.2f}%;'
                f'height:{100 * min(top, 1.0):.1f}%;color:{trace["marker"]["color"]}"></i>'
            )


def _ends(shape: dict[str, Any], x: Axis, y: Axis) -> tuple[str, str, str, str]:
    """The left, right, low and high end of a shape."""
    paper = Axis(0.0, 1.0, False, {})
    across = paper if shape.get("xref") == "paper" else x
    up = paper if shape.get("yref") == "paper" else y
    return (
        _across(across, shape["x0"]), _across(across, shape["x1"]), _down(up, shape["y0"]), _down(up, shape["y1"]),
    )  # fmt: skip


def _shape(shape: dict[str, Any], x: Axis, y: Axis) -> str:
    left, right, low, high = _ends(shape, x, y)
    if shape["type"] == "rect":
        return f'<path d="M{left} {low}H{right}V{high}H{left}Z" fill="{shape["fillcolor"]}"/>'
    line = shape["line"]
    return _path(f"M{left} {low}L{right} {high}", line["color"], line["width"], line.get("dash", "solid"))


def _labels(shapes: Iterable[dict[str, Any]], x: Axis, y: Axis) -> Iterator[str]:
    """The words at lines: at the right end of one that lies, along the upper end of one that stands."""
    for shape in shapes:
        if not (label := shape.get("label")):
            continue
        words = f"<span>{escape(label['text'])}</span>"
        if shape["y0"] == shape["y1"] and shape.get("yref") != "paper":
            side = "below" if label["yanchor"] == "top" else "above"
            yield f'<i class="level {side}" style="top:{100 * (1 - y.part(shape["y0"])):.1f}%">{words}</i>'
        else:
            yield f'<i class="mark" style="left:{100 * x.part(shape["x0"]):.1f}%">{words}</i>'


def _ticks(x: Axis, y: Axis) -> Iterator[str]:
    for tick, words in x.ticks.items():
        if words:
            yield f'<i class="across" style="left:{100 * x.part(tick):.1f}%">{words}</i>'
    for tick, words in y.ticks.items():
        if y.part(tick) < HIGHEST:
            yield f'<i class="up" style="top:{100 * (1 - y.part(tick)):.1f}%">{words}</i>'
