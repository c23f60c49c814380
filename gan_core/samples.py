"""Generated images as numbers: what a page needs of a live run to show, save or take apart its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gan_core.experiment import Experiment
from gan_core.pixels import RangeMap
from gan_core.protocol import Collected

if TYPE_CHECKING:  # The page's process takes samples too, and must stay free of torch.
    from gan_core.training import Trainer

Floats = NDArray[np.float32]

MOST = 64  # images of the fixed noise that every picture of a run is drawn from


class SamplesError(ValueError):
    """The samples that were asked for cannot be; one sentence."""


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


def collect(trainer: Trainer, count: int) -> Samples:
    """The first `count` (1 to MOST) images of the trainer's present step; changes nothing that training uses.
    Raises SamplesError for another count."""
    if not 1 <= count <= MOST:
        raise SamplesError(f"count must be 1 to {MOST}, but is {count}.")
    fake = trainer.look().fake[:count]
    return Samples(
        step=trainer.step,
        experiment=trainer.experiment,
        latent=trainer.probe.z[:count].float().cpu().numpy(),
        values=fake.float().cpu().contiguous().numpy(),
        range_map=trainer.range_map,
        device_name=trainer.device_name,
    )


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
