"""How gradients become changes of the weights, and how the average of a generator follows them.

Both do what PyTorch's own classes do, bit for bit, by one or two calls. Those classes find out anew in each step what
they work on; for networks as small as the default ones that takes longer than the work.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer, RMSprop

from gan_core.settings.experiment import Experiment


class FusedAdam(Adam):
    """Adam (Kingma & Ba 2015, algorithm 1) by PyTorch's fused kernel."""

    def __init__(self, parameters: list[nn.Parameter], **settings: Any) -> None:
        super().__init__(parameters, fused=True, **settings)
        self._moments: tuple[list[Tensor], ...] | None = None

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As Adam's."""
        super().load_state_dict(state_dict)
        self._moments = None

    @torch.no_grad()
    def advance(self) -> None:
        """One update by the parameters' gradients: what `step` does."""
        (group,) = self.param_groups
        parameters: list[Tensor] = group["params"]
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if not self.state or len(gradients) < len(parameters):
            self.step()  # it makes the moments, and passes over what no gradient reached
            return
        if self._moments is None:
            states = [self.state[parameter] for parameter in parameters]
            names = ("exp_avg", "exp_avg_sq", "step")
            self._moments = tuple([state[name] for state in states] for name in names)
        means, squares, steps = self._moments
        beta1, beta2 = group["betas"]
        torch._foreach_add_(steps, 1)
        torch._fused_adam_(
            parameters, gradients, means, squares, [], steps, lr=group["lr"], beta1=beta1, beta2=beta2,
            weight_decay=0.0, eps=group["eps"], amsgrad=False, maximize=False,
        )  # fmt: skip


class AveragedGenerator(nn.Module):
    """The running average of a generator's weights and statistics, which draws the pictures.

    Its decay is `ema`, or at first (1 + updates) / (10 + updates) where the experiment has it warm up.
    """

    n_averaged: Tensor

    def __init__(self, e: Experiment, generator: nn.Module) -> None:
        super().__init__()
        self.module = deepcopy(generator)
        self.register_buffer("n_averaged", torch.tensor(0))
        self.decay, self.warm_up = e.ema, e.ema_warm_up
        pairs = list(zip(_numbers(self.module), _numbers(generator), strict=True))
        averaged = [pair for pair in pairs if pair[0].is_floating_point()]
        self._counts = [pair for pair in pairs if not pair[0].is_floating_point()]
        self._averages, self._followed = ([pair[side] for pair in averaged] for side in (0, 1))

    def forward(self, z: Tensor) -> Tensor:
        """(N, latent_dim) noise to (N, C, H, W) images."""
        images: Tensor = self.module(z)
        return images

    @torch.no_grad()
    def follow(self) -> None:
        """Take in the generator as it is now."""
        updates = int(self.n_averaged)
        decay = min(self.decay, (1 + updates) / (10 + updates)) if self.warm_up else self.decay
        torch._foreach_lerp_(self._averages, self._followed, 1 - decay if updates else 1.0)
        for own, count in self._counts:
            own.copy_(count)
        self.n_averaged += 1


def _numbers(network: nn.Module) -> list[Tensor]:
    return [*(parameter.detach() for parameter in network.parameters()), *network.buffers()]


def optimiser_of(e: Experiment, parameters: list[nn.Parameter], lr: float) -> Optimizer:
    """The experiment's optimiser for one network."""
    settings: dict[str, Any] = optimiser_settings(e, lr)
    if e.optimiser == "adam":
        return FusedAdam(parameters, **settings)
    if e.optimiser == "sgd":
        return SGD(parameters, fused=True, **settings)
    return RMSprop(parameters, foreach=True, **settings)


def advance(optimiser: Optimizer) -> None:
    """One update by the gradients of the optimiser's parameters."""
    if isinstance(optimiser, FusedAdam):
        optimiser.advance()
    else:
        optimiser.step()


def optimiser_settings(e: Experiment, lr: float) -> dict[str, object]:
    """What a running optimiser can be told anew."""
    if e.optimiser == "adam":
        return {"lr": lr, "betas": (e.beta1, e.beta2)}
    return {"lr": lr, "alpha": e.beta2} if e.optimiser == "rmsprop" else {"lr": lr, "momentum": e.beta1}
