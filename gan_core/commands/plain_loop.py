"""The loop of a tutorial, for the benchmark to measure against: what a user would otherwise run.

MNIST from torchvision with ToTensor and Normalize, DataLoader, plain networks, sigmoid and BCELoss, two generator
forwards a step, default Adam, both losses as numbers. R1 and an average of the generator where the experiment has them.
Nothing in it is slower than tutorials write it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from gan_core.data.images import Images
from gan_core.engine.networks import build
from gan_core.settings.experiment import Experiment


class ImageDataset(Dataset[tuple[Tensor, int]]):
    """torchvision.datasets.MNIST with transforms ToTensor() and Normalize([0.5], [0.5]), which is not required
    here: the same calls in the same order. Channels other than one are joined as its CIFAR10 does."""

    def __init__(self, images: Images) -> None:
        self.pixels = images.pixels.transpose(0, 2, 3, 1)
        self.labels = images.labels

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        pixels = self.pixels[index]
        picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
        label = 0 if self.labels is None else int(self.labels[index])
        # ToTensor
        image = torch.from_numpy(np.array(picture, np.uint8, copy=True))
        image = image.view(picture.size[1], picture.size[0], len(picture.getbands()))
        image = image.permute(2, 0, 1).contiguous().to(torch.float32).div(255)
        # Normalize
        mean, std = torch.as_tensor([0.5]).view(-1, 1, 1), torch.as_tensor([0.5]).view(-1, 1, 1)
        return image.clone().sub_(mean).div_(std), label


def plain_loop(e: Experiment, images: Images, device: torch.device | str = "cpu") -> Iterator[tuple[float, float]]:
    """Train without end; each item taken is one step, with its losses (D's, G's). Networks and batches are moved to the
    device, as tutorials do it."""
    generator, discriminator = (network.to(device) for network in plain_networks(e))
    criterion = nn.BCELoss()
    optimiser_g = torch.optim.Adam(generator.parameters(), lr=e.lr_g, betas=(e.beta1, e.beta2))
    optimiser_d = torch.optim.Adam(discriminator.parameters(), lr=e.lr_d, betas=(e.beta1, e.beta2))
    order = torch.Generator().manual_seed(e.seed)
    draws = torch.Generator(device).manual_seed(e.seed + 1)
    loader = DataLoader(ImageDataset(images), e.batch_size, shuffle=True, drop_last=True, generator=order)
    ones, zeros = (make(e.batch_size, 1, device=device) for make in (torch.ones, torch.zeros))
    average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(e.ema), use_buffers=True) if e.ema else None
    step = 0
    while True:
        for batch, _labels in loader:
            step += 1
            real = batch.to(device)
            optimiser_d.zero_grad()
            fake = generator(torch.randn(e.batch_size, e.latent_dim, generator=draws, device=device))
            loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
            penalised = loss_d
            if e.penalty == "r1" and step % e.penalty_every == 0:
                penalised = loss_d + e.penalty_every * e.penalty_weight / 2 * _r1(discriminator, real)
            penalised.backward()
            optimiser_d.step()

            optimiser_g.zero_grad()
            fake = generator(torch.randn(e.batch_size, e.latent_dim, generator=draws, device=device))
            loss_g = criterion(discriminator(fake), ones)
            loss_g.backward()
            optimiser_g.step()
            if average is not None:
                average.update_parameters(generator)
            yield loss_d.item(), loss_g.item()


def _r1(discriminator: nn.Sequential, real: Tensor) -> Tensor:
    """The mean squared gradient of D's logits at real images (Mescheder 2018, equation 9, doubled)."""
    real = real.requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator[:-1](real).sum(), real, create_graph=True)
    return gradient.flatten(1).square().sum(1).mean()


def plain_networks(e: Experiment) -> tuple[nn.Sequential, nn.Sequential]:
    """The engine's networks as tutorials write them, D with its sigmoid, their first weights drawn as
    the engine draws them."""
    with torch.random.fork_rng(devices=[]):  # PyTorch's layers draw weights, which are then written over
        networks = {"mlp": _sketched, "document-mlp": _mlp, "dcgan": _dcgan}[e.architecture](e)
    for plain, ours in zip(networks, build(e), strict=True):
        with torch.no_grad():
            for weight, first in zip(plain.parameters(), ours.parameters(), strict=True):
                weight.copy_(first)
    return networks


def _sketched(e: Experiment) -> tuple[nn.Sequential, nn.Sequential]:
    """The engine's "mlp": a sketch of half the size, enlarged; e.image_size is even."""
    pixels, sketch = e.channels * e.image_size**2, e.image_size // 2
    generator: list[nn.Module] = []
    first, second = round(64 * e.width), round(128 * e.width)
    for before, after in ((e.latent_dim, first), (first, second)):
        generator += [nn.Linear(before, after), _batch_norm(nn.BatchNorm1d, after, e), nn.LeakyReLU(0.2)]
    generator += [nn.Linear(second, e.channels * sketch**2), nn.Unflatten(1, (e.channels, sketch, sketch))]
    generator += [nn.Upsample(scale_factor=2, mode="bilinear"), nn.Tanh()]
    discriminator = [nn.Flatten(), nn.Linear(pixels, first), nn.LeakyReLU(0.2), nn.Linear(first, first)]
    discriminator += [nn.LeakyReLU(0.2), nn.Linear(first, 1), nn.Sigmoid()]
    return nn.Sequential(*generator), nn.Sequential(*discriminator)


def _mlp(e: Experiment) -> tuple[nn.Sequential, nn.Sequential]:
    """Document 004's."""
    shape = (e.channels, e.image_size, e.image_size)
    pixels = e.channels * e.image_size**2
    generator: list[nn.Module] = [nn.Linear(e.latent_dim, 128), nn.LeakyReLU(0.2)]
    for before, after in ((128, 256), (256, 512), (512, 1024)):
        generator += [nn.Linear(before, after), _batch_norm(nn.BatchNorm1d, after, e), nn.LeakyReLU(0.2)]
    generator += [nn.Linear(1024, pixels), nn.Tanh(), nn.Unflatten(1, shape)]
    discriminator = [nn.Flatten(), nn.Linear(pixels, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256)]
    discriminator += [nn.LeakyReLU(0.2), nn.Linear(256, 1), nn.Sigmoid()]
    return nn.Sequential(*generator), nn.Sequential(*discriminator)


def _dcgan(e: Experiment) -> tuple[nn.Sequential, nn.Sequential]:
    """The engine's "dcgan" of transposed convolutions, BatchNorm in both."""
    first, second, quarter = round(64 * e.width), round(32 * e.width), e.image_size // 4
    generator = nn.Sequential(
        nn.Linear(e.latent_dim, first * quarter**2),
        nn.Unflatten(1, (first, quarter, quarter)),
        _batch_norm(nn.BatchNorm2d, first, e),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(first, second, 4, 2, 1),
        _batch_norm(nn.BatchNorm2d, second, e),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(second, e.channels, 4, 2, 1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(e.channels, second, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(second, first, 4, 2, 1),
        _batch_norm(nn.BatchNorm2d, first, e),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(first * quarter**2, 1),
        nn.Sigmoid(),
    )
    return generator, discriminator


def _batch_norm(kind: type[nn.Module], units: int, e: Experiment) -> nn.Module:
    return kind(units, eps=e.bn_eps, momentum=e.bn_momentum)
