"""Of many tensors at once: how large they are together, and which of a network's is not finite."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def norm_of(tensors: list[Tensor]) -> float:
    """The Euclidean norm of all numbers in them; what torch.nn.utils.get_total_norm gives, without its questions."""
    return torch.linalg.vector_norm(torch.stack(torch._foreach_norm(tensors))).item() if tensors else 0.0


def culprit(network: nn.Module, player: str, *, gradients: bool) -> str:
    """The first parameter (or gradient) with a non-finite number in it, by name."""
    owner = "generator" if player == "g" else "discriminator"
    for label, parameter in network.named_parameters():
        tensor = parameter.grad if gradients else parameter
        if tensor is not None and not torch.isfinite(tensor).all():
            return f"{owner}.{label}" + (".grad" if gradients else "")
    return f"grad_norm_{player}" if gradients else f"{owner}'s weights"
