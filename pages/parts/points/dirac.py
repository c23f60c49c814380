"""Why GANs circle: the Dirac-GAN's phase plot, the path of the run in it, and what each loss and penalty does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from gan_core.diagnosis.dirac_game import Game, games
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment
from pages.parts.shared import controls, figure, page_settings, state, tab_runs, theme

REACH = 2.0  # of the plot, in both numbers
ARROWS = 13  # in each direction
STEPS = 500
RATES = (0.02, 0.05, 0.1, 0.2, 0.5)
WEIGHTS = (0.0, 0.1, 0.5, 1.0, 2.0)


def phase(e: Experiment, rows: Sequence[Row]) -> None:
    """Where each pair of numbers is driven, the path in theory and that of the run; two sliders change the game."""
    game = Game.of(e)
    rate, weight = st.columns(2)
    with rate:
        _slider("Learning rate of both", state.DIRAC_RATE.name, RATES, e.lr_g, "lr")
    with weight:
        _slider("Penalty weight (R1)", state.DIRAC_WEIGHT.name, WEIGHTS, _weight(e), "weight")
    path = game.path(STEPS)
    run = [row.measurements for row in rows if "theta" in row.measurements and "psi" in row.measurements]
    traces = [
        _field(game),
        _line("in theory", path[:, 0].tolist(), path[:, 1].tolist(), theme.DISCRIMINATOR, "solid"),
        _line("this run", [m["theta"] for m in run], [m["psi"] for m in run], theme.GENERATED, "dot"),
    ]
    layout = figure.axes(shapes=[figure.level(0, "gray")])
    across = {"range": [-REACH, REACH], "automargin": True}
    layout["xaxis"] |= across | {"title": {"text": "θ, what G makes"}}
    layout["yaxis"] |= across | {"title": {"text": "ψ, the slope of D"}, "scaleanchor": "x"}
    layout["margin"] = {"l": 44, "r": 8, "t": 6, "b": 36}
    legend = [("in theory", theme.DISCRIMINATOR, "solid"), ("this run", theme.GENERATED, "dotted")]
    alt = f"Phase plot of the Dirac-GAN: near its equilibrium (0, 0) the game {game.word()}."
    figure.show("phase_chart", "Why GANs circle", legend, traces, layout, alt, height=330)
    rated = game.rate()
    number = f", its distance is multiplied by {rated:.5f} in each step" if rated is not None else ""
    st.markdown(f"Near the equilibrium this game **{game.word()}**{number}.")


def table(e: Experiment) -> None:
    """What becomes of each loss with each penalty and update rule, by the eigenvalues near the equilibrium."""
    with st.expander("Every loss and penalty", key="dirac_table"):
        weight = _weight(e) or 0.5
        st.caption(
            f"Plain gradient descent, both rates {e.lr_g:g}, penalties of weight {weight:g}. In brackets: what the "
            "distance from (0, 0) is multiplied by in each step (Mescheder 2018). WGAN-GP never settles there."
        )
        lines = ["| loss | update | " + " | ".join(_penalties()) + " |", "| --- " * (2 + len(_penalties())) + "|"]
        found: dict[tuple[str, str], list[str]] = {}
        for game in games(e.lr_g, weight):
            rate = game.rate()
            told = f"{game.word()} ({rate:.5f})" if rate is not None else game.word()
            found.setdefault((game.loss, game.update), []).append(told)
        lines += [f"| {controls.name_of(loss)} | {update} | {' | '.join(t)} |" for (loss, update), t in found.items()]
        st.markdown("\n".join(lines))


def _penalties() -> list[str]:
    return [controls.name_of(name) for name in dict.fromkeys(game.penalty for game in games())]


def _weight(e: Experiment) -> float:
    return e.penalty_weight if e.penalty != "none" else 0.0


def _slider(label: str, key: str, marks: Sequence[float], now: float, what: str) -> None:
    options = sorted({*marks, now})
    widget = state.DIRAC_RATE if what == "lr" else state.DIRAC_WEIGHT
    widget.show(now)
    st.select_slider(label, options, format_func=controls.name_of, key=key, on_change=_change, args=(what,))


def _change(what: str) -> None:
    if what == "lr":
        changes: dict[str, Any] = dict.fromkeys(("lr_g", "lr_d"), state.DIRAC_RATE.get())
    else:
        weight = state.DIRAC_WEIGHT.get()
        changes = {"penalty": "r1", "penalty_weight": weight} if weight else {"penalty": "none"}
    if page_settings.change(changes):
        tab_runs.adopt()
    state.REDRAW.set(True)


def _line(name: str, x: Sequence[float | None], y: Sequence[float | None], colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y),
        "line": {"color": colour, "dash": dash, "width": 2}, "hoverinfo": "skip",
    }  # fmt: skip


def _field(game: Game) -> dict[str, Any]:
    """Short lines from each pair of numbers in the direction of its step, all of one length."""
    x: list[float | None] = []
    y: list[float | None] = []
    for theta in np.linspace(-REACH, REACH, ARROWS):
        for psi in np.linspace(-REACH, REACH, ARROWS):
            of_g, of_d = game.gradients(float(theta), float(psi))
            length = float(np.hypot(of_g, of_d)) or 1.0
            x += [float(theta), float(theta) - 0.2 * of_g / length, None]
            y += [float(psi), float(psi) - 0.2 * of_d / length, None]
    return _line("direction", x, y, theme.QUIET, "solid") | {"line": {"color": theme.QUIET, "width": 1}}
