"""The loop of a tutorial, for the benchmark to measure against: what a user would otherwise run.

DataLoader, images made into floats one by one, sigmoid and BCELoss, two generator forwards a step, default Adam.
The networks are the engine's own, so that only the loop differs.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from gan_core.data.images import Images
from gan_core.experiment import Experiment
from gan_core.networks import build


class ImageDataset(Dataset[Tensor]):
    """Images normalised to [-1, 1] when asked for, as torchvision's ToTensor and Normalize do it."""

    def __init__(self, images: Images) -> None:
        self.pixels = torch.tensor(images.pixels)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        return (self.pixels[index].float() / 255 - 0.5) / 0.5


def plain_loop(e: Experiment, images: Images) -> Iterator[None]:
    """Train without end; one step for each item taken."""
    generator, discriminator = build(e, torch.Generator().manual_seed(e.seed))
    discriminator = nn.Sequential(discriminator, nn.Sigmoid())
    criterion = nn.BCELoss()
    optimiser_g = torch.optim.Adam(generator.parameters(), lr=e.lr_g, betas=(e.beta1, e.beta2))
    optimiser_d = torch.optim.Adam(discriminator.parameters(), lr=e.lr_d, betas=(e.beta1, e.beta2))
    order = torch.Generator().manual_seed(e.seed)
    draws = torch.Generator().manual_seed(e.seed + 1)
    loader = DataLoader(ImageDataset(images), e.batch_size, shuffle=True, drop_last=True, generator=order)
    ones, zeros = torch.ones(e.batch_size, 1), torch.zeros(e.batch_size, 1)
    while True:
        for real in loader:
            optimiser_d.zero_grad()
            fake = generator(torch.randn(e.batch_size, e.latent_dim, generator=draws))
            loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
            loss_d.backward()
            optimiser_d.step()

            optimiser_g.zero_grad()
            fake = generator(torch.randn(e.batch_size, e.latent_dim, generator=draws))
            loss_g = criterion(discriminator(fake), ones)
            loss_g.backward()
            optimiser_g.step()
            loss_d.item(), loss_g.item()
            yield
