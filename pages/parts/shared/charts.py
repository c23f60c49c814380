"""The charts: plain plotly dictionaries of at most 300 points, of fixed height and range where that is honest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log10
from typing import Any

import streamlit as st

from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.settings.change import Change
from gan_core.settings.loss_balance import BALANCE
from pages.parts.shared import glossary, plain_text, theme
from pages.parts.shared.figure import HEIGHT, MARGIN, axes, decades, level, marks, moment, show

MOST_POINTS = 300
MOST_COLUMNS = 50  # of a map
BLANK = (-1.5, 1.5, (-1.0, 1.0))  # the axis before there is a run
LEAST_SHARE = 1e-4  # of pixel values that the logarithmic axis shows
SMOOTHING = 0.7  # what a smoothed line keeps of its last value, from row to row
FROM_START = {"rangemode": "tozero"}  # what is first measured after some steps, beside what is measured from step 0 on
GUESSES = "D guesses"
WORDS_HIGH = 12  # pixels that words at a line take


def pixel_histogram(
    opening: Opening | None, frame: Frame | None, key: str = "histogram_chart", height: int = HEIGHT
) -> None:
    """Shares of pixel values, real and generated on one axis (logarithmic), the legal range shaded. What the generator
    puts outside of it is hatched in red."""
    low, high, legal = (opening.low, opening.high, (opening.legal_low, opening.legal_high)) if opening else BLANK
    traces = [
        _outside(low, high, legal, frame.histogram if frame else []),
        _outline("real", low, high, opening.real_histogram if opening else [], theme.REAL),
        _outline("generated", low, high, frame.histogram if frame else [], theme.GENERATED),
    ]
    band = {
        "type": "rect", "xref": "x", "yref": "paper", "x0": legal[0], "x1": legal[1], "y0": 0, "y1": 1,
        "fillcolor": theme.LEGAL, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    layout = axes(shapes=[band]) | {"bargap": 0}
    layout["yaxis"] |= {
        "type": "log",
        "range": [-4, 0],
        "tickvals": [1e-4, 1e-3, 0.01, 0.1, 1],
        "tickformat": "~%",
    }
    layout["xaxis"] |= {"range": [low, high]}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "solid")]
    alt = "Histogram of pixel values, real and generated"
    if frame and (beyond := sum(traces[0]["y"])) >= LEAST_SHARE:
        alt += f"; {beyond:.2g} of the generated ones are outside the legal range, in red"
    show(key, "Pixels", legend, traces, layout, alt, height=height)


@dataclass(frozen=True)
class Shared:
    """The axes that the charts of several runs have in common."""

    end: float  # of the axis from 0: in steps, or in seconds of training
    low: float  # of the upright axis
    high: float
    at: float  # the moment that is shown, on the axis from 0


def losses(
    rows: Sequence[Row],
    loss: str | None,
    key: str = "loss_chart",
    shared: Shared | None = None,
    seconds: Sequence[float] | None = None,
    changes: Sequence[Change] = (),
    height: int = HEIGHT,
    at: float | None = None,
) -> None:
    """Both losses over the steps, and where each stands when D cannot tell real from generated. With `seconds`, those
    of training at each row, over these. An upright line marks each change of a setting, another the step `at` that is
    shown. `loss` is None where nobody knows which it is."""
    traces = [
        _line("D", rows, "loss_d", theme.DISCRIMINATOR, "solid", seconds),
        _line("G", rows, "loss_g", theme.GENERATED, "dash", seconds),
    ]
    layout = axes()
    if loss is not None:
        balance_d, balance_g = BALANCE[loss]
        # D's is the upper one. The words stand between the two lines; where there is room for no more, once and above.
        low, high = (shared.low, shared.high) if shared else _reach(traces, balance_d, balance_g)
        room = (balance_d - balance_g) / max(high - low, 1e-9) * (height - MARGIN["t"] - MARGIN["b"])
        near = room < 2 * WORDS_HIGH
        layout["shapes"] += [
            level(balance_d, theme.DISCRIMINATOR, GUESSES, below=not near),
            level(balance_g, theme.GENERATED, "" if near else GUESSES),
        ]
    layout["shapes"] += [*marks(changes, rows, seconds), *_shown(at)]
    layout["xaxis"] |= FROM_START
    if shared:
        layout["xaxis"] |= {"range": [0, shared.end]}
        layout["yaxis"] |= {"range": [shared.low, shared.high]}
        layout["shapes"] += [moment(shared.at)] if rows else []
    legend = [("D", theme.DISCRIMINATOR, "solid"), ("G", theme.GENERATED, "dashed")]
    show(key, "Losses", legend, traces, layout, "Losses of discriminator and generator over the steps", height=height)


def accuracy(rows: Sequence[Row], changes: Sequence[Change] = (), at: float | None = None) -> None:
    """How often D is right, on real and on generated images: smoothed, and faint as it was measured. An upright line
    marks each change of a setting, another the step `at` that is shown."""
    measured = [
        _line("on real", rows, "d_accuracy_real", theme.REAL, "solid", text="%{y:.0%}"),
        _line("on generated", rows, "d_accuracy_fake", theme.GENERATED, "dash", text="%{y:.0%}"),
    ]
    traces = [*map(_faint, measured), *map(_smoothed, measured)]
    layout = axes(shapes=[level(0.5, "gray", GUESSES), *marks(changes, rows), *_shown(at)])
    layout["yaxis"] |= {"range": [-0.03, 1.03], "tickformat": ".0%", "dtick": 0.25}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "dashed")]
    alt = "How often the discriminator is right, smoothed; as measured, faint"
    show("accuracy_chart", "D is right", legend, traces, layout, alt)


def gradients(rows: Sequence[Row], changes: Sequence[Change] = (), at: float | None = None) -> None:
    """Length of each network's gradient, logarithmic; an upright line marks each change of a setting, another the step
    `at` that is shown."""
    traces = [
        _line("D", rows, "grad_norm_d", theme.DISCRIMINATOR, "solid"),
        _line("G", rows, "grad_norm_g", theme.GENERATED, "dash"),
    ]
    layout = axes(shapes=[*marks(changes, rows), *_shown(at)])
    layout["xaxis"] |= FROM_START
    low, high = decades(traces)
    layout["yaxis"] |= {"type": "log", "dtick": -(-(high - low) // 5), "tickformat": "~g", "range": [low, high]}
    legend = [("D", theme.DISCRIMINATOR, "solid"), ("G", theme.GENERATED, "dashed")]
    show(
        "gradient_chart",
        "Gradient norms",
        legend,
        traces,
        layout,
        "Gradient norms of both networks, logarithmic",
    )


def histogram_map(
    opening: Opening, frames: Sequence[Frame], at: float, key: str, end: float, height: int = HEIGHT
) -> None:
    """The histogram over the whole run: steps to the right, pixel values upwards, the share of each as colour.

    The scale of colours is fixed and logarithmic. Dotted lines bound the legal range; an upright one is at `at`.
    """
    kept = list(frames[:: -(-len(frames) // MOST_COLUMNS) or 1])
    shares = [[log10(max(share, 1e-4)) for share in _halved(frame.histogram)] for frame in kept]
    width = (opening.high - opening.low) / max(1, len(shares[0]) if shares else 1)
    trace = {
        "type": "heatmap", "x": [frame.step for frame in kept],
        "y": [opening.low + (index + 0.5) * width for index in range(len(shares[0]) if shares else 0)],
        "z": [[round(column[index], 2) for column in shares] for index in range(len(shares[0]) if shares else 0)],
        "zmin": -4, "zmax": 0, "colorscale": "Viridis", "showscale": False,
        "hovertemplate": "step %{x}, value %{y:.2f}: 10^%{z:.1f} of all<extra></extra>",
    }  # fmt: skip
    legal = [level(value, "white") for value in (opening.legal_low, opening.legal_high)]
    layout = axes(shapes=[*legal, moment(at)])
    layout["xaxis"] |= {"range": [0, max(end, 1)], "showgrid": False}
    layout["yaxis"] |= {"range": [opening.low, opening.high], "showgrid": False}
    legend = [("legal range", "gray", "dotted"), ("shown", theme.MOMENT, "solid")]
    alt = f"Map of pixel values over {len(frames)} pictures of the run, step to the right, value upwards. " + spread(
        opening, frames, at
    )
    show(key, "Pixels over time", legend, [trace], layout, alt, height=height)


def spread(opening: Opening, frames: Sequence[Frame], at: float) -> str:
    """Where nine of ten pixel values lie, first and at the moment that is shown, in words."""
    shown = min(frames, key=lambda frame: abs(frame.step - at))
    told = []
    for frame in (frames[0], shown) if shown is not frames[0] else (shown,):
        low, high = _middle(opening, frame)
        told.append(f"at step {frame.step} from {low:.2g} to {high:.2g}")
    legal = f"{opening.legal_low:.2g} to {opening.legal_high:.2g}"
    return f"Nine in ten values lie {', '.join(told)}; the legal range is {legal}."


def recognised(rows: Sequence[Row], changes: Sequence[Change] = ()) -> None:
    """How many of the generated images a small classifier recognises, over the steps; an upright line marks each change
    of a setting."""
    traces = [_line("recognisable", rows, "recognised", theme.GENERATED, "solid")]
    layout = axes(shapes=marks(changes, rows))
    layout["yaxis"] |= {"range": [0, 1.05], "tickformat": ".0%", "tickvals": [0, 0.5, 1]}
    legend = [("recognisable", theme.GENERATED, "solid")]
    show("recognised_chart", "Recognisable", legend, traces, layout, "Share of recognisable images", height=110)


def point_quality(rows: Sequence[Row], changes: Sequence[Change] = (), key: str = "quality_chart") -> None:
    """How many points lie near a mode, and precision and recall, over the steps."""
    traces = [
        _line("near a mode", rows, "high_quality", theme.GENERATED, "solid"),
        _line("precision", rows, "precision", theme.DISCRIMINATOR, "dash"),
        _line("recall", rows, "recall", theme.REAL, "dot"),
    ]
    layout = axes(shapes=marks(changes, rows))
    layout["yaxis"] |= {"range": [-0.03, 1.05], "tickformat": ".0%", "dtick": 0.25}
    legend = [
        ("near a mode", theme.GENERATED, "solid"), ("precision", theme.DISCRIMINATOR, "dashed"),
        ("recall", theme.REAL, "dotted"),
    ]  # fmt: skip
    show(key, "Points", legend, traces, layout, "Quality of the generated points over the steps")


def point_distances(rows: Sequence[Row], changes: Sequence[Change] = ()) -> None:
    """Distances of the generated points from real ones, over the steps."""
    traces = [
        _line("Wasserstein-2", rows, "wasserstein_2", theme.GENERATED, "solid"),
        _line("sliced", rows, "sliced_wasserstein", theme.DISCRIMINATOR, "dash"),
    ]
    layout = axes(shapes=marks(changes, rows))
    layout["yaxis"] |= {"rangemode": "tozero"}
    legend = [("Wasserstein-2", theme.GENERATED, "solid"), ("sliced", theme.DISCRIMINATOR, "dashed")]
    show("distance_chart", "Distances", legend, traces, layout, "Distances of generated from real points")


def numbers_of_dirac(rows: Sequence[Row], changes: Sequence[Change] = (), key: str = "dirac_chart") -> None:
    """Both numbers of a Dirac-GAN over the steps; both should come to 0."""
    traces = [
        _line("θ", rows, "theta", theme.GENERATED, "dash"),
        _line("ψ", rows, "psi", theme.DISCRIMINATOR, "solid"),
    ]
    layout = axes(shapes=[level(0, "gray"), *marks(changes, rows)])
    legend = [("θ of G", theme.GENERATED, "dashed"), ("ψ of D", theme.DISCRIMINATOR, "solid")]
    show(key, "Both numbers", legend, traces, layout, "Both numbers of the Dirac-GAN over the steps")


def class_shares(classes: Classes, m: dict[str, float]) -> None:
    """The share of each class among real and generated images."""
    shares = [m.get(f"class_share_{number}", 0.0) for number in range(len(classes.names))]
    names = [plain_text.in_chart(words) for words in classes.names]
    traces = [
        {"type": "bar", "name": name, "x": names, "y": values, "marker": {"color": colour}}
        for name, values, colour in (
            ("real", classes.real_shares, theme.REAL), ("generated", shares, theme.GENERATED),
        )
    ]  # fmt: skip
    layout = axes() | {"barmode": "group"}
    layout["xaxis"] |= {"type": "category", "nticks": len(classes.names)}
    layout["yaxis"] |= {"range": [0, max(0.3, *shares) * 1.05], "tickformat": ".0%"}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "solid")]
    show("class_chart", "Classes", legend, traces, layout, "Share of each class, real and generated", height=190)


def numbers(words: str) -> None:
    """The figures of a chart, in words below it."""
    st.html(f'<div class="numbers">{glossary.text(words)}</div>')


def _line(
    name: str,
    rows: Sequence[Row],
    measurement: str,
    colour: str,
    dash: str,
    places: Sequence[float] | None = None,
    text: str = "%{y:.2g}",
) -> dict[str, Any]:
    """A measurement over its rows; `text` is how plotly writes a value that the pointer is over."""
    where = "step %{x}" if places is None else "%{x:.2g} s"
    places = [row.step for row in rows] if places is None else places
    there = [
        (place, row.measurements[measurement])
        for place, row in zip(places, rows, strict=True)
        if measurement in row.measurements
    ]
    stride = -(-len(there) // MOST_POINTS) or 1
    kept = there[::stride]
    if there and kept[-1] != there[-1]:
        kept.append(there[-1])
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": [place for place, _ in kept],
        "y": [value for _, value in kept], "line": {"color": colour, "dash": dash, "width": 2},
        "hovertemplate": f"{name}, {where}: {text}<extra></extra>",
    }  # fmt: skip


def _reach(traces: Sequence[dict[str, Any]], *levels: float) -> tuple[float, float]:
    """The lowest and the highest of all values that a chart draws."""
    values = [*levels, *(value for trace in traces for value in trace["y"])]
    return min(values), max(values)


def _smoothed(line: dict[str, Any]) -> dict[str, Any]:
    """The line as a running mean that forgets, of which each value is divided by the weights it has had: so the first
    is as it was measured."""
    mean, weight, smooth = 0.0, 0.0, []
    for value in line["y"]:
        mean = SMOOTHING * mean + (1 - SMOOTHING) * value
        weight = SMOOTHING * weight + 1 - SMOOTHING
        smooth.append(mean / weight)
    return line | {"y": smooth, "hovertemplate": f"smoothed: {line['hovertemplate']}"}


def _faint(line: dict[str, Any]) -> dict[str, Any]:
    return line | {"opacity": 0.3, "line": line["line"] | {"width": 1, "dash": "solid"}}


def _shown(at: float | None) -> list[dict[str, Any]]:
    """The line at the step that is shown; none where that is the newest."""
    return [] if at is None else [moment(at)]


def _outside(low: float, high: float, legal: tuple[float, float], shares: Sequence[float]) -> dict[str, Any]:
    """Bars of the bins that lie outside the legal range, red and hatched: those who do not see red see the lines."""
    width = (high - low) / max(len(shares), 1)
    bins = [(low + (index + 0.5) * width, share) for index, share in enumerate(shares)]
    beyond = [(value, share) for value, share in bins if value + width / 2 <= legal[0] or value - width / 2 >= legal[1]]
    return {
        "type": "bar", "name": "outside", "x": [value for value, _ in beyond], "y": [share for _, share in beyond],
        "width": width,
        "marker": {"color": theme.BROKEN, "line": {"width": 0}, "pattern": {"shape": "/", "size": 5, "solidity": 0.6}},
        "hovertemplate": "outside the legal range: %{y:.2p}<extra></extra>",
    }  # fmt: skip


def _outline(name: str, low: float, high: float, shares: Sequence[float], colour: str) -> dict[str, Any]:
    width = (high - low) / max(len(shares), 1)
    return {
        "type": "scatter", "mode": "lines", "name": name,
        "x": [low + (index + 0.5) * width for index in range(len(shares))],
        "y": [max(share, LEAST_SHARE / 10) for share in shares], "line": {"color": colour, "width": 2, "shape": "hvh"},
        "hovertemplate": f"{name}, value %{{x:.2f}}: %{{y:.2p}}<extra></extra>",
    }  # fmt: skip


def _halved(shares: Sequence[float]) -> list[float]:
    """A histogram of half as many bins."""
    return [sum(shares[index : index + 2]) for index in range(0, len(shares), 2)]


def _middle(opening: Opening, frame: Frame) -> tuple[float, float]:
    """Between which values nine of ten lie, one of twenty being beyond at either end."""
    width = (opening.high - opening.low) / len(frame.histogram)
    below = list(accumulate(frame.histogram))
    low = next((index for index, share in enumerate(below) if share >= 0.05), 0)
    high = next((index for index, share in enumerate(below) if share >= 0.95), len(below) - 1)
    return opening.low + low * width, opening.low + (high + 1) * width
