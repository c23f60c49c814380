"""Generated images as numbers: what a page needs of a live run to show, save or take apart its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_core.messages.commands_and_reports import Collected
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS

Floats = NDArray[np.float32]

MOST = 64  # images of the fixed noise that every picture of a run is drawn from


@dataclass(frozen=True, eq=False)
class GeneratedSamples:
    """The first N images of a batch of MOST at one step, as the generator gave them."""

    step: int
    experiment: Experiment  # the settings at that step, `sample_mode` (BatchNorm's) among them
    latent: Floats  # the noise, (N, latent_dim)
    # What became of it, (N, C, H, W) or points (N, 2): neither clipped nor rounded, NaN where the network gave NaN.
    values: Floats
    range_map: RangeMap  # the data range of `values`
    device_name: str


def packed(samples: GeneratedSamples) -> Collected:
    """As a message."""
    return Collected(
        step=samples.step,
        experiment=samples.experiment,
        latent=samples.latent.astype("<f4").tobytes(),
        values=samples.values.astype("<f4").tobytes(),
        count=len(samples.values),
        range_map=samples.range_map,
        device_name=samples.device_name,
    )


def unpacked(message: Collected) -> GeneratedSamples:
    """From the message; the arrays cannot be written to."""
    e = message.experiment
    shape = (message.count, -1) if e.dataset in POINT_SETS else (message.count, e.channels, e.image_size, e.image_size)
    return GeneratedSamples(
        step=message.step,
        experiment=e,
        latent=np.frombuffer(message.latent, "<f4").reshape(message.count, e.latent_dim),
        values=np.frombuffer(message.values, "<f4").reshape(shape),
        range_map=message.range_map,
        device_name=message.device_name,
    )
