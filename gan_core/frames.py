"""What the page is shown of a run: a Frame of one step, and the Opening that all its frames share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gan_core.pixels import Pixels, RangeMap, grid, png_bytes

if TYPE_CHECKING:  # The page's process reads frames too, and must stay free of torch.
    from gan_core.training import Trainer

Floats = NDArray[np.float32]

COLUMNS, ROWS = 8, 6
BINS = 64


@dataclass(frozen=True)
class Classes:
    """The classes that a classifier tells apart: their names, each one's share of the real images, and how often
    the classifier is right on images held out from its training (0 to 1)."""

    names: list[str]
    real_shares: list[float]
    accuracy: float


@dataclass(frozen=True)
class Opening:
    """The real side of a run. `real_histogram` holds the share of pixel values in each of BINS equal bins
    from `low` to `high` (values beyond are counted in the outermost ones); `legal_low` to `legal_high` is the
    data's range; `tile` is the size of one image in pixels; `classes` is None where the data has none to tell apart,
    or where nobody asked."""

    real_png: bytes
    real_histogram: list[float]
    low: float
    high: float
    legal_low: float
    legal_high: float
    tile: int
    columns: int
    rows: int
    device_name: str
    classes: Classes | None


@dataclass(frozen=True)
class Frame:
    """The generated side at one step: the grid as PNG, the share of values in each bin, measurements.

    `trained_s` is how many seconds the run had spent on training until then; no part of what the run is, so two
    frames may be equal without it.
    """

    step: int
    measurements: dict[str, float]
    fake_png: bytes
    histogram: list[float]
    trained_s: float = field(default=0.0, compare=False)


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


def picture(images: Floats, range_map: RangeMap) -> bytes:
    """The first images (N, C, H, W) as PNG: a grid at fixed range, clipped, never stretched; see `tiles`."""
    return png_bytes(grid(tiles(images[: COLUMNS * ROWS], range_map), COLUMNS))


def tiles(images: Floats, range_map: RangeMap) -> Pixels:
    """Images (N, C, H, W) in the data range as bytes. One with a NaN or infinity in it becomes a cross, since a
    conversion to 0..255 would paint it black and look like a picture."""
    broken = np.asarray(~np.isfinite(images).all(axis=(1, 2, 3)))
    pixels = range_map.to_uint8(np.where(broken[:, None, None, None], range_map.low, images))
    pixels[broken] = _cross(images.shape[-1])
    return pixels


def _cross(size: int) -> NDArray[np.uint8]:
    diagonal = np.eye(size, dtype=bool)
    return np.where(diagonal | diagonal[::-1], 255, 96).astype(np.uint8)


def histogram(images: Floats, low: float, high: float) -> list[float]:
    """Shares of the finite values in BINS bins from `low` to `high`, those beyond in the outermost; they sum
    to 1, or to 0 where no value is finite."""
    values = images[np.isfinite(images)].clip(low, high)
    counts, _ = np.histogram(values, BINS, (low, high))
    return [float(count) / max(values.size, 1) for count in counts]
