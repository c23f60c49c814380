"""Penalties against networks whose gradient is known in closed form."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gan_core.engine.penalties import clip, gradient_penalty, penalty_of, r1, r2


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def linear(weights: list[float], shape: tuple[int, ...] = ()) -> nn.Sequential:
    """D(x) = w . x for flat or image input: the gradient is w everywhere."""
    layer = nn.Linear(len(weights), 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([weights]))
    return nn.Sequential(nn.Flatten(), layer)


def half_square(x: Tensor) -> Tensor:
    """D(x) = |x|^2 / 2: the gradient at x is x itself."""
    return x.flatten(1).square().sum(dim=1, keepdim=True) / 2


@pytest.mark.parametrize("shape", [(6,), (1, 2, 3), (3, 2, 1)])
def test_linear_discriminator(shape: tuple[int, ...]) -> None:
    weights = [3.0, 0.0, 0.0, 0.0, 4.0, 0.0]  # length 5
    d = linear(weights)
    real, fake = torch.randn(2, 7, *shape, generator=chance())
    assert gradient_penalty(d, real, fake, chance()).item() == pytest.approx((5 - 1) ** 2)
    assert r1(d, real).item() == pytest.approx(25 / 2)
    assert r2(d, fake).item() == pytest.approx(25 / 2)


def test_parameter_gradient_of_the_penalties_is_the_closed_form() -> None:
    """d/dw (|w| - 1)^2 = 2 (|w| - 1) w / |w|, and d/dw |w|^2 / 2 = w."""
    d = linear([3.0, 4.0])
    (weight,) = d.parameters()
    x = torch.zeros(5, 2)
    (from_gp,) = torch.autograd.grad(gradient_penalty(d, x, x, chance()), weight)
    torch.testing.assert_close(from_gp, 2 * (5 - 1) * torch.tensor([[3.0, 4.0]]) / 5)
    (from_r1,) = torch.autograd.grad(r1(d, x), weight)
    torch.testing.assert_close(from_r1, torch.tensor([[3.0, 4.0]]))


def test_each_is_taken_at_the_right_images() -> None:
    real, fake = torch.full((4, 1, 2, 2), 3.0), torch.full((4, 1, 2, 2), 5.0)
    assert r1(half_square, real).item() == pytest.approx(4 * 9 / 2)
    assert r2(half_square, fake).item() == pytest.approx(4 * 25 / 2)
    # Between the two, the gradient's length lies between 6 and 10, a share of its own for each image.
    lengths: list[Tensor] = []

    def recording(x: Tensor) -> Tensor:
        lengths.append(x.detach().flatten(1).norm(dim=1))
        return half_square(x)

    value = gradient_penalty(recording, real.repeat(50, 1, 1, 1), fake.repeat(50, 1, 1, 1), chance()).item()
    (between,) = lengths
    assert between.min() >= 6
    assert between.max() <= 10
    assert between.std() > 0.5
    assert value == pytest.approx((between - 1).square().mean().item(), rel=1e-5)


def test_points_between_lie_on_the_line_of_one_pair() -> None:
    seen: list[Tensor] = []

    def recording(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return half_square(x)

    real, fake = torch.randn(2, 9, 3, 4, 4, generator=chance(1))
    gradient_penalty(recording, real, fake, chance(2))
    share = (seen[0] - fake) / (real - fake)
    torch.testing.assert_close(share, share[:, :1, :1, :1].expand_as(share), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("penalty", ["gradient_penalty", "r1", "r2"])
def test_zero_gradient_has_finite_value_and_finite_slope(penalty: str) -> None:
    """The root's slope is infinite at 0 (pytorch #2534): a D of zeros must not turn NaN."""
    d = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    for parameter in d.parameters():
        nn.init.zeros_(parameter)
    x = torch.ones(2, 1, 2, 2)
    value = penalty_of(penalty, d, x, x, chance())
    assert value is not None
    assert value.item() == pytest.approx(1.0 if penalty == "gradient_penalty" else 0.0, abs=1e-5)
    value.backward()
    for parameter in d.parameters():
        assert parameter.grad is None or torch.isfinite(parameter.grad).all()


def test_real_images_keep_no_gradient() -> None:
    real = torch.randn(3, 4, generator=chance())
    r1(linear([1.0, 2.0, 3.0, 4.0]), real).backward()
    assert real.grad is None
    assert not real.requires_grad


def test_same_chance_same_penalty() -> None:
    real, fake = torch.randn(2, 5, 4, generator=chance())
    first, again, other = (gradient_penalty(half_square, real, fake, chance(s)).item() for s in (3, 3, 4))
    assert first == again != other


def test_names_mean_what_they_say() -> None:
    real, fake = torch.full((4, 2), 3.0), torch.full((4, 2), 5.0)
    values = [penalty_of(name, half_square, real, fake, chance()) for name in ("r1", "r2")]
    assert values == [r1(half_square, real), r2(half_square, fake)]
    assert values[0] != values[1]
    by_name = penalty_of("gradient_penalty", half_square, real, fake, chance())
    assert by_name == gradient_penalty(half_square, real, fake, chance())


@pytest.mark.parametrize("penalty", ["none", "clip"])
def test_no_term(penalty: str) -> None:
    assert penalty_of(penalty, half_square, torch.ones(1, 1), torch.ones(1, 1), chance()) is None


def test_clip_bounds_every_parameter_and_leaves_small_ones() -> None:
    parameters = [nn.Parameter(torch.tensor([-3.0, -0.05, 0.02])), nn.Parameter(torch.tensor([7.0]))]
    clip(parameters, 0.1)
    assert parameters[0].tolist() == pytest.approx([-0.1, -0.05, 0.02])
    assert parameters[1].tolist() == pytest.approx([0.1])
    assert all(parameter.requires_grad for parameter in parameters)
