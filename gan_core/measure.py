"""From networks to measurements: what one look at a GAN says in numbers.

Looking never touches: buffers and modes are put back, nothing is drawn at random, no gradient is kept. A look
depends only on the weights, the probe and what the last step computed, never on how many looks came before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gan_core.experiment import Experiment
from gan_core.losses import LOSSES
from gan_core.networks import Dropout
from gan_core.pixels import RangeMap


@dataclass(frozen=True)
class Probe:
    """What every look is taken of: `z` (COUNT, latent_dim) and `real` (COUNT, C, H, W) in the data range."""

    COUNT: ClassVar[int] = 64
    z: Tensor
    real: Tensor
    range_map: RangeMap

    @cached_property
    def real_values(self) -> NDArray[np.float32]:
        """All pixel values of the real images, sorted."""
        return _sorted_values(self.real)

    @cached_property
    def real_contrast(self) -> float:
        """See `contrast` in `look`."""
        return _contrast(self.real)

    @cached_property
    def real_diversity(self) -> float:
        """See `diversity` in `look`."""
        return _diversity(self.real)


@dataclass(frozen=True)
class Look:
    """`fake` (COUNT, C, H, W) as the generator made them, not clipped; the measurements by name."""

    fake: Tensor
    measurements: dict[str, float]


@torch.no_grad()
def look(
    e: Experiment, g: nn.Module, d: nn.Module, average: nn.Module | None, probe: Probe, last: dict[str, float]
) -> Look:
    """Take a look at generator `g` (its running `average` where there is one) and discriminator `d`.

    `last` holds what the last step computed itself (losses, gradient norms, update ratios). Of the sampled
    values: `pixel_min`, `pixel_max` in the data's own units; `out_of_range`, `saturated` are shares of
    values; `histogram_distance` is in units of the data range; `contrast` and `diversity` are ratios to the
    real images.
    """
    artist = g if average is None else average
    with untouched(artist, d):
        fakes = {mode: _sampled(artist, probe.z, mode) for mode in _modes(e, artist)}
        fake = fakes[e.sample_mode]
        d.train()
        for module in d.modules():
            if isinstance(module, Dropout):  # D is asked for its whole opinion.
                module.eval()
        judged = Probe.COUNT - Probe.COUNT % max(e.pack, 1)
        real_logits, fake_logits = d(probe.real[:judged]).float(), d(fake[:judged]).float()
    values = {
        **_pixels(fake, probe),
        **_opinion(e, real_logits, fake_logits),
        **_mode_gap(fakes),
        **last,
        "finite": float(all(bool(torch.isfinite(x).all()) for x in (fake, real_logits, fake_logits))),
    }
    return Look(fake, {name: value for name, value in values.items() if math.isfinite(value)})


@contextmanager
def untouched(*networks: nn.Module) -> Iterator[None]:
    """Put every buffer (BatchNorm's statistics, spectral norm's vectors) and every mode back at the end."""
    buffers = [(buffer, buffer.clone()) for network in networks for buffer in network.buffers()]
    modes = [(module, module.training) for network in networks for module in network.modules()]
    try:
        yield
    finally:
        for buffer, before in buffers:
            buffer.copy_(before)
        for module, training in modes:
            module.training = training


def _modes(e: Experiment, artist: nn.Module) -> list[str]:
    """Both modes where they differ, that is with BatchNorm; else the one asked for. Eval comes first, since
    drawing in train mode moves the running statistics that it draws with."""
    batch_norm = any(isinstance(module, _BatchNorm) for module in artist.modules())
    return ["eval", "train"] if batch_norm else [e.sample_mode]


def _sampled(artist: nn.Module, z: Tensor, mode: str) -> Tensor:
    artist.train(mode == "train")
    return artist(z).float()


def _pixels(fake: Tensor, probe: Probe) -> dict[str, float]:
    low, high = probe.range_map.low, probe.range_map.high
    span = high - low
    values = _sorted_values(fake)
    # A millionth of the range is rounding, not a fault of the generator.
    inside = np.searchsorted(values, [low - 1e-6 * span, high + 1e-6 * span])
    between = np.searchsorted(values, [low + span / 510, high - span / 510])
    return {
        "pixel_min": float(values[0]),
        "pixel_max": float(values[-1]),
        "out_of_range": 1 - float(inside[1] - inside[0]) / values.size,
        "saturated": 1 - float(between[1] - between[0]) / values.size,
        "contrast": _ratio(_contrast(fake), probe.real_contrast),
        "diversity": _ratio(_diversity(fake), probe.real_diversity),
        # Wasserstein-1 of two samples of equal size: the mean distance of their sorted values. In float64,
        # which the sum of exploding values does not overflow.
        "histogram_distance": float(np.abs(values - probe.real_values.astype(np.float64)).mean()) / span,
    }


def _sorted_values(images: Tensor) -> NDArray[np.float32]:
    """numpy sorts 25 times faster than torch does on a CPU; NaN comes last."""
    return np.sort(images.detach().float().cpu().numpy(), axis=None)


def _contrast(images: Tensor) -> float:
    """Mean over the images of the standard deviation within each."""
    return images.flatten(1).std(dim=1, unbiased=False).mean().item()


def _diversity(images: Tensor) -> float:
    """Mean over the pixels of the standard deviation across the images."""
    return images.std(dim=0, unbiased=False).mean().item()


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def _opinion(e: Experiment, real_logits: Tensor, fake_logits: Tensor) -> dict[str, float]:
    loss = LOSSES[e.loss]
    if not (real_logits.isfinite().all() and fake_logits.isfinite().all()):
        return {}  # NaN is no judgement, neither right nor wrong.
    opinion = {"logit_max": torch.cat([real_logits, fake_logits]).abs().max().item()}
    if loss.probability:
        opinion |= {
            "d_real": real_logits.sigmoid().mean().item(),
            "d_fake": fake_logits.sigmoid().mean().item(),
        }
    if loss.threshold is not None:
        on_real = (real_logits > loss.threshold).float().mean().item()
        on_fake = (fake_logits <= loss.threshold).float().mean().item()
        opinion |= {
            "d_accuracy": (on_real + on_fake) / 2,
            "d_accuracy_real": on_real,
            "d_accuracy_fake": on_fake,
        }
    return opinion


def _mode_gap(fakes: dict[str, Tensor]) -> dict[str, float]:
    """Mean distance of train- and eval-mode pictures, in units of the train-mode pictures' spread; 0 without
    BatchNorm, which alone makes them differ."""
    if len(fakes) < 2:
        return {"mode_gap": 0.0}
    return {
        "mode_gap": _ratio((fakes["train"] - fakes["eval"]).abs().mean().item(), _diversity(fakes["train"]))
    }
