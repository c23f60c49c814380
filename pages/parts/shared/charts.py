"""The charts: plain plotly dictionaries of at most 300 points, of fixed height and range where that is honest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from math import log10
from typing import Any

import streamlit as st

from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.settings.change import Change, marks_of
from gan_core.settings.loss_balance import BALANCE
from pages.parts.shared import plain_text, theme
from pages.parts.shared.figure import HEIGHT, axes, decades, level, moment, show

MOST_POINTS = 300
MOST_COLUMNS = 50  # of a map
BLANK = (-1.5, 1.5, (-1.0, 1.0))  # the axis before there is a run


def pixel_histogram(opening: Opening | None, frame: Frame | None, key: str = "histogram_chart") -> None:
    """Shares of pixel values, real and generated on one axis (logarithmic), the legal range shaded."""
    low, high, legal = (opening.low, opening.high, (opening.legal_low, opening.legal_high)) if opening else BLANK
    traces = [
        _outline("real", low, high, opening.real_histogram if opening else [], theme.REAL),
        _outline("generated", low, high, frame.histogram if frame else [], theme.GENERATED),
    ]
    band = {
        "type": "rect", "xref": "x", "yref": "paper", "x0": legal[0], "x1": legal[1], "y0": 0, "y1": 1,
        "fillcolor": theme.LEGAL, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    layout = axes(shapes=[band])
    layout["yaxis"] |= {
        "type": "log",
        "range": [-4, 0],
        "tickvals": [1e-4, 1e-3, 0.01, 0.1, 1],
        "tickformat": "~%",
    }
    layout["xaxis"] |= {"range": [low, high]}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "solid")]
    show(key, "Pixels", legend, traces, layout, "Histogram of pixel values, real and generated")


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
) -> None:
    """Both losses over the steps, and where each stands when D cannot tell real from generated. With `seconds`, those
    of training at each row, over these. An upright line marks each change of a setting. `loss` is None where
    nobody knows which it is."""
    traces = [
        _line("D", rows, "loss_d", theme.DISCRIMINATOR, "solid", seconds),
        _line("G", rows, "loss_g", theme.GENERATED, "dash", seconds),
    ]
    layout = axes()
    if loss is not None:
        balance_d, balance_g = BALANCE[loss]
        layout["shapes"] += [level(balance_d, theme.DISCRIMINATOR), level(balance_g, theme.GENERATED)]
    layout["shapes"] += _marks(changes, rows, seconds)
    if shared:
        layout["xaxis"] |= {"range": [0, shared.end]}
        layout["yaxis"] |= {"range": [shared.low, shared.high]}
        layout["shapes"].append(moment(shared.at))
    legend = [("D", theme.DISCRIMINATOR, "solid"), ("G", theme.GENERATED, "dashed")]
    show(key, "Losses", legend, traces, layout, "Losses of discriminator and generator over the steps")


def accuracy(rows: Sequence[Row], changes: Sequence[Change] = ()) -> None:
    """How often D is right, on real and on generated images; an upright line marks each change of a setting."""
    traces = [
        _line("on real", rows, "d_accuracy_real", theme.REAL, "solid"),
        _line("on generated", rows, "d_accuracy_fake", theme.GENERATED, "dash"),
    ]
    layout = axes(shapes=[level(0.5, "gray"), *_marks(changes, rows)])
    layout["yaxis"] |= {"range": [-0.03, 1.03], "tickformat": ".0%", "dtick": 0.25}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "dashed")]
    show("accuracy_chart", "D is right", legend, traces, layout, "How often the discriminator is right")


def gradients(rows: Sequence[Row], changes: Sequence[Change] = ()) -> None:
    """Length of each network's gradient, logarithmic; an upright line marks each change of a setting."""
    traces = [
        _line("D", rows, "grad_norm_d", theme.DISCRIMINATOR, "solid"),
        _line("G", rows, "grad_norm_g", theme.GRADIENT, "dash"),
    ]
    layout = axes(shapes=_marks(changes, rows))
    low, high = decades(traces)
    layout["yaxis"] |= {"type": "log", "dtick": -(-(high - low) // 5), "tickformat": "~g", "range": [low, high]}
    legend = [("D", theme.DISCRIMINATOR, "solid"), ("G", theme.GRADIENT, "dashed")]
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
    return f"Nine of ten values lie {', '.join(told)}; legal is {opening.legal_low:.2g} to {opening.legal_high:.2g}."


def recognised(rows: Sequence[Row], changes: Sequence[Change] = ()) -> None:
    """How many of the generated images a small classifier recognises, over the steps; an upright line marks each change
    of a setting."""
    traces = [_line("recognisable", rows, "recognised", theme.GENERATED, "solid")]
    layout = axes(shapes=_marks(changes, rows))
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
    layout = axes(shapes=_marks(changes, rows))
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
    layout = axes(shapes=_marks(changes, rows))
    layout["yaxis"] |= {"rangemode": "tozero"}
    legend = [("Wasserstein-2", theme.GENERATED, "solid"), ("sliced", theme.DISCRIMINATOR, "dashed")]
    show("distance_chart", "Distances", legend, traces, layout, "Distances of generated from real points")


def numbers_of_dirac(rows: Sequence[Row], changes: Sequence[Change] = (), key: str = "dirac_chart") -> None:
    """Both numbers of a Dirac-GAN over the steps; both should come to 0."""
    traces = [
        _line("θ", rows, "theta", theme.GENERATED, "dash"),
        _line("ψ", rows, "psi", theme.DISCRIMINATOR, "solid"),
    ]
    layout = axes(shapes=[level(0, "gray"), *_marks(changes, rows)])
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
    st.html(f'<div class="numbers">{escape(words)}</div>')


def _line(
    name: str, rows: Sequence[Row], measurement: str, colour: str, dash: str, places: Sequence[float] | None = None
) -> dict[str, Any]:
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
    }  # fmt: skip


def _outline(name: str, low: float, high: float, shares: Sequence[float], colour: str) -> dict[str, Any]:
    width = (high - low) / max(len(shares), 1)
    return {
        "type": "scatter", "mode": "lines", "name": name,
        "x": [low + (index + 0.5) * width for index in range(len(shares))],
        "y": [max(share, 1e-5) for share in shares], "line": {"color": colour, "width": 2, "shape": "hvh"},
    }  # fmt: skip


def _marks(
    changes: Sequence[Change], rows: Sequence[Row], places: Sequence[float] | None = None
) -> list[dict[str, Any]]:
    """An upright line at each change of a setting that lies under the curves, with what it became. `places` are
    the rows' places on the axis, where these are not their steps."""
    marks = []
    for step, words in marks_of(changes, rows[-1].step if rows else 0):
        index = bisect_left(rows, step, key=lambda row: row.step)
        if index < len(rows):
            marks.append({
                **moment(step if places is None else places[index]),
                "line": {"color": "gray", "dash": "dot", "width": 1},
                "label": {"text": words, "textposition": "end", "xanchor": "right", "font": {"size": 9}, "padding": 1},
            })  # fmt: skip
    return marks


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
