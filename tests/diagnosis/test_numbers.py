"""What is said of the two numbers of a Dirac-GAN, against the closed form of its game."""

from __future__ import annotations

import pytest

from gan_core.diagnosis.dirac_game import Game
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import verdict
from gan_core.settings.experiment import Experiment


def headline(game: Game, steps: int = 500) -> str:
    e = Experiment(
        dataset="dirac", loss=game.loss, penalty=game.penalty, penalty_weight=game.weight, update=game.update,
        lr_g=game.lr_g, lr_d=game.lr_d,
    )  # fmt: skip
    path = game.path(steps)
    rows = [Row(step, {"theta": path[step, 0], "psi": path[step, 1]}) for step in range(0, steps + 1, 5)]
    return verdict(e, rows).headline


@pytest.mark.parametrize(
    ("game", "said"),
    [
        # theta^2 + psi^2 - lr theta psi is kept for ever.
        (Game("wasserstein", "none", 0.0, "alternating"), "Circling"),
        # The radius grows by sqrt(1 + lr^2) in each step.
        (Game("wasserstein", "none", 0.0, "simultaneous"), "Circling, ever further out"),
        (Game("minimax", "none", 0.0, "simultaneous"), "Circling, ever further out"),
        (Game("non_saturating", "r1", 0.5, "simultaneous"), "Converging"),
        # Far from the equilibrium the non-saturating game comes closer, from 1.41 to 0.39 in these steps.
        (Game("non_saturating", "none", 0.0, "alternating"), "Not converged"),
    ],
    ids=["kept", "outward", "minimax", "r1", "closer"],
)
def test_circles_are_told_from_what_comes_closer(game: Game, said: str) -> None:
    assert headline(game) == said


def test_less_than_two_turns_are_no_circles() -> None:
    """A turn of this game takes 63 steps."""
    game = Game("wasserstein", "none", 0.0, "alternating")
    assert headline(game, 110) == "Not converged"
    assert headline(game, 140) == "Circling"
