from __future__ import annotations

import math

import pytest
import torch
from tiny import global_randomness_unchanged

from gan_core.engine.noise import NOISES, draw
from gan_core.settings.fields import SETTINGS

COUNT, DIM = 4000, 16

# A standard normal within +-2 has variance 1 - 2 * 2 * phi(2) / (2 * Phi(2) - 1).
_PHI = math.exp(-2) / math.sqrt(2 * math.pi)
STD = {
    "normal": 1.0,
    "uniform": 1 / math.sqrt(3),
    "truncated_normal": math.sqrt(1 - 4 * _PHI / math.erf(math.sqrt(2))),
    "bernoulli": 1.0,
    "sphere": 1.0,
}


def drawn(noise: str, scale: float = 1.0, seed: int = 5) -> torch.Tensor:
    return draw(noise, scale, COUNT, DIM, torch.Generator().manual_seed(seed))


def test_one_for_each_choice() -> None:
    assert set(NOISES) == set(SETTINGS["noise"].choices) == {*STD, "constant"}


@pytest.mark.parametrize("noise", NOISES)
def test_shape_type_scale_and_determinism(noise: str) -> None:
    with global_randomness_unchanged():
        z = drawn(noise)
    assert z.shape == (COUNT, DIM)
    assert z.dtype == torch.float32
    assert torch.equal(z, drawn(noise))
    assert torch.equal(drawn(noise, 0.25), z * 0.25)
    assert drawn(noise, 0.0).abs().max() == 0
    assert noise == "constant" or not torch.equal(z, drawn(noise, seed=6))


@pytest.mark.parametrize("noise", STD)
def test_moments_and_sign_symmetry(noise: str) -> None:
    """Mean, standard deviation, third moment and the share of positive numbers, each within five standard
    errors; a generator on the positive orthant only (torch-fidelity's random_unit) fails the mean."""
    z = drawn(noise).double()
    error = 5 / math.sqrt(z.numel())
    assert z.mean().item() == pytest.approx(0, abs=error * STD[noise])
    assert z.std().item() == pytest.approx(STD[noise], abs=2 * error)
    assert z.pow(3).mean().item() == pytest.approx(0, abs=4 * error)
    assert (z > 0).double().mean().item() == pytest.approx(0.5, abs=error)
    # No coordinate is special, and neighbours do not go together.
    assert z.mean(dim=0).abs().max() < 5 / math.sqrt(COUNT)
    assert (z[:, 1:] * z[:, :-1]).mean().abs() < error


def test_supports() -> None:
    assert drawn("uniform").abs().max() <= 1
    assert drawn("uniform").abs().max() > 0.99
    assert drawn("truncated_normal").abs().max() <= 2
    assert drawn("truncated_normal").abs().max() > 1.9
    assert drawn("normal").abs().max() > 3
    assert set(drawn("bernoulli").unique().tolist()) == {-1.0, 1.0}
    assert (drawn("constant") == 1).all()
    torch.testing.assert_close(drawn("sphere").norm(dim=1), torch.full((COUNT,), math.sqrt(DIM)))


def test_one_dimensional_sphere_is_two_points() -> None:
    z = draw("sphere", 1.0, 100, 1, torch.Generator().manual_seed(0))
    assert {round(value, 6) for value in z.unique().tolist()} == {-1.0, 1.0}
