"""Every kind of chart against plotly's own check of its values, which the pages leave out; and how often they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects
import pytest
import streamlit
from untrained_runs import OPENING

from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Classes, Frame
from gan_core.messages.untrained_report import Contrast, Layer
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment
from pages.parts.shared import charts, figure, pace, theme
from pages.parts.untrained import charts as untrained_charts

NAMES = ("loss_d", "loss_g", "d_accuracy_real", "d_accuracy_fake", "grad_norm_d", "grad_norm_g", "recognised")
ROWS = [Row(step, dict.fromkeys(NAMES, 0.1 + step / 100)) for step in range(0, 500, 50)]
CHANGES = [Change(120, "lr_d", 0.001, 0.01), Change(125, "lr_d", 0.01, 0.02), Change(300, "loss", "hinge", "minimax")]
FRAMES = [Frame(step, {}, b"", [0.01] * 100, 0.0) for step in (0, 100, 200)]
SHARED = charts.Shared(end=500.0, low=0.0, high=5.0, at=200.0)

KINDS: dict[str, Callable[[], None]] = {
    "histogram": lambda: charts.pixel_histogram(OPENING, FRAMES[0]),
    "no histogram yet": lambda: charts.pixel_histogram(None, None),
    "losses": lambda: charts.losses(ROWS, "non_saturating", changes=CHANGES),
    "losses of several": lambda: charts.losses(ROWS, "hinge", "b", SHARED, [*range(len(ROWS))], CHANGES),
    "no losses yet": lambda: charts.losses((), "hinge"),
    "accuracy": lambda: charts.accuracy(ROWS, CHANGES),
    "gradients": lambda: charts.gradients(ROWS, CHANGES),
    "recognised": lambda: charts.recognised(ROWS, CHANGES),
    "over time": lambda: charts.histogram_map(OPENING, FRAMES, 100, "map", 500),
    "classes": lambda: charts.class_shares(Classes(("0", "1"), (0.5, 0.5), 0.9), {"class_share_0": 0.3}),
    "signal": lambda: untrained_charts.signal([Layer("noise", 1.0, 1.0), Layer("output: tanh", 0.1, 1e-9)]),
    "contrasts": lambda: untrained_charts.contrast_map(
        {"normal": [Contrast("tanh", "normal", 3.0, 2.0)]}, Experiment(steps=0)
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_plotly_finds_nothing_wrong_with_a_chart(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(streamlit, "plotly_chart", lambda figure, **_: shown.append(figure.to_dict()))
    KINDS[kind]()
    (plain,) = shown
    checked = plotly.graph_objects.Figure(plain)  # raises for a name or a value that plotly does not know
    assert len(checked.data) == len(plain["data"])
    assert len(checked.layout.shapes) == len(plain["layout"]["shapes"])
    # Streamlit's colours are put in where its own template is.
    assert plain["layout"]["template"] == plotly.graph_objects.Figure().to_dict()["layout"]["template"]


def drawn(monkeypatch: pytest.MonkeyPatch, draw: Callable[[], None]) -> dict[str, Any]:
    shown: list[Any] = []
    monkeypatch.setattr(streamlit, "plotly_chart", lambda figure, **_: shown.append(figure.to_dict()))
    draw()
    (plain,) = shown
    return plain


@pytest.mark.parametrize("kind", KINDS)
def test_a_moving_run_has_every_kind_of_chart(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[str, list[Any]] = {"html": [], "plotly_chart": []}
    monkeypatch.setattr(streamlit._main, "_enqueue", lambda kind, element, **_: shown[kind].append(element))
    with figure.light(True):
        KINDS[kind]()
    light = [one for one in shown["html"] if "light-chart" in one.body]
    assert len(light) + len(shown["plotly_chart"]) == 1
    assert bool(light) == (kind not in ("over time", "classes", "signal", "contrasts"))


def test_each_network_has_one_colour_in_all_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    for draw in (lambda: charts.losses(ROWS, "hinge"), lambda: charts.gradients(ROWS)):
        colours = {trace["name"]: trace["line"]["color"] for trace in drawn(monkeypatch, draw)["data"]}
        assert colours == {"D": theme.DISCRIMINATOR, "G": theme.GENERATED}


def test_only_what_lies_outside_the_legal_range_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    # 150 bins over 1.5 times the legal range: 25 at either side are outside of it.
    histogram = [0.001 * (number % 7) for number in range(150)]
    frame = Frame(0, {}, b"", histogram, 0.0)
    outside, *_ = drawn(monkeypatch, lambda: charts.pixel_histogram(OPENING, frame))["data"]
    assert outside["marker"]["color"] == theme.BROKEN
    assert outside["marker"]["pattern"]["shape"]  # also for those who do not see red
    assert sum(outside["y"]) == pytest.approx(sum(histogram[:25]) + sum(histogram[125:]))
    assert all(abs(value) > 1 for value in outside["x"])


def test_how_often_d_is_right_is_smoothed_and_stays_in_sight_as_it_was_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = [0.5, 1.0, 0.0, 1.0]
    rows = [Row(step, {"d_accuracy_real": value}) for step, value in enumerate(values)]
    faint, _, smooth, _ = drawn(monkeypatch, lambda: charts.accuracy(rows))["data"]
    assert faint["y"] == values
    assert faint["opacity"] < 0.5
    weights = [charts.SMOOTHING**age for age in range(4)]
    for count in range(1, 5):
        newest_first = values[:count][::-1]
        mean = sum(w * v for w, v in zip(weights, newest_first, strict=False)) / sum(weights[:count])
        assert smooth["y"][count - 1] == pytest.approx(mean)


def test_a_step_that_is_not_the_newest_is_marked_on_the_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    for draw in (lambda at: charts.losses(ROWS, "hinge", at=at), lambda at: charts.gradients(ROWS, at=at),
                 lambda at: charts.accuracy(ROWS, at=at)):  # fmt: skip
        lines = drawn(monkeypatch, lambda draw=draw: draw(120))["layout"]["shapes"]
        assert [line["x0"] for line in lines if line["line"]["color"] == theme.MOMENT] == [120]
        lines = drawn(monkeypatch, lambda draw=draw: draw(None))["layout"]["shapes"]
        assert not [line for line in lines if line["line"]["color"] == theme.MOMENT]


def test_charts_beside_each_other_all_begin_at_step_0(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row(0, {"d_accuracy_real": 0.5}), Row(50, dict.fromkeys(NAMES, 0.5))]  # there is no loss before a step
    for draw in (lambda: charts.losses(rows, "hinge"), lambda: charts.gradients(rows), lambda: charts.accuracy(rows)):
        chart = drawn(monkeypatch, draw)
        first = min(x for trace in chart["data"] for x in trace["x"])
        assert first == 0 or chart["layout"]["xaxis"]["rangemode"] == "tozero"


def test_a_change_is_marked_before_the_curves_have_come_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    late = [Change(ROWS[-1].step + 7, "lr_d", 0.001, 0.01)]  # the next row is many steps away
    for draw in (lambda: charts.losses(ROWS, "hinge", changes=late), lambda: charts.accuracy(ROWS, late),
                 lambda: charts.gradients(ROWS, late), lambda: charts.recognised(ROWS, late),
                 lambda: charts.point_quality(ROWS, late), lambda: charts.point_distances(ROWS, late)):  # fmt: skip
        lines = drawn(monkeypatch, draw)["layout"]["shapes"]
        marks = {line["label"]["text"]: line["x0"] for line in lines if line.get("label", {}).get("xanchor") == "right"}
        assert marks == {"lr_d → 0.01": ROWS[-1].step + 7}
    seconds = [0.1 * row.step for row in ROWS]
    (mark,) = drawn(monkeypatch, lambda: charts.losses(ROWS, None, seconds=seconds, changes=late))["layout"]["shapes"]
    assert mark["x0"] == seconds[-1]  # the last place that is known in seconds


@pytest.mark.parametrize(
    # Between the two lines, or once above both.
    ("highest", "anchors"),
    [(1.2, ["top", "bottom"]), (12.0, ["bottom"])],
)
def test_the_words_at_the_two_lines_of_a_guessing_d_stand_apart(
    highest: float, anchors: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Row(0, {"loss_d": 0.1, "loss_g": highest})]
    lines = drawn(monkeypatch, lambda: charts.losses(rows, "non_saturating"))["layout"]["shapes"]
    assert [round(line["y0"], 2) for line in lines] == [1.39, 0.69]
    assert [line["label"]["yanchor"] for line in lines if "label" in line] == anchors


def test_many_who_look_leave_most_of_the_machine_to_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.os, "cpu_count", lambda: 2)
    looks = pace.Pace()
    assert looks.interval(1) == looks.interval(0) == pace.LOOK_EVERY_S
    for seconds in (0.02, 0.04):
        looks.note(seconds)
    for tabs in (1, 4, 16, 30, 100):
        wait = looks.interval(tabs)
        drawing = tabs * 0.03 * pace.SENT / wait  # cores
        assert wait in (pace.LOOK_EVERY_S, pace.SLOWEST_S) or drawing <= pace.SHARE * 2
        assert 2 * wait == round(2 * wait)
        assert tabs / wait <= pace.MOST_A_SECOND or wait == pace.SLOWEST_S
    assert looks.interval(10_000) == pace.SLOWEST_S


@pytest.mark.parametrize(
    ("polled", "wanted", "outdated"),
    [(None, None, False), (None, 0.5, True), (0.5, None, True), (0.5, 0.5, False), (2.0, 2.5, False), (2.0, 3.0, True),
     (2.0, 1.0, True)],
)  # fmt: skip
def test_a_page_looks_at_another_pace_only_where_it_makes_a_difference(
    polled: float | None, wanted: float | None, outdated: bool
) -> None:
    assert pace.outdated(polled, wanted) == outdated
