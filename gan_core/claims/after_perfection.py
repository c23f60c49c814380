"""Points in the plane, and a generator that begins as the very network that makes them."""

from __future__ import annotations

from functools import partial
from statistics import geometric_mean

import torch
from torch import Tensor, nn

from gan_core.claims.trained_runs import Training
from gan_core.engine.initialise import initialise
from gan_core.engine.layers import Linear
from gan_core.engine.losses import LOSSES
from gan_core.engine.penalties import r1

LOSS = LOSSES["non_saturating"]


def small(inputs: int, outputs: int, seed: int) -> nn.Sequential:
    """Three layers for points in the plane."""
    network = nn.Sequential(Linear(inputs, 64), nn.LeakyReLU(), Linear(64, 64), nn.LeakyReLU(), Linear(64, outputs))
    initialise(network, "he_normal", 0.0, seed)
    return network


def energy_distance(ours: Tensor, theirs: Tensor) -> float:
    """Of two samples of points: 0 where they are of one distribution."""
    between, *within = (torch.cdist(a, b).mean() for a, b in ((ours, theirs), (ours, ours), (theirs, theirs)))
    return (2 * between - sum(within)).item()


def after_perfection(training: Training, seed: int, d_learns: bool, weight_r1: float = 0.0) -> tuple[float, float]:
    """Train on from the very network that makes the data: how far it is from them, and an untrained one.

    A GAN's last step is as good as chance has it: this is the geometric mean of ten moments of the last 200 steps.
    """
    random, looking = (torch.Generator().manual_seed(seed + more) for more in (1000, 3000))
    law, g = (small(2, 2, seed) for _ in range(2))  # the same
    untrained, d, noise = small(2, 2, seed + 1000), small(2, 1, seed + 2000), partial(torch.randn, generator=random)
    optimiser_g, optimiser_d = (torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.5, 0.999)) for net in (g, d))
    far = []
    for step in training.count(400):
        real, fake = law(noise(64, 2)).detach(), g(noise(64, 2))
        if d_learns:
            loss_d = LOSS.discriminator(d(real), d(fake.detach()), 0.0) + weight_r1 * r1(d, real)
            optimiser_d.zero_grad()
            loss_d.backward()
            optimiser_d.step()
        optimiser_g.zero_grad()
        LOSS.generator(d(fake)).backward()
        optimiser_g.step()
        if step > 200 and step % 20 == 0:
            far.append(far_from(law, g, looking))
    return geometric_mean(far), far_from(law, untrained, looking)


@torch.no_grad()
def far_from(law: nn.Module, g: nn.Module, random: torch.Generator) -> float:
    """The energy distance of 1,000 points of a generator from as many of the data."""
    made, data = (network(torch.randn(1000, 2, generator=random)) for network in (g, law))
    return energy_distance(made, data)
