"""Line charts as SVG text: no library, no script, nothing to load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from markupsafe import Markup, escape

WIDTH, HEIGHT = 460, 190
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 10, 24  # pixels around the plot
MOST_POINTS = 400
SMALL = (240, 56)  # a small chart


def histogram(shares: Sequence[float], low: float, high: float, legal: tuple[float, float], colour: str) -> str:
    """Shares of values in equal bins from `low` to `high`, on a logarithmic axis from 0.01 % to all. The legal range is
    shaded. Dark on white, so that it reads the same wherever it is shown."""
    width, tall, left, foot = 174, 126, 44, 20
    plot, rise = width - left - 6, tall - foot - 8

    def x(value: float) -> float:
        return left + plot * (value - low) / (high - low)

    def y(share: float) -> float:
        return 8 + rise * min(1.0, -log10(max(share, 1e-4)) / 4)

    outline = [f"{left},{y(0):.1f}"]
    for number, share in enumerate(shares):
        outline += [f"{left + plot * (number + end) / len(shares):.1f},{y(share):.1f}" for end in (0, 1)]
    text = '<text x="{}" y="{}" text-anchor="{}" font-size="13" font-family="sans-serif" fill="#333">{}</text>'
    ticks = [
        text.format(f"{x(value):.1f}", tall - 4, "middle", f"{value:g}".replace("-", "−")) for value in (*legal, 0)
    ]
    ticks += [text.format(left - 3, f"{y(share) + 4:.1f}", "end", f"{share:.0%}") for share in (1.0, 0.1, 0.01)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}"><rect width="100%" height="100%" '
        f'fill="white"/><rect x="{x(legal[0]):.1f}" y="8" width="{x(legal[1]) - x(legal[0]):.1f}" height="{rise}" '
        f'fill="#e4e6ea"/><polygon points="{" ".join(outline)} {left + plot},{y(0):.1f}" fill="{colour}"/>'
        f"{''.join(ticks)}</svg>"
    )


@dataclass(frozen=True)
class Line:
    """One line of a chart."""

    name: str
    colour: str
    dashes: str  # as SVG writes them, empty for none
    points: Sequence[tuple[int, float]]  # (step, value)


def chart(
    title: str,
    lines: Sequence[Line],
    *,
    logarithmic: bool = False,
    share: bool = False,
    marks: Sequence[tuple[int, str]] = (),
) -> Markup:
    """The lines over the steps, as a figure with its legend; `marks` are upright lines at a step, each with its words.
    `share` fixes the axis to 0 to 1; on a logarithmic one,
    values that are not positive are left out. Empty where there is nothing to draw."""
    drawn = [
        Line(line.name, line.colour, line.dashes, points)
        for line in lines
        if (points := _thinned([p for p in line.points if isfinite(p[1]) and (p[1] > 0 or not logarithmic)]))
    ]
    if not drawn:
        return Markup()
    values = [value for line in drawn for _, value in line.points]
    last = max(step for line in drawn for step, _ in line.points) or 1
    if logarithmic:
        ticks = [10.0**power for power in range(floor(log10(min(values))), ceil(log10(max(values))) + 1)]
        if len(ticks) == 1:
            ticks.append(10 * ticks[0])
    else:
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0] if share else _ticks(min(values), max(values))
    low, high = (log10(tick) if logarithmic else tick for tick in (ticks[0], ticks[-1]))

    def at(step: int, value: float) -> str:
        height = ((log10(value) if logarithmic else value) - low) / (high - low)
        x = LEFT + (WIDTH - LEFT - RIGHT) * step / last
        return f"{x:.1f},{TOP + (HEIGHT - TOP - BOTTOM) * (1 - height):.1f}"

    body = []
    for tick in ticks[:: -(-len(ticks) // 8)]:
        x, y = at(0, tick).split(",")
        words = f"{tick:.0%}" if share else f"{tick:.3g}"
        body.append(f'<line x1="{x}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="grid"/>')
        body.append(f'<text x="{LEFT - 6}" y="{y}" dy="0.35em" text-anchor="end">{words}</text>')
    for step, anchor in ((0, "start"), (last // 2, "middle"), (last, "end")):
        x = at(step, ticks[0]).split(",")[0]
        body.append(f'<text x="{x}" y="{HEIGHT - 6}" text-anchor="{anchor}">{"" if step else "step "}{step:,}</text>')
    for line in drawn:
        path = " ".join(at(*point) for point in line.points)
        dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
        if len(line.points) == 1:
            x, y = path.split(",")
            body.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{line.colour}"/>')
        else:
            body.append(f'<polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2"{dashes}/>')
    for step, words in marks:
        if step <= last:
            x = at(step, ticks[0]).split(",")[0]
            upright = f'x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" class="mark"'
            body.append(f"<line {upright}><title>{escape(words)}</title></line>")
            turned = f'transform="translate({x} {TOP}) rotate(90)" dx="3" dy="-3"'
            body.append(f"<text {turned}>{escape(words)}</text>")
    legend = "".join(_key(line, share) for line in drawn)
    alt = f"{title}: {', '.join(line.name for line in drawn)} over {last} steps"
    return Markup(
        f'<figure class="chart"><figcaption><b>{escape(title)}</b> {legend}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">{"".join(body)}</svg></figure>'
    )


def small_chart(points: Sequence[tuple[int, float]], alarms: Sequence[float], colour: str, alarm: str) -> str:
    """One measurement over a run and the thresholds that raise the alarm, as an SVG image that stands alone: words and
    numbers belong beside it. Empty where there is no line to draw."""
    line = _thinned([point for point in points if isfinite(point[1])])
    if len(line) < 2:
        return ""
    values = [*(value for _, value in line), *alarms]
    low, span = min(values), (max(values) - min(values)) or 1.0
    begun, steps = line[0][0], (line[-1][0] - line[0][0]) or 1

    def height(value: float) -> float:
        return SMALL[1] - 4 - (SMALL[1] - 8) * (value - low) / span

    path = " ".join(f"{SMALL[0] * (step - begun) / steps:.1f},{height(value):.1f}" for step, value in line)
    dashed = "".join(
        f'<line x1="0" x2="{SMALL[0]}" y1="{height(value):.1f}" y2="{height(value):.1f}" stroke="{alarm}" '
        'stroke-width="1.5" stroke-dasharray="5 4"/>'
        for value in alarms
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SMALL[0]} {SMALL[1]}" width="{SMALL[0]}" '
        f'height="{SMALL[1]}">{dashed}<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/></svg>'
    )


def _key(line: Line, share: bool) -> str:
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    stroke = f'<line x1="0" x2="22" y1="5" y2="5" stroke="{line.colour}" stroke-width="3"{dashes}/>'
    sample = f'<svg class="key" viewBox="0 0 22 10" aria-hidden="true">{stroke}</svg>'
    last = line.points[-1][1]
    shown = f"{last:.0%}" if share else f"{last:.3g}"
    return f"<span>{sample}{escape(line.name)} <b>{shown}</b></span>"


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers that hold all values between the first and the last."""
    span = high - low or abs(high) or 1.0
    unit = 10.0 ** floor(log10(span / 4))
    step = unit * next(factor for factor in (1, 2, 2.5, 5, 10, 20) if span / (unit * factor) <= 5)
    first, last = floor(low / step), ceil(high / step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _thinned(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    stride = -(-len(points) // MOST_POINTS) or 1
    kept = points[::stride]
    return kept if not points or kept[-1] == points[-1] else [*kept, points[-1]]
