"""What a network shows without being called: whether its weights move, and what lies in its gradients.

Nothing of it is changed: weights, gradients and buffers are only read. Of large ones a part is read: what is true of
the first rows of a weight is true of it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gan_core.watch.arrays import Unusable

EACH = 8192  # numbers of a weight, or of its gradient, that are looked at
LATELY = 5  # looks over which the share of a gradient is taken that was kept
# Keras keeps as weights what no optimiser moves: BatchNorm's averages, by these names, and random states.
_AVERAGES, _STATES = ("moving_mean", "moving_variance"), ("seed_generator_state",)

Sums = list[tuple[float, float]]  # of the numbers looked at in each weight: their norm, and their sum


@dataclass(frozen=True)
class SeenNetwork:
    """What is remembered of a network from one look to the next."""

    weights: Sums
    batches: Sums  # what moves with each batch that a BatchNorm layer normalises: its count, or its averages


class WatchedNetwork:
    """One network over the looks: a torch module, or any model with Keras's `get_weights()`.

    `player` is "g" or "d".
    """

    def __init__(self, player: str) -> None:
        self.player = player
        self.last_norm: int | None = None  # see _last_norm
        self._before: SeenNetwork | None = None
        self._gradients: list[Tensor] = []  # of the step before the look
        self._kept: deque[float] = deque(maxlen=LATELY)  # shares of the gradient, at the last looks that had any

    def remember_gradients(self, network: Any) -> None:
        """Copy the gradients of the step before a look, to see what is left of them in it."""
        if isinstance(network, nn.Module):
            self._gradients = [_part(gradient).clone() for gradient in _gradients(network)]

    @torch.no_grad()
    def measure(self, network: Any) -> dict[str, float]:
        """Shares: `still`, of the weights that are exactly as at the look before; `stale_norm`, of the BatchNorm layers
        that saw no batch since; `grad_kept`, see `_kept`; `grad_kept_lately`, its median over some looks.

        And G's `grad_norm`: D's gradient has G's step in it by then. Raises Unusable.
        """
        seen, told = _seen(self.player, network), {}
        before, self._before = self._before, seen
        if self.last_norm is None:
            self.last_norm = _last_norm(network)
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
            some = [_part(gradient) for gradient in now] if then else []
            if norm > 0 and then and [one.shape for one in some] == [one.shape for one in then]:
                told |= _kept(some, then)
            self._kept.extend([told["grad_kept"]] if "grad_kept" in told else [])
            if len(self._kept) == LATELY:
                told["grad_kept_lately"] = median(self._kept)
        return {f"{name}_{self.player}": value for name, value in told.items()}


def _kept(now: list[Tensor], then: list[Tensor]) -> dict[str, float]:
    """The share of a gradient that was there a step before: 1 where nothing was added to it that counts, about 0 where
    it was computed anew. Nothing where the network was not updated in between, which leaves its gradient as it was."""
    moved, norm = _norm(torch._foreach_sub(now, then)), _norm(now)
    return {"grad_kept": max(0.0, 1 - moved / norm)} if 0 < moved < math.inf and norm > 0 else {}


def _gradients(network: nn.Module) -> list[Tensor]:
    return [p.grad.detach() for p in network.parameters() if p.grad is not None and not p.grad.is_sparse]


def _part(tensor: Tensor) -> Tensor:
    """Its first rows, of at most EACH numbers but for the very first."""
    return tensor if tensor.numel() <= EACH else tensor[: max(1, len(tensor) * EACH // tensor.numel())]


def _sums(weights: list[Tensor]) -> Sums:
    parts = [_part(weight) for weight in weights]
    norms = torch._foreach_norm(parts) if parts else []
    return [(float(norm), float(part.sum())) for norm, part in zip(norms, parts, strict=True)]


def _norm(tensors: list[Tensor] | tuple[Tensor, ...]) -> float:
    return math.hypot(*(float(one) for one in torch._foreach_norm(list(tensors)))) if tensors else 0.0


def _seen(player: str, network: Any) -> SeenNetwork:
    if isinstance(network, nn.Module):
        tensors = [(name, weight.detach()) for name, weight in network.named_parameters()]
        weights = [weight for name, weight in tensors if not name.endswith(_AVERAGES + _STATES)]
        averages = [weight for name, weight in tensors if name.endswith(_AVERAGES)]
        counted = [module.num_batches_tracked for module in network.modules() if isinstance(module, _BatchNorm)]
        batches = [(float(count), 0.0) for count in counted if count is not None]
        return SeenNetwork(_sums(weights), batches + _sums(averages))
    if callable(get_weights := getattr(network, "get_weights", None)):
        arrays = [np.asarray(weight, np.float64) for weight in get_weights()]
        sums = [(float(np.linalg.norm(one)), float(one.sum())) for one in arrays]
        named = list(zip(_names(network, len(arrays)), sums, strict=True))
        return SeenNetwork(
            [one for name, one in named if not name.endswith(_AVERAGES + _STATES)],
            [one for name, one in named if name.endswith(_AVERAGES)],
        )
    name = "generator" if player == "g" else "discriminator"
    raise Unusable(f"{name} is a {type(network).__name__}: pass a torch module, or a model with get_weights().")


def _names(model: Any, count: int) -> list[str]:
    """How Keras calls its weights, as in "batch_normalization/moving_mean:0"; empty names where that is not known."""
    weights = list(getattr(model, "weights", ()))
    if len(weights) != count:
        return [""] * count
    return [str(getattr(weight, "path", getattr(weight, "name", ""))).partition(":")[0] for weight in weights]


def _last_norm(network: Any) -> int:
    """How many channels a network's last layer with weights normalises; 0 where that is no BatchNorm."""
    if callable(getattr(network, "get_weights", None)):
        having = [(layer, list(weights)) for layer in _layers(network) if (weights := getattr(layer, "weights", None))]
        last, weights = having[-1] if having else (None, [])
        return int(weights[0].shape[0]) if type(last).__name__ == "BatchNormalization" else 0
    last = next((one for one in reversed(list(network.modules())) if one._parameters), None)
    return last.num_features if isinstance(last, _BatchNorm) else 0


def _layers(model: Any) -> Iterator[Any]:
    """A Keras model's layers, those of models in it too."""
    for layer in getattr(model, "layers", ()):
        yield from _layers(layer) if hasattr(layer, "layers") else [layer]
