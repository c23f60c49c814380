"""What a network shows without being called: whether its weights move, and what lies in its gradients.

Nothing of it is changed: weights, gradients and buffers are only read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gan_core.watch.arrays import Unusable

MOST_COPIED = 1_000_000  # numbers of a gradient that are kept from one step to the next


@dataclass(frozen=True)
class SeenNetwork:
    """What is remembered of a network from one look to the next."""

    weights: list[tuple[float, float]]  # norm of each, and the sum of its first row
    batches: list[int]  # how many each BatchNorm layer has counted


class WatchedNetwork:
    """One network over the looks: a torch module, or any model with Keras's `get_weights()`.

    `player` is "g" or "d".
    """

    def __init__(self, player: str) -> None:
        self.player = player
        self._before: SeenNetwork | None = None
        self._gradients: list[Tensor] = []  # of the step before the look

    def remember_gradients(self, network: Any) -> None:
        """Copy the gradients of the step before a look, to see what is left of them in it."""
        if isinstance(network, nn.Module):
            self._gradients = [gradient.clone() for gradient in _some(_gradients(network))]

    @torch.no_grad()
    def measure(self, network: Any) -> dict[str, float]:
        """`still`: the share of the weights that are exactly as at the look before; `stale_norm`: the share of the
        BatchNorm layers that counted no batch since; `grad_kept`: see `_kept`; and G's `grad_norm`. D's gradient has
        G's step in it by then. Raises Unusable."""
        seen, told = _seen(self.player, network), {}
        before, self._before = self._before, seen
        if before and len(before.weights) == len(seen.weights) and seen.weights:
            same = [now == then for now, then in zip(seen.weights, before.weights, strict=True)]
            told["still"] = sum(same) / len(same)
            if seen.batches and len(before.batches) == len(seen.batches) and not all(same):
                stale = [now == then for now, then in zip(seen.batches, before.batches, strict=True)]
                told["stale_norm"] = sum(stale) / len(stale)
        if isinstance(network, nn.Module):
            now, then = _gradients(network), self._gradients
            self._gradients = []
            norm = _norm(now)
            if norm > 0 and self.player == "g":
                told["grad_norm"] = norm
            some = _some(now)
            if norm > 0 and [one.shape for one in some] == [one.shape for one in then]:
                told |= _kept(some, then)
        return {f"{name}_{self.player}": value for name, value in told.items()}


def _kept(now: list[Tensor], then: list[Tensor]) -> dict[str, float]:
    """The share of a gradient that was there a step before: 1 where nothing was added to it that counts, about 0 where
    it was computed anew. Nothing where the network was not updated in between, which leaves its gradient as it was."""
    moved, norm = _norm(torch._foreach_sub(now, then)), _norm(now)
    return {"grad_kept": max(0.0, 1 - moved / norm)} if 0 < moved < math.inf and norm > 0 else {}


def _gradients(network: nn.Module) -> list[Tensor]:
    return [p.grad.detach() for p in network.parameters() if p.grad is not None and not p.grad.is_sparse]


def _some(gradients: list[Tensor]) -> list[Tensor]:
    """The first of them, up to MOST_COPIED numbers: what is true of some layers is true of all."""
    kept: list[Tensor] = []
    numbers = 0
    for gradient in gradients:
        if numbers + gradient.numel() <= MOST_COPIED or not kept:
            kept.append(gradient)
            numbers += gradient.numel()
    return kept


def _norm(tensors: list[Tensor] | tuple[Tensor, ...]) -> float:
    return math.hypot(*(float(one) for one in torch._foreach_norm(list(tensors)))) if tensors else 0.0


def _seen(player: str, network: Any) -> SeenNetwork:
    if isinstance(network, nn.Module):
        weights = [parameter.detach() for parameter in network.parameters()]
        norms = torch._foreach_norm(weights) if weights else []
        sums = [weight[:1].sum() if weight.dim() else weight for weight in weights]
        pairs = [(float(norm), float(total)) for norm, total in zip(norms, sums, strict=True)]
        counted = [module.num_batches_tracked for module in network.modules() if isinstance(module, _BatchNorm)]
        return SeenNetwork(pairs, [int(count) for count in counted if count is not None])
    if callable(get_weights := getattr(network, "get_weights", None)):
        arrays = [np.asarray(weight, np.float64) for weight in get_weights()]
        return SeenNetwork([(float(np.linalg.norm(one)), float(one.sum())) for one in arrays], [])
    name = "generator" if player == "g" else "discriminator"
    raise Unusable(f"{name} is a {type(network).__name__}: pass a torch module, or a model with get_weights().")
