"""Taking what the page is shown of a run from its Trainer, without touching anything that training uses."""

from __future__ import annotations

from gan_core.data.points import Points
from gan_core.engine.measure_points import plane_of
from gan_core.engine.trainer import Trainer
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.messages.plane import real_plane
from gan_core.outputs.plane_picture import SIZE, in_plane, plane_picture, points_picture
from gan_core.pixels.range_map import png_bytes
from gan_core.pixels.tiles import COLUMNS, ROWS, histogram, picture


def opening(trainer: Trainer, classes: Classes | None = None) -> Opening:
    """The real images, or points, and the axis of all histograms: the legal range and a quarter of it on either
    side."""
    legal_low, legal_high = trainer.range_map.low, trainer.range_map.high
    margin = (legal_high - legal_low) / 4
    low, high = legal_low - margin, legal_high + margin
    real = trainer.probe.real.cpu().numpy()
    points = isinstance(trainer.data, Points)
    return Opening(
        real_png=png_bytes(points_picture(real, real=True)) if points else picture(real, trainer.range_map),
        real_histogram=histogram(real, low, high),
        low=low,
        high=high,
        legal_low=legal_low,
        legal_high=legal_high,
        tile=SIZE if points else real.shape[-1],
        columns=1 if points else COLUMNS,
        rows=1 if points else ROWS,
        device_name=trainer.device_name,
        classes=classes,
        plane=real_plane(in_plane(real)) if points else "",
    )


def take(trainer: Trainer, trained_s: float = 0.0) -> Frame:
    """The frame of the trainer's present step; changes nothing that training uses."""
    looked = trainer.look()
    fake = looked.fake.float().cpu().numpy()
    legal_low, legal_high = trainer.range_map.low, trainer.range_map.high
    margin = (legal_high - legal_low) / 4
    plane = ""
    if isinstance(trainer.data, Points):
        shown = plane_of(trainer.experiment, trainer.drawing, trainer.d, looked.fake)
        plane, png = shown.text(), png_bytes(plane_picture(shown, in_plane(trainer.probe.real.cpu().numpy())))
    else:
        png = picture(fake, trainer.range_map)
    return Frame(
        step=trainer.step,
        measurements=dict(looked.measurements),
        fake_png=png,
        histogram=histogram(fake, legal_low - margin, legal_high + margin),
        trained_s=trained_s,
        plane=plane,
    )
