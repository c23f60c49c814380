"""How weights are drawn before the first step: every scheme by name, each layer from random numbers of its own, so
that two networks of one seed begin with the same weights wherever shapes match."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from gan_core.engine.random_sources import INITIAL, source

Scheme = Callable[[Tensor, torch.Generator], Tensor]

# `torch.nn.init` takes fan_in from dimension 1 of the weight. A ConvTranspose2d stores (in, out, k, k), so
# for it "fan_in" counts the output channels: PyTorch's convention, kept as users meet it.
SCHEMES: dict[str, Scheme] = {
    "pytorch": lambda w, g: nn.init.kaiming_uniform_(w, a=math.sqrt(5), generator=g),
    "dcgan": lambda w, g: nn.init.normal_(w, 0.0, 0.02, generator=g),
    "xavier_normal": lambda w, g: nn.init.xavier_normal_(w, generator=g),
    "xavier_uniform": lambda w, g: nn.init.xavier_uniform_(w, generator=g),
    "he_normal": lambda w, g: nn.init.kaiming_normal_(w, nonlinearity="relu", generator=g),
    "he_normal_fan_out": lambda w, g: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu", generator=g),
    "he_uniform": lambda w, g: nn.init.kaiming_uniform_(w, nonlinearity="relu", generator=g),
    "orthogonal": lambda w, g: nn.init.orthogonal_(w, generator=g),
    "zeros": lambda w, _: nn.init.zeros_(w),
}

_WEIGHTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm, nn.LayerNorm)
GENERATOR, DISCRIMINATOR = PLAYERS = range(2)


def initialise(network: nn.Module, init: str, init_std: float, seed: int, player: int = GENERATOR) -> None:
    """Fill every weight, bias and buffer of a network whose memory is still empty.

    The n-th weighted layer of each player has a source of its own, and so has its n-th norm. `init` is a name of
    SCHEMES, or 'normal' with standard deviation `init_std`. Biases are 0, but uniform in +-1/sqrt(fan_in) for
    'pytorch' (what nn.Linear does itself). Normalisation starts at scale 1 and shift 0, for 'dcgan' at scale
    N(1, 0.02) (Radford 2016, section 4, and its reference code).
    """
    scheme = partial(_normal, std=init_std) if init == "normal" else SCHEMES[init]
    with torch.no_grad():
        for place, layer in enumerate(m for m in network.modules() if isinstance(m, _WEIGHTED)):
            _initialise_layer(layer, scheme, init == "pytorch", source(seed, INITIAL, player, place))
        for place, norm in enumerate(m for m in network.modules() if isinstance(m, _NORMS)):
            if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
                norm.reset_running_stats()
            nn.init.ones_(norm.weight)
            nn.init.zeros_(norm.bias)
            if init == "dcgan":
                own = source(seed, INITIAL, player + len(PLAYERS), place)
                nn.init.normal_(norm.weight, 1.0, 0.02, generator=own)


def _normal(weight: Tensor, generator: torch.Generator, std: float) -> Tensor:
    return nn.init.normal_(weight, 0.0, std, generator=generator)


def _initialise_layer(
    layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d,
    scheme: Scheme,
    uniform_bias: bool,
    generator: torch.Generator,
) -> None:
    spectral = parametrize.is_parametrized(layer, "weight")
    weight: Tensor = layer.parametrizations.weight.original if spectral else layer.weight  # type: ignore[union-attr, assignment]
    scheme(weight, generator)
    if layer.bias is not None:
        if uniform_bias:
            fan_in, _ = nn.init._calculate_fan_in_and_fan_out(weight)
            nn.init.uniform_(layer.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), generator=generator)
        else:
            nn.init.zeros_(layer.bias)
    if spectral:
        # torch draws the two singular vectors from the global state; here they come from the run's own.
        norm: Any = layer.parametrizations.weight[0]  # type: ignore[union-attr, index]
        for vector in (norm._u, norm._v):
            vector.copy_(nn.functional.normalize(nn.init.normal_(vector, generator=generator), dim=0))
        # As often as torch does: 15 times, and once when it puts the norm in place.
        norm._power_method(norm._reshape_weight_to_matrix(weight), 16)
