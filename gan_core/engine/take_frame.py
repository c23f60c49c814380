"""Taking what the page is shown of a run from its Trainer, without touching anything that training uses."""

from __future__ import annotations

from gan_core.engine.trainer import Trainer
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.pixels.tiles import COLUMNS, ROWS, histogram, picture


def opening(trainer: Trainer, classes: Classes | None = None) -> Opening:
    """The real images and the axis of all histograms: the legal range and a quarter of it on either side."""
    legal_low, legal_high = trainer.range_map.low, trainer.range_map.high
    margin = (legal_high - legal_low) / 4
    low, high = legal_low - margin, legal_high + margin
    real = trainer.probe.real.cpu().numpy()
    return Opening(
        real_png=picture(real, trainer.range_map),
        real_histogram=histogram(real, low, high),
        low=low,
        high=high,
        legal_low=legal_low,
        legal_high=legal_high,
        tile=real.shape[-1],
        columns=COLUMNS,
        rows=ROWS,
        device_name=trainer.device_name,
        classes=classes,
    )


def take(trainer: Trainer, trained_s: float = 0.0) -> Frame:
    """The frame of the trainer's present step; changes nothing that training uses."""
    looked = trainer.look()
    fake = looked.fake.float().cpu().numpy()
    legal_low, legal_high = trainer.range_map.low, trainer.range_map.high
    margin = (legal_high - legal_low) / 4
    return Frame(
        step=trainer.step,
        measurements=dict(looked.measurements),
        fake_png=picture(fake, trainer.range_map),
        histogram=histogram(fake, legal_low - margin, legal_high + margin),
        trained_s=trained_s,
    )
