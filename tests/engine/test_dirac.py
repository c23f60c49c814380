"""The Dirac-GAN through the real Trainer, against the closed form: every loss, penalty and update rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gan_core.diagnosis.dirac_game import Game, games
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

GAMES = list(games())


def trainer_of(game: Game, **more: object) -> Trainer:
    settings = {"loss": game.loss, "penalty": game.penalty, "penalty_weight": game.weight, "update": game.update}
    return Trainer(Experiment(dataset="dirac", lr_g=game.lr_g, lr_d=game.lr_d, device="cpu", **settings, **more))


def at(trainer: Trainer) -> tuple[float, float]:
    return trainer.g_parameters[0].item(), trainer.d_parameters[0].item()


@pytest.mark.parametrize("game", GAMES, ids=lambda game: f"{game.loss}-{game.penalty}-{game.update}")
def test_the_trainer_plays_the_game(game: Game) -> None:
    """Step by step, from where each step begins: rounding does not add up."""
    made = trainer_of(game)
    assert at(made) == (1.0, 1.0)
    for _ in range(60):
        expected = game.step(*at(made))
        made.train_step()
        assert at(made) == pytest.approx(expected, abs=2e-6, rel=2e-6)


@pytest.mark.parametrize("game", [g for g in GAMES if g.jacobian() is not None and g.loss != "least_squares"],
                         ids=lambda game: f"{game.loss}-{game.penalty}-{game.update}")  # fmt: skip
def test_near_the_equilibrium_the_eigenvalues_tell_its_rate(game: Game) -> None:
    """Mescheder 2018, theorem 3.1 and lemma 3.2: the distance is multiplied by the rate, but for the ellipse it runs
    on, which over many turns does not matter."""
    distance = np.hypot(*game.path(600, 1e-6, 1e-6).T)
    rate = game.rate()
    assert rate is not None
    if rate < 0.999:  # a real eigenvalue comes to rule alone
        assert (distance[500] / distance[300]) ** (1 / 200) == pytest.approx(rate, abs=2e-3)
    else:
        early, late = distance[:200].max(), distance[400:].max()
        assert (late / early) ** (1 / 400) == pytest.approx(rate, abs=4e-4)


def test_the_jacobian_is_that_of_the_losses() -> None:
    """By autograd, through the engine's own losses and penalties at the equilibrium."""
    for game in GAMES:
        jacobian = game.jacobian()
        if jacobian is None or game.update == "simultaneous":
            continue
        made = trainer_of(game)
        for row, (theta, psi) in enumerate(((1e-3, 0.0), (0.0, 1e-3))):
            with torch.no_grad():
                made.g_parameters[0].fill_(theta)
                made.d_parameters[0].fill_(psi)
            made.train_step("d")
            moved_d = at(made)[1] - psi
            with torch.no_grad():
                made.d_parameters[0].fill_(psi)
            made.train_step("g")
            moved_g = at(made)[0] - theta
            found = np.array([moved_g / game.lr_g, moved_d / game.lr_d]) / 1e-3
            assert found == pytest.approx(jacobian[:, row], abs=2e-3), game


def test_exact_circles_of_the_wasserstein_game() -> None:
    """Simultaneous updates multiply the radius by sqrt(1 + lr^2) in each step; alternating ones keep
    theta^2 + psi^2 - lr theta psi for ever."""
    out = np.hypot(*Game("wasserstein", "none", 0.0, "simultaneous").path(300).T)
    assert out == pytest.approx(math.sqrt(2) * (1 + 0.1**2) ** (np.arange(301) / 2), rel=1e-9)
    theta, psi = Game("wasserstein", "none", 0.0, "alternating").path(3000).T
    kept = theta**2 + psi**2 - 0.1 * theta * psi
    assert np.ptp(kept) / kept.mean() < 1e-9


@pytest.mark.parametrize(
    ("game", "word"),
    [
        (Game("non_saturating", "none", 0.0, "simultaneous"), "diverges"),
        (Game("non_saturating", "none", 0.0, "alternating"), "circles"),
        (Game("non_saturating", "r1", 0.5, "simultaneous"), "converges"),
        (Game("non_saturating", "r2", 0.5, "alternating"), "converges"),
        (Game("wasserstein", "clip", 1.0, "alternating"), "circles"),
        (Game("wasserstein", "gradient_penalty", 0.5, "alternating"), "circles"),
    ],
    ids=lambda value: f"{value.loss}-{value.penalty}-{value.update}" if isinstance(value, Game) else value,
)  # fmt: skip
def test_what_becomes_of_it_is_what_the_paper_says(game: Game, word: str) -> None:
    """Mescheder 2018, table 1 and figure 3: only penalties on the gradient at the data, or at the samples, converge."""
    assert game.word() == word
    if game.loss == "non_saturating":
        assert game.rate() == pytest.approx({"diverges": 1.00125, "circles": 1.0}.get(word, game.rate()), abs=1e-5)
