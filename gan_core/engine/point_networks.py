"""The networks for points of a plane.

What lets them find every mode: the generator begins with its noise spread over a square, by a connection that skips
its layers, and only folds it. Sines and cosines of the noise (Tancik 2020, equation 5) let it fold sharply. Those of a
point's place let the discriminator draw narrow hills. Measured in a study at ten seeds a row, on the ring and on the
grid, down to modes of standard deviation 0.0125.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from gan_core.engine.layers import Linear
from gan_core.engine.network_parts import ending, hidden, norm, scaled
from gan_core.engine.random_sources import WAVES, source
from gan_core.settings.experiment import Experiment

UNITS = (64, 64, 64)
SMALL = 0.1  # the generator's last layer at first, so that it begins as its skip connection


class FourierFeatures(nn.Module):
    """(N, inputs) to (N, inputs + 2 count): besides the numbers themselves sines and cosines of random mixtures."""

    frequencies: Tensor

    def __init__(self, inputs: int, count: int, scale: float, generator: torch.Generator) -> None:
        super().__init__()
        drawn = torch.randn(inputs, count, generator=generator)
        self.register_buffer("frequencies", drawn * (2 * math.pi * scale))
        self.outputs = inputs + 2 * count

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        phases = x @ self.frequencies
        return torch.cat([x, phases.sin(), phases.cos()], dim=1)


class PointGenerator(nn.Module):
    """(N, latent_dim) noise to (N, 2) points: three hidden layers of 64, and the noise itself, scaled."""

    def __init__(self, e: Experiment) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = e.latent_dim
        if e.fourier_g:
            layers.append(FourierFeatures(before, e.fourier_g, e.fourier_scale, source(e.seed, WAVES, 0)))
            before += 2 * e.fourier_g
        for after in (scaled(units, e) for units in UNITS):
            layers += [Linear(before, after), *norm(e.norm_g, after, e, images=False), hidden(e)]
            before = after
        self.layers = nn.Sequential(*layers, Linear(before, 2))
        steps = ending(e, 2, images=False)
        self.output = nn.Sequential(*steps) if len(steps) > 1 else steps[0]
        self.skip = e.skip

    @torch.no_grad()
    def begin_small(self) -> None:
        """Make the last layer's first weights small; to be called once after they are drawn."""
        last = self.layers[-1]
        assert isinstance(last, Linear)
        last.weight.mul_(SMALL)
        last.bias.mul_(SMALL)

    def forward(self, z: Tensor) -> Tensor:
        """See the class."""
        made = self.layers(z)
        if self.skip:
            straight = self.skip * z[:, :2]
            # One random number moves a point along one direction only.
            made = made + (straight if straight.shape[1] == 2 else nn.functional.pad(straight, (0, 1)))
        return self.output(made)


class DiracGenerator(nn.Module):
    """Any noise to the one number theta (Mescheder 2018, definition 2.1)."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.ones(()))

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) to (N, 1)."""
        return self.theta * torch.ones(len(z), 1, device=z.device)


class DiracDiscriminator(nn.Module):
    """The logit psi times x."""

    def __init__(self) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.ones(()))

    def forward(self, numbers: Tensor) -> Tensor:
        """(N, 1) to (N, 1)."""
        return self.psi * numbers
