"""Measuring pictures and judgements made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from tiny import tiny
from torch import Tensor, nn

from gan_core.engine.measure import Probe, look
from gan_core.pixels.range_map import RangeMap

BLACK_TO_WHITE = np.array([[[[0, 255]]]], dtype=np.uint8)


class Painter(nn.Module):
    """A generator that gives the same pictures whatever the noise."""

    def __init__(self, pictures: Tensor) -> None:
        super().__init__()
        self.pictures = pictures

    def forward(self, z: Tensor) -> Tensor:
        return self.pictures


class Judge(nn.Module):
    """D's logit is `slope` times the first pixel."""

    def __init__(self, slope: float = 1.0) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, images: Tensor) -> Tensor:
        return self.slope * images[:, 0, 0, :1]


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(seed: int) -> Tensor:
    """In [-1, 1]."""
    return torch.rand(Probe.COUNT, 1, 8, 8, generator=source(seed)) * 2 - 1


def measured(fake: Tensor, real: Tensor | None = None, d: nn.Module | None = None, **settings: Any) -> dict[str, float]:
    e = tiny(**settings)
    probe = Probe(
        torch.zeros(Probe.COUNT, e.latent_dim),
        pictures(1) if real is None else real,
        RangeMap.of(e.data_range, BLACK_TO_WHITE),
    )
    return look(e, Painter(fake), d or Judge(), None, probe, {}).measurements
