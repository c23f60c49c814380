"""The charts of an untrained generator: the signal after every layer, and contrast by initialisation and activation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gan_core.messages.untrained_report import Contrast, Layer
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from pages.parts.shared import theme
from pages.parts.shared.figure import axes, decades, level, show


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
    layout = axes(shapes=[{**level(1.0, "gray"), "xref": "x", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1}])
    low, high = decades([{"y": trace["x"]} for trace in traces])
    layout["xaxis"] |= {
        "type": "log", "dtick": -(-(high - low) // 8), "tickformat": "~g", "range": [low, high - 0.7],
    }  # fmt: skip
    layout["yaxis"] |= {
        "autorange": "reversed", "automargin": True, "tickmode": "array", "tickvals": names, "tickfont": {"size": 10},
    }  # fmt: skip
    legend = [("train mode", theme.GENERATED, "solid"), ("eval mode", theme.DISCRIMINATOR, "dashed")]
    alt = "Standard deviation of the signal after every layer, in train and in eval mode"
    show("signal_chart", "Where does the signal die?", legend, traces, layout, alt, height=230)


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
    layout = axes(shapes=[chosen])
    layout["xaxis"] |= {"tickmode": "array", "tickvals": activations, "side": "top", "showgrid": False}
    layout["yaxis"] |= {
        "tickmode": "array", "tickvals": names, "autorange": "reversed", "automargin": True, "showgrid": False,
    }  # fmt: skip
    alt = "Contrast of every initialisation and activation, as a table"
    show("contrast_chart", f"BatchNorm in {e.sample_mode} mode", [], [trace], layout, alt, height=310)
