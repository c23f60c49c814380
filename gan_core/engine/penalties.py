"""Penalties on the discriminator's gradient with respect to its input, and weight clipping."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

Discriminator = Callable[[Tensor], Tensor]


def _squared_gradient_norm(discriminator: Discriminator, images: Tensor) -> Tensor:
    """(N,) squared length of dD/dx at each image, differentiable a second time."""
    images = images.detach().requires_grad_(True)
    logits = discriminator(images)
    (gradient,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return gradient.flatten(1).square().sum(dim=1)


def gradient_penalty(discriminator: Discriminator, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    """mean((|dD/dx| - 1)^2) at points between real and generated images (Gulrajani 2017, algorithm 1)."""
    shape = (len(real),) + (1,) * (real.dim() - 1)
    share = torch.rand(shape, generator=generator, device=real.device)
    squared = _squared_gradient_norm(discriminator, share * real + (1 - share) * fake)
    # The root's own derivative is infinite at 0; the constant keeps it finite and changes nothing elsewhere.
    return ((squared + 1e-12).sqrt() - 1).square().mean()


def r1(discriminator: Discriminator, real: Tensor) -> Tensor:
    """mean(|dD/dx|^2) / 2 at real images (Mescheder 2018, equation 9)."""
    return _squared_gradient_norm(discriminator, real).mean() / 2


def r2(discriminator: Discriminator, fake: Tensor) -> Tensor:
    """mean(|dD/dx|^2) / 2 at generated images (Mescheder 2018, equation 10)."""
    return _squared_gradient_norm(discriminator, fake).mean() / 2


def penalty_of(
    penalty: str, discriminator: Discriminator, real: Tensor, fake: Tensor, generator: torch.Generator
) -> Tensor | None:
    """The named penalty as a scalar, before its weight; None for 'none' and for 'clip', which is no term."""
    if penalty == "gradient_penalty":
        return gradient_penalty(discriminator, real, fake, generator)
    if penalty == "r1":
        return r1(discriminator, real)
    if penalty == "r2":
        return r2(discriminator, fake)
    return None


@torch.no_grad()
def clip(parameters: Iterable[nn.Parameter], bound: float) -> None:
    """Force every weight into [-bound, bound] (Arjovsky 2017, algorithm 1)."""
    for parameter in parameters:
        parameter.clamp_(-bound, bound)
