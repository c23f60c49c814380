"""The charts: plain plotly dictionaries of at most 300 points, of fixed height and range where that is honest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from math import ceil, floor, log10
from typing import Any

import streamlit as st

from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.messages.untrained_report import Contrast, Layer
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.loss_balance import BALANCE
from pages.parts.shared import theme

MOST_POINTS = 300
HEIGHT = 140
# Fixed: plotly draws a chart twice to fit its margins to the labels, and the plot would jump as these change.
MOST_COLUMNS = 50  # of a map
MARGIN = {"l": 38, "r": 8, "t": 6, "b": 18}
BLANK = (-1.5, 1.5, (-1.0, 1.0))  # the axis before there is a run

Legend = Sequence[tuple[str, str, str]]  # name, colour, CSS border style


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
    layout = _layout(shapes=[band])
    layout["yaxis"] |= {
        "type": "log",
        "range": [-4, 0],
        "tickvals": [1e-4, 1e-3, 0.01, 0.1, 1],
        "tickformat": "~%",
    }
    layout["xaxis"] |= {"range": [low, high]}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "solid")]
    _show(key, "Pixels", legend, traces, layout, "Histogram of pixel values, real and generated")


@dataclass(frozen=True)
class Shared:
    """The axes that the charts of several runs have in common."""

    end: float  # of the axis from 0: in steps, or in seconds of training
    low: float  # of the upright axis
    high: float
    at: float  # the moment that is shown, on the axis from 0


def losses(
    rows: Sequence[Row],
    loss: str,
    key: str = "loss_chart",
    shared: Shared | None = None,
    seconds: Sequence[float] | None = None,
) -> None:
    """Both losses over the steps, and where each stands when D cannot tell real from generated. With `seconds`, those
    of training at each row, over these."""
    balance_d, balance_g = BALANCE[loss]
    traces = [
        _line("D", rows, "loss_d", theme.DISCRIMINATOR, "solid", seconds),
        _line("G", rows, "loss_g", theme.GENERATED, "dash", seconds),
    ]
    layout = _layout(shapes=[_level(balance_d, theme.DISCRIMINATOR), _level(balance_g, theme.GENERATED)])
    if shared:
        layout["xaxis"] |= {"range": [0, shared.end]}
        layout["yaxis"] |= {"range": [shared.low, shared.high]}
        layout["shapes"].append(_moment(shared.at))
    legend = [("D", theme.DISCRIMINATOR, "solid"), ("G", theme.GENERATED, "dashed")]
    _show(key, "Losses", legend, traces, layout, "Losses of discriminator and generator over the steps")


def accuracy(rows: Sequence[Row]) -> None:
    """How often D is right, on real and on generated images."""
    traces = [
        _line("on real", rows, "d_accuracy_real", theme.REAL, "solid"),
        _line("on generated", rows, "d_accuracy_fake", theme.GENERATED, "dash"),
    ]
    layout = _layout(shapes=[_level(0.5, "gray")])
    layout["yaxis"] |= {"range": [-0.03, 1.03], "tickformat": ".0%", "dtick": 0.25}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "dashed")]
    _show("accuracy_chart", "D is right", legend, traces, layout, "How often the discriminator is right")


def gradients(rows: Sequence[Row]) -> None:
    """Length of each network's gradient, logarithmic."""
    traces = [
        _line("D", rows, "grad_norm_d", theme.DISCRIMINATOR, "solid"),
        _line("G", rows, "grad_norm_g", theme.GRADIENT, "dash"),
    ]
    layout = _layout()
    low, high = _decades(traces)
    layout["yaxis"] |= {"type": "log", "dtick": -(-(high - low) // 5), "tickformat": "~g", "range": [low, high]}
    legend = [("D", theme.DISCRIMINATOR, "solid"), ("G", theme.GRADIENT, "dashed")]
    _show(
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
    legal = [_level(value, "white") for value in (opening.legal_low, opening.legal_high)]
    layout = _layout(shapes=[*legal, _moment(at)])
    layout["xaxis"] |= {"range": [0, max(end, 1)], "showgrid": False}
    layout["yaxis"] |= {"range": [opening.low, opening.high], "showgrid": False}
    legend = [("legal range", "gray", "dotted"), ("shown", theme.MOMENT, "solid")]
    alt = f"Map of pixel values over {len(frames)} pictures of the run, step to the right, value upwards. " + spread(
        opening, frames, at
    )
    _show(key, "Pixels over time", legend, [trace], layout, alt, height=height)


def spread(opening: Opening, frames: Sequence[Frame], at: float) -> str:
    """Where nine of ten pixel values lie, first and at the moment that is shown, in words."""
    shown = min(frames, key=lambda frame: abs(frame.step - at))
    told = []
    for frame in (frames[0], shown) if shown is not frames[0] else (shown,):
        low, high = _middle(opening, frame)
        told.append(f"at step {frame.step} from {low:.2g} to {high:.2g}")
    return f"Nine of ten values lie {', '.join(told)}; legal is {opening.legal_low:.2g} to {opening.legal_high:.2g}."


def signal(layers: Sequence[Layer]) -> None:
    """The signal's standard deviation after every layer, from the noise above to the output below, logarithmic."""
    names = [layer.name for layer in layers]
    values = {"train": [layer.train for layer in layers], "eval": [layer.eval for layer in layers]}
    styles = {"train": ("solid", theme.GENERATED), "eval": ("dash", theme.DISCRIMINATOR)}
    traces = [
        {
            "type": "scatter", "mode": "lines+markers", "name": mode, "y": names,
            "x": [max(value, 1e-6) for value in values[mode]],
            "line": {"color": styles[mode][1], "dash": styles[mode][0], "width": 2},
            "hovertemplate": "%{y}: %{x:.3g}<extra>" + mode + "</extra>",
        }
        for mode in values
    ]  # fmt: skip
    layout = _layout(shapes=[{**_level(1.0, "gray"), "xref": "x", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1}])
    low, high = _decades([{"y": trace["x"]} for trace in traces])
    layout["xaxis"] |= {
        "type": "log", "dtick": -(-(high - low) // 8), "tickformat": "~g", "range": [low, high - 0.7],
    }  # fmt: skip
    layout["yaxis"] |= {
        "autorange": "reversed", "automargin": True, "tickmode": "array", "tickvals": names, "tickfont": {"size": 10},
    }  # fmt: skip
    legend = [("train mode", theme.GENERATED, "solid"), ("eval mode", theme.DISCRIMINATOR, "dashed")]
    alt = "Standard deviation of the signal after every layer, in train and in eval mode"
    _show("signal_chart", "Where does the signal die?", legend, traces, layout, alt, height=230)


def contrast_map(known: Mapping[str, Sequence[Contrast]], e: Experiment) -> None:
    """Contrast over initialisation and activation, each cell with its number, the chosen one framed; the scale is
    fixed. `known` are the initialisations that were examined by now."""
    inits, activations = [*map(str, SETTINGS["init"].choices)], [*map(str, SETTINGS["output_activation"].choices)]
    value = {(cell.init, cell.activation): getattr(cell, e.sample_mode) for cells in known.values() for cell in cells}
    table = [[value.get((init, activation)) for activation in activations] for init in inits]
    names = [init.replace("_", " ") for init in inits]
    trace = {
        "type": "heatmap", "x": activations, "y": names, "z": table, "zmin": 0, "zmax": 128, "colorscale": "Greys",
        "reversescale": True, "texttemplate": "%{z:.1f}", "showscale": False, "xgap": 2, "ygap": 2,
        "hovertemplate": "%{x} on %{y}: %{z:.2f} levels<extra></extra>",
    }  # fmt: skip
    column, row = activations.index(e.output_activation), inits.index(e.init)
    chosen = {
        "type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5,
        "line": {"color": theme.GENERATED, "width": 4},
    }  # fmt: skip
    layout = _layout(shapes=[chosen])
    layout["xaxis"] |= {"tickmode": "array", "tickvals": activations, "side": "top", "showgrid": False}
    layout["yaxis"] |= {
        "tickmode": "array", "tickvals": names, "autorange": "reversed", "automargin": True, "showgrid": False,
    }  # fmt: skip
    alt = "Contrasts of every initialisation and activation as a table"
    _show("contrast_chart", f"BatchNorm in {e.sample_mode} mode", [], [trace], layout, alt, height=310)


def recognised(rows: Sequence[Row]) -> None:
    """How many of the generated images a small classifier recognises, over the steps."""
    traces = [_line("recognisable", rows, "recognised", theme.GENERATED, "solid")]
    layout = _layout()
    layout["yaxis"] |= {"range": [0, 1.05], "tickformat": ".0%", "tickvals": [0, 0.5, 1]}
    legend = [("recognisable", theme.GENERATED, "solid")]
    _show("recognised_chart", "Recognisable", legend, traces, layout, "Share of recognisable images", height=110)


def class_shares(classes: Classes, m: dict[str, float]) -> None:
    """The share of each class among real and generated images."""
    shares = [m.get(f"class_share_{number}", 0.0) for number in range(len(classes.names))]
    traces = [
        {"type": "bar", "name": name, "x": classes.names, "y": values, "marker": {"color": colour}}
        for name, values, colour in (
            ("real", classes.real_shares, theme.REAL), ("generated", shares, theme.GENERATED),
        )
    ]  # fmt: skip
    layout = _layout() | {"barmode": "group"}
    layout["xaxis"] |= {"type": "category", "nticks": len(classes.names)}
    layout["yaxis"] |= {"range": [0, max(0.3, *shares) * 1.05], "tickformat": ".0%"}
    legend = [("real", theme.REAL, "solid"), ("generated", theme.GENERATED, "solid")]
    _show("class_chart", "Classes", legend, traces, layout, "Share of each class, real and generated", height=190)


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


def _level(value: float, colour: str) -> dict[str, Any]:
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value,
        "line": {"color": colour, "dash": "dot", "width": 1.2},
    }  # fmt: skip


def _decades(traces: list[dict[str, Any]]) -> list[int]:
    """Whole powers of ten around all values, so that the axis stays put while the lines move."""
    values = [value for trace in traces for value in trace["y"] if value > 0] or [1.0]
    return [min(-1, floor(log10(min(values)))), max(1, ceil(log10(max(values))))]


def _moment(at: float) -> dict[str, Any]:
    return {
        "type": "line", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "line": {"color": theme.MOMENT, "width": 1.5},
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


def _layout(shapes: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {
        "height": HEIGHT, "margin": MARGIN, "shapes": list(shapes),
        "uirevision": "kept", "showlegend": False, "transition": {"duration": 0},
        "xaxis": {"nticks": 5}, "yaxis": {"nticks": 5},
    }  # fmt: skip


def _show(
    key: str,
    title: str,
    legend: Legend,
    traces: list[dict[str, Any]],
    layout: dict[str, Any],
    alt: str,
    height: int = HEIGHT,
) -> None:
    names = "".join(
        f'<span><i style="border-top:3px {dash} {colour}"></i>{name}</span>' for name, colour, dash in legend
    )
    st.html(f'<div class="chart-title"><b>{title}</b>{names}</div>')
    if not any(trace["x"] for trace in traces):
        layout["xaxis"] |= {"showticklabels": False}
    figure = {"data": traces, "layout": layout | {"height": height}}
    st.plotly_chart(figure, key=key, height=height, config={"displayModeBar": False}, alt=alt)
