"""Losses against their papers' formulas in float64, and against torch's own where it has one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from gan_core.engine.losses import LOSSES
from gan_core.settings.fields import SETTINGS

LOGITS = st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=6)


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x)


def formula_d(loss: str, real: np.ndarray, fake: np.ndarray) -> float:
    """The discriminator's loss of each paper, without smoothing; log D(x) = -softplus(-x) exactly."""
    if loss in ("non_saturating", "minimax"):
        return float(_softplus(-real).mean() + _softplus(fake).mean())
    if loss == "wasserstein":
        return float(fake.mean() - real.mean())
    if loss == "hinge":
        return float(np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean())
    return float(0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean())


def formula_g(loss: str, fake: np.ndarray) -> float:
    if loss == "non_saturating":
        return float(_softplus(-fake).mean())
    if loss == "minimax":
        return float(-_softplus(fake).mean())
    if loss in ("wasserstein", "hinge"):
        return float(-fake.mean())
    return float(0.5 * ((fake - 1) ** 2).mean())


def gradient(loss: str, player: str, at: float) -> float:
    """d loss / d logit of a single generated image at `at`, as the code computes it in float32."""
    logit = torch.tensor([[at]], requires_grad=True)
    real = torch.zeros(1, 1)
    value = LOSSES[loss].generator(logit) if player == "g" else LOSSES[loss].discriminator(real, logit, 0.0)
    value.backward()
    assert logit.grad is not None
    return float(logit.grad.item())


def _column(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).unsqueeze(1)


def test_one_for_each_choice() -> None:
    assert set(LOSSES) == set(SETTINGS["loss"].choices)


@pytest.mark.parametrize("loss", LOSSES)
@settings(max_examples=60)
@given(real=LOGITS, fake=LOGITS)
def test_values_are_the_papers_formulas(loss: str, real: list[float], fake: list[float]) -> None:
    value_d = LOSSES[loss].discriminator(_column(real), _column(fake), 0.0)
    value_g = LOSSES[loss].generator(_column(fake))
    assert value_d.shape == value_g.shape == ()
    assert value_d.item() == pytest.approx(formula_d(loss, np.array(real), np.array(fake)), rel=1e-5, abs=1e-5)
    assert value_g.item() == pytest.approx(formula_g(loss, np.array(fake)), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("at", [-50.0, -30.0, -20.0, -1.0, 0.0, 1.0, 17.0, 20.0, 50.0])
def test_gradients_stay_exact_where_the_discriminator_is_sure(at: float) -> None:
    """Each against its closed form in float64; a relative error, so that a tiny gradient may not become 0."""
    probability = 1 / (1 + math.exp(-at))
    expected = {
        ("non_saturating", "d"): probability,
        ("non_saturating", "g"): -1 / (1 + math.exp(at)),
        ("minimax", "d"): probability,
        ("minimax", "g"): -probability,
        ("wasserstein", "d"): 1.0,
        ("wasserstein", "g"): -1.0,
        ("hinge", "d"): float(at > -1),
        ("hinge", "g"): -1.0,
        ("least_squares", "d"): at,
        ("least_squares", "g"): at - 1,
    }
    for (loss, player), value in expected.items():
        if loss == "hinge" and at == -1:
            continue  # the kink
        assert gradient(loss, player, at) == pytest.approx(value, rel=1e-5, abs=1e-30), (loss, player)


@pytest.mark.parametrize("at", [-50.0, 50.0])
@pytest.mark.parametrize("loss", ["non_saturating", "minimax"])
def test_value_at_extremes_matches_float64(loss: str, at: float) -> None:
    fake = _column([at])
    assert LOSSES[loss].generator(fake).item() == pytest.approx(formula_g(loss, np.array([at])), rel=1e-6, abs=0)
    on_both = LOSSES[loss].discriminator(-fake, fake, 0.0).item()
    assert on_both == pytest.approx(formula_d(loss, np.array([-at]), np.array([at])), rel=1e-6, abs=0)


def test_minimax_saturates_and_non_saturating_does_not() -> None:
    """A generated image that D is sure about (logit -20) teaches G nothing under minimax."""
    assert abs(gradient("minimax", "g", -20.0)) < 1e-8
    assert gradient("non_saturating", "g", -20.0) == pytest.approx(-1)
    # Both push the logit up, and agree where D is undecided.
    assert gradient("minimax", "g", 0.0) == gradient("non_saturating", "g", 0.0) == -0.5


@pytest.mark.parametrize("loss", LOSSES)
def test_balance_is_the_loss_of_a_discriminator_that_cannot_tell(loss: str) -> None:
    this = LOSSES[loss]
    undecided = torch.full((5, 1), this.threshold or 0.0)
    assert this.discriminator(undecided, undecided, 0.0).item() == pytest.approx(this.balance[0])
    assert this.generator(undecided).item() == pytest.approx(this.balance[1])
    # And there D is at its optimum against identical samples: no other constant answer is better.
    for other in (-2.0, -0.1, 0.1, 0.4, 0.6, 2.0):
        constant = torch.full((5, 1), other)
        assert this.discriminator(constant, constant, 0.0).item() >= this.balance[0] - 1e-6


@pytest.mark.parametrize("loss", ["non_saturating", "minimax"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothing_is_a_lower_target_for_real_images_only(loss: str, smoothing: float) -> None:
    real, fake = torch.randn(2, 9, 1, generator=torch.Generator().manual_seed(1)) * 8
    real.requires_grad_(True)
    value = LOSSES[loss].discriminator(real, fake, smoothing)
    oracle = binary_cross_entropy_with_logits(
        real, torch.full_like(real, 1 - smoothing)
    ) + binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))
    torch.testing.assert_close(value, oracle)
    (ours,) = torch.autograd.grad(value, real)
    (theirs,) = torch.autograd.grad(oracle, real)
    torch.testing.assert_close(ours, theirs)


def test_smoothing_of_least_squares_moves_the_target() -> None:
    real = torch.full((3, 1), 0.9)
    assert LOSSES["least_squares"].discriminator(real, torch.zeros(3, 1), 0.1).item() == pytest.approx(0)


def test_only_losses_with_probabilities_or_thresholds_claim_them() -> None:
    assert {name for name, loss in LOSSES.items() if loss.probability} == {"non_saturating", "minimax"}
    assert {name for name, loss in LOSSES.items() if loss.threshold is None} == {"wasserstein"}
    assert LOSSES["least_squares"].threshold == 0.5
