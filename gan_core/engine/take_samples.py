"""Taking a run's generated images as numbers from its Trainer, without touching anything that training uses."""

from __future__ import annotations

from gan_core.engine.trainer import Trainer
from gan_core.messages.samples import MOST, GeneratedSamples


class SamplesError(ValueError):
    """The samples that were asked for cannot be; one sentence."""


def collect(trainer: Trainer, count: int) -> GeneratedSamples:
    """The first `count` (1 to MOST) images of the trainer's present step; changes nothing that training uses.
    Raises SamplesError for another count."""
    if not 1 <= count <= MOST:
        raise SamplesError(f"count must be 1 to {MOST}, but is {count}.")
    fake = trainer.look().fake[:count]
    return GeneratedSamples(
        step=trainer.step,
        experiment=trainer.experiment,
        latent=trainer.probe.z[:count].float().cpu().numpy(),
        values=fake.float().cpu().contiguous().numpy(),
        range_map=trainer.range_map,
        device_name=trainer.device_name,
    )
