"""What the page is shown of a run: a Frame of one step, and the Opening that all its frames share."""

from __future__ import annotations

from dataclasses import dataclass, field


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
