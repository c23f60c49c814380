"""What all charts have in common: size, lines across, axes, and how one is shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from math import ceil, floor, log10
from typing import Any

import plotly.io
import streamlit as st
from plotly.basedatatypes import BaseFigure

from gan_core.diagnosis.row import Row
from gan_core.settings.change import Change, marks_of
from pages.parts.shared import glossary, light_chart, theme

HEIGHT = 140
# Fixed: plotly draws a chart twice to fit its margins to the labels, and the plot would jump as these change.
MARGIN = {"l": 46, "r": 8, "t": 6, "b": 31}

SMALL = {"font": {"size": 9}, "padding": 1}  # words at a line

Legend = Sequence[tuple[str, str, str]]  # name, colour, CSS border style

_LIGHT: ContextVar[bool] = ContextVar("light", default=False)


@contextmanager
def light(moving: bool) -> Iterator[None]:
    """Draw the charts in here without plotly where `moving`, which is much less work for a browser."""
    before = _LIGHT.set(moving)
    try:
        yield
    finally:
        _LIGHT.reset(before)


class CheckedFigure(BaseFigure):
    """A figure that counts as checked: plotly checks each value of another, which takes twice as long as all the rest
    of a look at a run. Ours are checked by a test, one of each kind."""

    def __init__(self, plain: dict[str, Any]) -> None:
        self._plain = plain

    def to_dict(self) -> dict[str, Any]:
        """As plotly's figures give themselves."""
        return self._plain


@cache
def _template() -> dict[str, Any]:
    """What Streamlit has put into plotly to recognise its own colours by, which plotly adds to what it checks."""
    template: dict[str, Any] = plotly.io.templates[plotly.io.templates.default].to_plotly_json()
    return template


def level(value: float, colour: str, words: str = "", *, below: bool = False) -> dict[str, Any]:
    """A dotted line across a chart, with words over its right end, or below it."""
    line = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value,
        "line": {"color": colour, "dash": "dot", "width": 1.2},
    }  # fmt: skip
    if not words:
        return line
    return line | {"label": SMALL | {"text": words, "textposition": "end", "yanchor": "top" if below else "bottom"}}


def decades(traces: list[dict[str, Any]]) -> list[int]:
    """Whole powers of ten around all values, so that the axis stays put while the lines move."""
    values = [value for trace in traces for value in trace["y"] if value > 0] or [1.0]
    return [min(-1, floor(log10(min(values)))), max(1, ceil(log10(max(values))))]


def moment(at: float) -> dict[str, Any]:
    """An upright line."""
    return {
        "type": "line", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "line": {"color": theme.MOMENT, "width": 1.5},
    }  # fmt: skip


def marks(
    changes: Sequence[Change], rows: Sequence[Row], places: Sequence[float] | None = None
) -> list[dict[str, Any]]:
    """An upright line at each change of a setting, with what it became: from the moment of the change, even while the
    curves still end before it. `places` are the rows' places on the axis, where these are not their steps; a change
    after the last row is marked at that row, as nobody knows its place yet."""
    if not rows:
        return []
    lines = []
    for step, words in marks_of(changes, rows[-1].step):
        index = min(bisect_left(rows, step, key=lambda row: row.step), len(rows) - 1)
        lines.append({
            **moment(step if places is None else places[index]),
            "line": {"color": "gray", "dash": "dot", "width": 1},
            "label": SMALL | {"text": words, "textposition": "end", "xanchor": "right"},
        })  # fmt: skip
    return lines


def axes(shapes: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The layout of a chart, as plotly takes it, with its two axes to be set."""
    return {
        "height": HEIGHT, "margin": MARGIN, "shapes": list(shapes),
        "uirevision": "kept", "showlegend": False, "transition": {"duration": 0},
        "xaxis": {"nticks": 5, "automargin": False}, "yaxis": {"nticks": 5, "automargin": False},
    }  # fmt: skip


def show(
    key: str,
    title: str,
    legend: Legend,
    traces: list[dict[str, Any]],
    layout: dict[str, Any],
    alt: str,
    height: int = HEIGHT,
) -> None:
    """Draw it under a line with its title and legend; `alt` says what it shows to who cannot see it."""
    names = "".join(
        f'<span><i style="border-top:3px {dash} {colour}"></i>{glossary.text(name)}</span>'
        for name, colour, dash in legend
    )
    st.html(f'<div class="chart-title"><b>{glossary.text(title)}</b>{names}</div>')
    if not any(trace["x"] for trace in traces):
        layout["xaxis"] |= {"showticklabels": False}
    if _LIGHT.get() and light_chart.draws(traces):
        st.html(light_chart.html(traces, layout, MARGIN, height, alt))
        return
    layout |= {"height": height, "template": _template()}
    figure = CheckedFigure({"data": traces, "layout": layout})
    st.plotly_chart(figure, key=key, height=height, config={"displayModeBar": False}, alt=alt)
