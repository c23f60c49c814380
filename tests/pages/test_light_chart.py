"""The chart of a moving run against the places that its axes give, and its words against what plotly is asked for."""

from __future__ import annotations

import base64
import re
from math import log10, nan
from typing import Any
from xml.etree import ElementTree

import pytest

from pages.parts.shared import figure, light_chart

SVG = "{http://www.w3.org/2000/svg}"
RED = "#d1495b"


def line(x: list[float], y: list[float], **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "x": x, "y": y, "line": {"color": RED, "dash": "solid", "width": 2} | more}


def drawn(traces: list[dict[str, Any]], shapes: list[dict[str, Any]] | None = None, **axes: Any) -> tuple[Any, str]:
    """The drawing, as XML, and the markup around it."""
    layout = figure.axes(shapes or [])
    for name, axis in axes.items():
        layout[name] |= axis
    markup = light_chart.html(traces, layout, figure.MARGIN, figure.HEIGHT, "what it shows")
    (source,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', markup)
    return ElementTree.fromstring(base64.b64decode(source)), markup


def ways(drawing: Any, colour: str = RED) -> list[str]:
    return [path.get("d") for path in drawing.iter(f"{SVG}path") if path.get("stroke") == colour]


def words(markup: str, kind: str) -> list[tuple[str, float]]:
    """The words of this kind, with where they stand, in per cent."""
    found = re.findall(rf'<i class="{kind}" style="(?:left|top):([\d.-]+)%">(?:<span>)?([^<]*)', markup)
    return [(told, float(at)) for at, told in found]


def test_a_line_lies_where_its_axes_say() -> None:
    drawing, _ = drawn([line([0, 50, 200], [1.0, 3.0, 2.0])], xaxis={"range": [0, 200]}, yaxis={"range": [1, 3]})
    assert ways(drawing) == ["M0 1000L250 0L1000 500"]


def test_a_logarithmic_axis_gives_each_decade_the_same_room() -> None:
    drawing, markup = drawn([line([0, 1], [0.01, 1.0])], yaxis={"type": "log", "range": [-3, 1], "dtick": 1})
    assert ways(drawing) == ["M0 750L1000 250"]
    assert words(markup, "up") == [("0.001", 100), ("0.01", 75), ("0.1", 50), ("1", 25)]  # and none above the chart


def test_steps_change_half_way_between_two_values() -> None:
    drawing, _ = drawn([line([0, 10, 20], [0.0, 1.0, 0.5], shape="hvh")], yaxis={"range": [0, 1]})
    assert ways(drawing) == ["M0 1000H250V0H750V500H1000"]


def test_an_axis_without_a_range_reaches_around_all_values_and_levels() -> None:
    drawing, _ = drawn([line([10, 20], [0.0, 1.0])], [figure.level(2.0, "gray")], xaxis={"rangemode": "tozero"})
    ((left, low, right, high),) = [tuple(map(float, re.findall(r"[\d.]+", way))) for way in ways(drawing)]
    assert (left, right) == (500, 1000)
    assert low == pytest.approx(1000 * 2.1 / 2.2, abs=0.06) and high == pytest.approx(1000 * 1.1 / 2.2, abs=0.06)


def test_a_number_that_is_none_is_left_out() -> None:
    drawing, _ = drawn([line([0, 1, 2], [0.0, nan, 1.0]), line([0], [0.5])], yaxis={"range": [0, 1]})
    assert ways(drawing) == ["M0 1000L1000 0"]


@pytest.mark.parametrize(
    ("end", "ticks"),
    [
        (7, ["0", "2", "4", "6"]), (730, ["0", "200", "400", "600"]), (0.4, ["0", "0.1", "0.2", "0.3", "0.4"]),
        (30_000, ["0", "10k", "20k", "30k"]), (2_500_000, ["0", "500k", "1M", "1.5M", "2M", "2.5M"]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_few(end: float, ticks: list[str]) -> None:
    _, markup = drawn([line([0, end], [0.0, 1.0])])
    assert [told for told, _ in words(markup, "across")] == ticks
    assert [at for _, at in words(markup, "across")] == pytest.approx(
        [100 * index * float(parsed(ticks[1])) / end for index in range(len(ticks))], abs=0.06
    )


def parsed(words: str) -> float:
    return float(words.rstrip("kM")) * {"k": 1e3, "M": 1e6}.get(words[-1], 1)


def test_marks_and_levels_have_their_words_as_text() -> None:
    label = {"text": "<b>0.1</b>", "textposition": "end", "xanchor": "right"}
    shapes = [figure.level(0.25, "gray", "D guesses"), figure.moment(5) | {"label": label}]
    drawing, markup = drawn([line([0, 10], [0.0, 1.0])], shapes, yaxis={"range": [0, 1]})
    assert ways(drawing, "gray")[-1] == "M0 750L1000 750"
    assert words(markup, "level above") == [("D guesses", 75)]
    assert words(markup, "mark") == [("&lt;b&gt;0.1&lt;/b&gt;", 50)]


def test_bars_stand_on_the_axis_over_their_width() -> None:
    bars = {"type": "bar", "x": [0.5], "y": [0.1], "width": 1.0, "marker": {"color": RED}}
    _, markup = drawn([bars], xaxis={"range": [0, 4]}, yaxis={"type": "log", "range": [-4, 0]})
    assert f'style="left:0.00%;width:25.00%;height:{25 * (4 + log10(0.1)):.1f}%;color:{RED}"' in markup
