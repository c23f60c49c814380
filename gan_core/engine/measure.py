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

from gan_core.engine.losses import LOSSES
from gan_core.engine.network_parts import Dropout
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment
from gan_core.settings.output_range import REACH


@dataclass(frozen=True)
class Probe:
    """What every look is taken of."""

    COUNT: ClassVar[int] = 64
    z: Tensor  # (COUNT, latent_dim)
    real: Tensor  # (COUNT, C, H, W) in the data range
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

    @cached_property
    def real_neighbours(self) -> float:
        """See `neighbours` in `look`."""
        return _neighbours(self.real)

    @cached_property
    def alike(self) -> float:
        """Two images closer than this are duplicates: a quarter of the median distance from a real image to
        the nearest other one."""
        return _nearest(self.real).median().item() / 4

    def unreachable(self, output_activation: str) -> float:
        """Share of the real pixel values that the generator's last step cannot give, beyond rounding."""
        low, high = REACH[output_activation]
        slack = (self.range_map.high - self.range_map.low) / 255
        below, upto = np.searchsorted(self.real_values, [low - slack, high + slack])
        return 1 - float(upto - below) / self.real_values.size


@dataclass(frozen=True)
class MeasuredGAN:
    """What one look at a GAN gives."""

    fake: Tensor  # (COUNT, C, H, W) as the generator made them, not clipped
    measurements: dict[str, float]  # by name


@torch.no_grad()
def look(
    e: Experiment, g: nn.Module, d: nn.Module, average: nn.Module | None, probe: Probe, last: dict[str, float]
) -> MeasuredGAN:
    """Take a look at generator `g` (its running `average` where there is one) and discriminator `d`.

    `last` holds what the last step computed itself (losses, gradient norms, update ratios). The others:

    - `pixel_min`, `pixel_max`: in the data's own units
    - `out_of_range`, `saturated`: shares of values
    - `excess`: mean distance of values outside the data range from it, in units of the range
    - `histogram_distance`: in units of the data range
    - `pixel_mean`: mean position in the data range after clipping, 0 black, 1 white
    - `contrast`, `diversity`: ratios to the real images
    - `duplicates`: share of images with another one almost the same
    - `nyquist`: share of the variance within images that alternates from pixel to pixel, as a checkerboard does
    - `neighbours`: correlation of pixels side by side within an image, as a share of the real images'; missing where
      those have hardly any
    - `unreachable`: share of real pixel values that the output activation cannot give
    - `logit_gap`: how far D sets real and generated images apart
    """
    generator = g if average is None else average
    with untouched(generator, d):
        fakes = {mode: sampled(generator, probe.z, mode) for mode in _modes(e, generator)}
        fake = fakes[e.sample_mode]
        d.train(e.mistake != "d_in_eval")  # as it trains
        for module in d.modules():
            if isinstance(module, Dropout):  # D is asked for its whole opinion.
                module.eval()
        judged = Probe.COUNT - Probe.COUNT % max(e.pack, 1)
        real_logits, fake_logits = d(probe.real[:judged]).float(), d(fake[:judged]).float()
    values = {
        **measure_pixels(fake, probe),
        "unreachable": probe.unreachable(e.output_activation),
        **opinion_of(e, real_logits, fake_logits),
        **_mode_gap(fakes),
        **last,
        "finite": float(all(bool(torch.isfinite(x).all()) for x in (fake, real_logits, fake_logits))),
    }
    return MeasuredGAN(fake, {name: value for name, value in values.items() if math.isfinite(value)})


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


def _modes(e: Experiment, generator: nn.Module) -> list[str]:
    """Both modes where they differ, that is with BatchNorm; else the one asked for. Eval comes first, since
    drawing in train mode moves the running statistics that it draws with."""
    batch_norm = any(isinstance(module, _BatchNorm) for module in generator.modules())
    return ["eval", "train"] if batch_norm else [e.sample_mode]


def sampled(generator: nn.Module, z: Tensor, mode: str) -> Tensor:
    """What a generator makes of noise, with BatchNorm in this mode."""
    generator.train(mode == "train")
    return generator(z).float()


def measure_pixels(fake: Tensor, probe: Probe) -> dict[str, float]:
    """The measurements of generated images (N, C, H, W) alone, as many as the probe has real ones; see `look`."""
    low, high = probe.range_map.low, probe.range_map.high
    span = high - low
    values = _sorted_values(fake)
    # Positions in the range, in float64, which the sum of exploding values does not overflow.
    position = (values.astype(np.float64) - low) / span
    shown = position.clip(0, 1)
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
        "pixel_mean": float(shown.mean()),
        "excess": float(np.abs(position - shown).mean()),
        "duplicates": (_nearest(fake) < probe.alike).float().mean().item(),
        "nyquist": _nyquist(fake),
        "neighbours": _ratio(_neighbours(fake), probe.real_neighbours if probe.real_neighbours > 0.1 else math.nan),
        # Wasserstein-1 of two samples of equal size: the mean distance of their sorted values. In float64,
        # which the sum of exploding values does not overflow.
        "histogram_distance": float(np.abs(values - probe.real_values.astype(np.float64)).mean()) / span,
    }


def _sorted_values(images: Tensor) -> NDArray[np.float32]:
    """numpy sorts 25 times faster than torch does on a CPU; NaN comes last."""
    return np.sort(images.detach().float().cpu().numpy(), axis=None)


def _contrast(images: Tensor) -> float:
    """Mean over the images of the standard deviation within each."""
    return _deviation(images.flatten(1), dim=1).mean().item()


def _diversity(images: Tensor) -> float:
    """Mean over the pixels of the standard deviation across the images."""
    return _deviation(images, dim=0).mean().item()


def _deviation(images: Tensor, dim: int) -> Tensor:
    """Standard deviation along one dimension: torch's own takes five times as long on a CPU. In float64, which
    the squares of exploding values do not overflow; on a device without it, in float32."""
    values = images.float() if images.device.type == "mps" else images.double()
    return (values - values.mean(dim=dim, keepdim=True)).square().mean(dim=dim).sqrt()


def _nearest(images: Tensor) -> Tensor:
    """Distance of each image to the nearest other one."""
    distances = torch.cdist(images.flatten(1), images.flatten(1))
    return distances.fill_diagonal_(math.inf).amin(dim=1)


def _nyquist(images: Tensor) -> float:
    """Share of the images' variance at the highest frequency of rows, of columns, or of both.

    The power along a whole row of the spectrum is, by Parseval, that of the sums with alternating signs, so
    no Fourier transform is needed; an odd size gives up its last row and column.
    """
    height, width = images.shape[2] // 2 * 2, images.shape[3] // 2 * 2
    x = images[:, :, :height, :width]
    x = x - x.mean(dim=(2, 3), keepdim=True)
    rows = x[:, :, ::2].sum(dim=2) - x[:, :, 1::2].sum(dim=2)
    columns = x[..., ::2].sum(dim=3) - x[..., 1::2].sum(dim=3)
    both = rows[..., ::2].sum(dim=2) - rows[..., 1::2].sum(dim=2)
    power = rows.square().sum() / height + columns.square().sum() / width - both.square().sum() / (height * width)
    return _ratio(power.item(), x.square().sum().item())


def _neighbours(images: Tensor) -> float:
    """Correlation of pixels side by side and one above another: 1 in one even slope, 0 where each pixel is drawn by
    itself, below 0 in a checkerboard. NaN of images without any contrast."""
    x = images.float()
    spread = (x - x.mean(dim=(2, 3), keepdim=True)).square().mean().item()
    across = (x[..., 1:] - x[..., :-1]).square().mean().item()
    down = (x[:, :, 1:] - x[:, :, :-1]).square().mean().item()
    return 1 - _ratio((across + down) / 4, spread)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def opinion_of(e: Experiment, real_logits: Tensor, fake_logits: Tensor) -> dict[str, float]:
    """What D says of real and generated samples, as measurements."""
    loss = LOSSES[e.loss]
    if not (real_logits.isfinite().all() and fake_logits.isfinite().all()):
        return {}  # NaN is no judgement, neither right nor wrong.
    opinion = {
        "logit_max": torch.cat([real_logits, fake_logits]).abs().max().item(),
        "logit_gap": (real_logits.mean() - fake_logits.mean()).item(),
    }
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
    return {"mode_gap": _ratio((fakes["train"] - fakes["eval"]).abs().mean().item(), _diversity(fakes["train"]))}
