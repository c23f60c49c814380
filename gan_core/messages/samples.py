"""Generated images as numbers: what a page needs of a live run to show, save or take apart its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_core.messages.commands_and_reports import Collected
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment

Floats = NDArray[np.float32]

MOST = 64  # images of the fixed noise that every picture of a run is drawn from


@dataclass(frozen=True, eq=False)
class Samples:
    """Images at one step, as the generator gave them.

    `latent` (N, latent_dim) is the noise; `values` (N, C, H, W) what became of it, in the data range that
    `range_map` describes, neither clipped nor rounded, NaN where the network gave NaN. `experiment` holds the settings
    of that moment, `sample_mode` (BatchNorm's) among them. The images are the first N of a batch of MOST.
    """

    step: int
    experiment: Experiment
    latent: Floats
    values: Floats
    range_map: RangeMap
    device_name: str


def packed(samples: Samples) -> Collected:
    """As a message of the protocol."""
    return Collected(
        step=samples.step,
        experiment=samples.experiment.json_text(),
        latent=samples.latent.astype("<f4").tobytes(),
        values=samples.values.astype("<f4").tobytes(),
        count=len(samples.values),
        range_map=samples.range_map,
        device_name=samples.device_name,
    )


def unpacked(message: Collected) -> Samples:
    """From the message; the arrays cannot be written to."""
    e = Experiment.from_json(message.experiment)
    shape = (message.count, e.channels, e.image_size, e.image_size)
    return Samples(
        step=message.step,
        experiment=e,
        latent=np.frombuffer(message.latent, "<f4").reshape(message.count, e.latent_dim),
        values=np.frombuffer(message.values, "<f4").reshape(shape),
        range_map=message.range_map,
        device_name=message.device_name,
    )
