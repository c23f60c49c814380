"""A GAN's loop as people write it, with one mistake or without, for the logs that it prints."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from gan_core.data import load

# The mistake -> what a log of it should be named; "" for a loop without one.
MISTAKES = {
    "": "",
    "double_sigmoid": "double-sigmoid",
    "detached_generator": "no-gradient-to-g",
    "fake_label_for_g": "wrong-labels",
    "one_label_for_d": "wrong-labels",
    "no_zero_grad": "accumulated-gradients",
    "d_never_learns": "constant-discriminator",
    "detached_penalty": "penalty-not-acting",
}
# What is right about a loop -> what its log must not be named.
RIGHT = {"acting_penalty": "penalty-not-acting"}
# What shows in a column beside the losses alone.
NEED_NORMS, NEED_PENALTY = ("no_zero_grad",), ("detached_penalty", "acting_penalty")


def log_of(
    mistake: str, dataset: str, seed: int, *, steps: int = 300, every: int = 5, lr: float = 2e-4, size: int = 28
) -> list[dict[str, float]]:
    """The rows that such a loop logs: losses, D's answers and accuracy, gradient norms, a penalty where it has one.

    It trains on pictures of `size` pixels in height and width.
    """
    torch.manual_seed(seed)
    each = size * size
    images = _images(dataset, size)
    d = nn.Sequential(nn.Linear(each, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    g = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, each), nn.Tanh())
    of_d = torch.optim.Adam(d.parameters(), 0.0 if mistake == "d_never_learns" else lr, betas=(0.5, 0.999), fused=True)
    of_g = torch.optim.Adam(g.parameters(), lr, betas=(0.5, 0.999), fused=True)
    if mistake == "d_never_learns":
        nn.init.zeros_(d[4].weight), nn.init.zeros_(d[4].bias)
    penalised = mistake in NEED_PENALTY
    rows = []
    for step in range(1, steps + 1):
        real, fake = images[torch.randint(len(images), (32,))], g(torch.randn(32, 64))
        if mistake != "no_zero_grad":
            of_d.zero_grad()
        on_real, on_fake = d(real), d(fake.detach())
        loss_d = _loss(on_real, 1.0, mistake) + _loss(on_fake, float(mistake == "one_label_for_d"), mistake)
        penalty = _penalty(d, real, fake.detach(), mistake == "acting_penalty") if penalised else torch.zeros(())
        (loss_d - 3 * on_real.mean() + 3 * on_fake.mean() + penalty if penalised else loss_d).backward()
        norm_d = _norm(d)
        of_d.step()
        if mistake != "no_zero_grad":
            of_g.zero_grad()
        fake = g(torch.randn(32, 64))
        answers = d(fake.detach() if mistake == "detached_generator" else fake)
        loss_g = _loss(answers, float(mistake != "fake_label_for_g"), mistake)
        loss_g.backward()
        norm_g = _norm(g)
        of_g.step()
        if step % every == 0:
            row = {
                "step": step, "loss_d": loss_d.item(), "loss_g": loss_g.item(),
                "acc_real": (on_real > 0).float().mean().item(), "acc_fake": (on_fake < 0).float().mean().item(),
                "D(x)": on_real.sigmoid().mean().item(), "D(G(z))": on_fake.sigmoid().mean().item(),
                "grad_norm_d": norm_d, "grad_norm_g": norm_g,
            }  # fmt: skip
            rows.append(row | ({"gp": penalty.item()} if penalised else {}))
    return rows


@cache
def _images(dataset: str, size: int) -> Tensor:
    """(N, H · W) in [-1, 1]."""
    return torch.from_numpy(load(dataset, size, 1).pixels[:8192].copy()).float().reshape(-1, size * size) / 127.5 - 1


def _loss(answers: Tensor, label: float, mistake: str) -> Tensor:
    if mistake == "double_sigmoid":
        answers = answers.sigmoid()
    return bce(answers, torch.full_like(answers, label))


def _penalty(d: nn.Module, real: Tensor, fake: Tensor, acts: bool) -> Tensor:
    between = (0.5 * real + 0.5 * fake).requires_grad_(True)
    (gradient,) = torch.autograd.grad(d(between).sum(), between, create_graph=acts)
    return 10 * (gradient.norm(dim=1) - 1).pow(2).mean()


def _norm(net: nn.Module) -> float:
    gradients: list[Any] = [p.grad for p in net.parameters() if p.grad is not None]
    return float(sum(float((gradient**2).sum()) for gradient in gradients) ** 0.5)
