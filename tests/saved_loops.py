"""GANs of a few weights, trained by a plain loop, and their checkpoints as people save them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

import torch
from bringing import pt
from torch import nn

from gan_core.uploads import Report

Files = list[tuple[str, bytes]]
# Of torch.save.
FORMATS: dict[str, dict[str, Any]] = {
    "zip": {}, "legacy": {"_use_new_zipfile_serialization": False}, "protocol 4": {"pickle_protocol": 4},
}  # fmt: skip


class Loop:
    """A plain GAN on random pictures, with what people get wrong as arguments."""

    def __init__(self, seed: int = 0, convolutions: bool = False, optimiser: str = "adam") -> None:
        torch.manual_seed(seed)
        if convolutions:
            self.g = nn.Sequential(
                nn.ConvTranspose2d(8, 16, 4), nn.BatchNorm2d(16), nn.ReLU(), nn.ConvTranspose2d(16, 1, 5), nn.Tanh()
            )
            self.d = nn.Sequential(
                nn.Conv2d(1, 8, 4, 2), nn.LeakyReLU(0.2), nn.Conv2d(8, 16, 2), nn.BatchNorm2d(16), nn.LeakyReLU(0.2),
                nn.Conv2d(16, 1, 2),
            )  # fmt: skip
            self.z, self.x = (8, 1, 1), (1, 8, 8)
        else:
            self.g = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 64), nn.Tanh())
            first = nn.utils.spectral_norm(nn.Linear(64, 16))
            self.d = nn.Sequential(first, nn.BatchNorm1d(16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
            self.z, self.x = (8,), (64,)
        make: Callable[..., torch.optim.Optimizer] = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimiser]
        self.of_g, self.of_d = (make(net.parameters(), lr=1e-3) for net in (self.g, self.d))
        self.epoch = 0

    def train(self, steps: int = 5, detached: bool = False, frozen: bool = False) -> Loop:
        loss = nn.BCEWithLogitsLoss()
        for _ in range(steps):
            self.of_d.zero_grad()
            on_real = self.d(torch.rand(8, *self.x) * 2 - 1).flatten()
            on_fake = self.d(self.g(torch.randn(8, *self.z)).detach()).flatten()
            (loss(on_real, torch.ones(8)) + loss(on_fake, torch.zeros(8))).backward()
            if not frozen:
                self.of_d.step()
            self.of_g.zero_grad()
            fake = self.g(torch.randn(8, *self.z))
            loss(self.d(fake.detach() if detached else fake).flatten(), torch.ones(8)).backward()
            self.of_g.step()
        self.epoch += 1
        return self

    def saved(self, **options: Any) -> tuple[str, bytes]:
        """Both networks and both optimisers, as people keep them."""
        state = {
            "epoch": self.epoch, "netG": self.g.state_dict(), "netD": self.d.state_dict(),
            "optimizerG": self.of_g.state_dict(), "optimizerD": self.of_d.state_dict(),
            "args": Namespace(lr=1e-3, device=torch.device("cpu")), "loss": 0.5,
        }  # fmt: skip
        return f"checkpoint-{self.epoch}.pt", pt(state, **options)


def over_two_epochs(of: Loop, **faults: bool) -> Files:
    return [of.train(**faults).saved(), of.train(**faults).saved()]


def named(report: Report) -> list[str]:
    return [finding.failure for finding in report.findings]
