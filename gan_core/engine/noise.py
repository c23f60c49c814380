"""The generator's input: one function a distribution, all drawing from a torch.Generator of the run."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Draw = Callable[[int, int, torch.Generator], Tensor]


def _normal(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    return torch.randn(count, latent_dim, generator=generator, device=generator.device)


def _uniform(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """Uniform on [-1, 1): standard deviation 0.577."""
    return torch.rand(count, latent_dim, generator=generator, device=generator.device) * 2 - 1


def _truncated_normal(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """Standard normal given that it lies within 2 standard deviations."""
    z = torch.empty(count, latent_dim, device=generator.device)
    return torch.nn.init.trunc_normal_(z, a=-2.0, b=2.0, generator=generator)


def _bernoulli(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """-1 or 1, each with probability one half."""
    bits = torch.randint(0, 2, (count, latent_dim), generator=generator, device=generator.device)
    return bits.float() * 2 - 1


def _sphere(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """Uniform on the sphere of radius sqrt(latent_dim), so that each coordinate has variance 1."""
    z = _normal(count, latent_dim, generator)
    return z * (latent_dim**0.5 / z.norm(dim=1, keepdim=True).clamp_min(1e-12))


def _constant(count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """All ones: every input is the same."""
    return torch.ones(count, latent_dim, device=generator.device)


NOISES: dict[str, Draw] = {
    "normal": _normal,
    "uniform": _uniform,
    "truncated_normal": _truncated_normal,
    "bernoulli": _bernoulli,
    "sphere": _sphere,
    "constant": _constant,
}


def draw(noise: str, noise_scale: float, count: int, latent_dim: int, generator: torch.Generator) -> Tensor:
    """(count, latent_dim) float32 on the generator's device, `noise_scale` times the named distribution."""
    return NOISES[noise](count, latent_dim, generator) * noise_scale
