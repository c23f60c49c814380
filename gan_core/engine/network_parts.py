"""What the generators and discriminators are put together from, besides their weighted layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import BUILT_IN

HIDDEN: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "elu": nn.ELU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
OUTPUT: dict[str, type[nn.Module]] = {
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
    "hardtanh": nn.Hardtanh,
    "relu": nn.ReLU,
}


class Dropout(nn.Module):
    """Dropout whose mask comes from the run's generator (nn.Dropout draws from the global one).

    Scales what it keeps by 1 / (1 - rate), so that eval mode is the identity (Srivastava 2014, section 10).
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Any shape, the same shape out; a new mask each time in train mode."""
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.rate
        return x * kept / (1 - self.rate)


def with_minibatch_std(features: Tensor) -> Tensor:
    """(N, F, ...) -> (N, F + 1, ...): the standard deviation over the batch, averaged over all features, as
    one more constant feature (Karras 2018, section 3, with the whole batch as one group)."""
    deviation = (features.var(dim=0, unbiased=False) + 1e-8).sqrt().mean()
    return torch.cat([features, deviation.expand(len(features), 1, *features.shape[2:])], dim=1)


def scaled(units: int, e: Experiment) -> int:
    """The units of a hidden layer at the experiment's width."""
    return max(1, round(units * e.width))


def hidden(e: Experiment) -> nn.Module:
    """The non-linearity between layers."""
    return nn.LeakyReLU(0.2) if e.hidden_activation == "leaky_relu" else HIDDEN[e.hidden_activation]()


def norm(norm: str, units: int, e: Experiment, *, images: bool = True) -> list[nn.Module]:
    """The normalisation layer, if any; spectral norm lives in the weighted layers (see `spectral`)."""
    if norm == "batch":
        return [(nn.BatchNorm2d if images else nn.BatchNorm1d)(units, eps=e.bn_eps, momentum=e.bn_momentum)]
    if norm == "layer":
        return [nn.GroupNorm(1, units) if images else nn.LayerNorm(units)]
    if norm == "instance":
        return [nn.InstanceNorm2d(units, affine=True)]
    return []


def ending(e: Experiment, units: int, *, images: bool = True) -> list[nn.Module]:
    """The generator's last step: its output activation, after BatchNorm where that is the mistake."""
    normalised = norm("batch", units, e, images=images) if e.mistake == BUILT_IN else []
    return [*normalised, OUTPUT[e.output_activation]()]


def spectral(layer: nn.Module, e: Experiment) -> nn.Module:
    """A weighted layer of D, under spectral norm where the experiment has it."""
    if e.norm_d != "spectral":
        return layer
    # torch draws the layer's singular vectors from the global state. That is put back, and initialise.py draws the
    # vectors again from the run's own. The weight is zero because torch reads it for its first estimate.
    nn.init.zeros_(layer.weight)  # type: ignore[arg-type]
    with torch.random.fork_rng(devices=[]):
        return spectral_norm(layer)
