"""Initialisation against torch's own defaults and the schemes' papers."""

from __future__ import annotations

import math

import pytest
import torch
from tiny import global_randomness_unchanged, tiny
from torch import nn

from gan_core.engine.initialise import SCHEMES, initialise
from gan_core.engine.networks import build
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def layer(kind: str) -> nn.Linear | nn.Conv2d | nn.ConvTranspose2d:
    with torch.device("meta"):
        made = {
            "linear": lambda: nn.Linear(300, 200),
            "convolution": lambda: nn.Conv2d(40, 60, 4),
            "transposed": lambda: nn.ConvTranspose2d(40, 60, 4),
        }[kind]()
    return made.to_empty(device="cpu")  # type: ignore[return-value]


# (fan_in, fan_out) as torch.nn.init counts them; a transposed convolution stores (in, out, k, k).
FANS = {"linear": (300, 200), "convolution": (640, 960), "transposed": (960, 640)}


def std_of(scheme: str, fan_in: int, fan_out: int) -> float:
    return {
        "pytorch": math.sqrt(1 / (3 * fan_in)),  # uniform in +-1/sqrt(fan_in)
        "dcgan": 0.02,
        "xavier_normal": math.sqrt(2 / (fan_in + fan_out)),
        "xavier_uniform": math.sqrt(2 / (fan_in + fan_out)),
        "he_normal": math.sqrt(2 / fan_in),
        "he_normal_fan_out": math.sqrt(2 / fan_out),
        "he_uniform": math.sqrt(2 / fan_in),
        "normal": 0.3,
        "zeros": 0.0,
    }[scheme]


def test_one_for_each_choice() -> None:
    assert {*SCHEMES, "normal"} == set(SETTINGS["init"].choices)


@pytest.mark.parametrize("kind", FANS)
@pytest.mark.parametrize("scheme", sorted({*SCHEMES, "normal"} - {"orthogonal"}))
def test_spread_and_shape_of_each_scheme(scheme: str, kind: str) -> None:
    made = layer(kind)
    initialise(made, scheme, 0.3, 0)
    std = std_of(scheme, *FANS[kind])
    weight = made.weight.detach().double()
    # The error of a standard deviation of n numbers is at most std / sqrt(2 n); five of them.
    assert weight.std().item() == pytest.approx(std, rel=5 / math.sqrt(2 * weight.numel()))
    assert weight.mean().item() == pytest.approx(0, abs=5 * std / math.sqrt(weight.numel()))
    if std:
        # Uniform numbers end at sqrt(3) standard deviations; normal ones go on.
        largest = weight.abs().max().item() / std
        uniform = scheme in ("pytorch", "xavier_uniform", "he_uniform")
        assert largest <= math.sqrt(3) * 1.0001 if uniform else largest > 3.5
    if scheme != "pytorch":
        assert made.bias is not None
        assert made.bias.abs().max() == 0


@pytest.mark.parametrize("kind", FANS)
def test_pytorch_is_what_torchs_own_constructors_draw(kind: str) -> None:
    """The same bounds, and the same distribution by the largest gap of the two cumulative ones."""
    made = layer(kind)
    initialise(made, "pytorch", 0.0, 0)
    with torch.random.fork_rng():
        torch.manual_seed(0)  # some draws of 60 biases stay a tenth below their bound
        own = type(made)(*((300, 200) if kind == "linear" else (40, 60, 4)))  # type: ignore[arg-type]
    assert made.bias is not None
    assert own.bias is not None
    for ours, theirs in ((made.weight, own.weight), (made.bias, own.bias)):
        bound = theirs.abs().max().item()
        assert ours.abs().max().item() == pytest.approx(bound, rel=0.1)
        n = ours.numel()
        levels = torch.linspace(-bound, bound, 101)
        gap = (ours.flatten() <= levels[:, None]).float().mean(1) - (theirs.flatten() <= levels[:, None]).float().mean(
            1
        )
        assert gap.abs().max() < 2.5 * math.sqrt(2 / n)


def test_orthogonal() -> None:
    made = layer("linear")
    initialise(made, "orthogonal", 0.0, 0)
    torch.testing.assert_close(made.weight @ made.weight.T, torch.eye(200), atol=1e-5, rtol=0)


@pytest.mark.parametrize("scheme", sorted({*SCHEMES, "normal"}))
def test_same_seed_same_weights_and_none_from_the_global_state(scheme: str) -> None:
    for settings in ({"norm_d": "spectral"}, {"norm_d": "batch", "architecture": "dcgan"}):
        if scheme == "zeros" and settings["norm_d"] == "spectral":
            continue
        e = tiny(init=scheme, **settings)
        with global_randomness_unchanged():
            built = [build(e.replace(seed=seed)) for seed in (1, 1, 2)]
        first, again, other = ([t for net in nets for t in net.state_dict().values()] for nets in built)
        assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
        assert scheme == "zeros" or not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))
        assert all(torch.isfinite(t).all() for t in first)


def test_each_layer_has_random_numbers_of_its_own() -> None:
    """A layer of another shape leaves all others as they are, and no two layers begin with the same numbers."""
    e = Experiment(architecture="document-dcgan", init="dcgan", norm_d="batch")
    first, other = (
        [
            m.weight
            for net in build(made)
            for m in net.modules()
            if isinstance(m, nn.Linear | nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d)
        ]
        for made in (e, e.replace(latent_dim=7, upsample="resize"))
    )
    assert len(first) == len(other) == 8 + 3 + 2
    same = [torch.equal(a, b) for a, b in zip(first, other, strict=True) if a.shape == b.shape]
    assert len(same) == 13 - 4 and all(same)
    begun = {tuple(weight.flatten()[:4].tolist()) for weight in first}
    assert len(begun) == len(first)


def test_zeros_make_an_undecided_discriminator() -> None:
    g, d = build(tiny(init="zeros"))
    assert d(g(torch.ones(8, 4))).abs().max() == 0


@pytest.mark.parametrize("architecture", ["mlp", "mlp-plain", "dcgan-light", "dcgan"])
def test_spectral_norm_is_right_from_the_start(architecture: str) -> None:
    """Fifteen power iterations at the start: the largest singular value is already close to 1, and never
    above it by more than the estimate's error."""
    _, d = build(Experiment(architecture=architecture, norm_d="spectral", width=0.5))
    layers = [m for m in d.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    assert len(layers) == 3
    d.eval()
    for one in layers:
        largest = torch.linalg.matrix_norm(one.weight.detach().flatten(1), ord=2).item()
        assert largest == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("scheme", ["dcgan", "pytorch"])
def test_normalisation_starts_neutral(scheme: str) -> None:
    """Scale 1 and shift 0 (for 'dcgan' a scale around 1), running mean 0 and variance 1."""
    for norm in ("batch", "layer", "instance"):
        g, _ = build(Experiment(architecture="dcgan", norm_g=norm, init=scheme))
        layers = [m for m in g.modules() if isinstance(m, nn.BatchNorm2d | nn.GroupNorm | nn.InstanceNorm2d)]
        assert len(layers) == 2
        for one in layers:
            assert one.bias.abs().max() == 0
            deviation = (one.weight - 1).abs()
            assert 0 < deviation.max() < 0.1 if scheme == "dcgan" else deviation.max() == 0
            if isinstance(one, nn.BatchNorm2d):
                assert one.running_mean is not None
                assert one.running_var is not None
                assert one.running_mean.abs().max() == 0
                assert (one.running_var == 1).all()
                assert one.num_batches_tracked == 0
