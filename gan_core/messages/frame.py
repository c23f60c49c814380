"""What the page is shown of a run: a Frame of one step, and the Opening that all its frames share."""

from __future__ import annotations

from dataclasses import dataclass, field

from gan_core.messages.blob import Blob


@dataclass(frozen=True)
class Classes:
    """The classes that a classifier tells apart."""

    names: list[str]
    real_shares: list[float]  # of the real images, for each class (0 to 1)
    accuracy: float  # how often the classifier is right on images held out from its training (0 to 1)


@dataclass(frozen=True)
class Opening:
    """The real side of a run."""

    real_png: Blob  # a grid of real images, or the plane with real points
    real_histogram: list[float]  # the share of pixel values in each of BINS equal bins
    low: float  # where the first bin begins; values below it are counted there
    high: float  # where the last bin ends; values above it are counted there
    legal_low: float  # the data's range
    legal_high: float
    tile: int  # size of one image of the grid, in pixels
    columns: int  # of the grid
    rows: int
    device_name: str
    classes: Classes | None  # None where the data has none to tell apart, or where nobody asked
    plane: str = ""  # the real points, see plane.py; empty for images


@dataclass(frozen=True)
class Frame:
    """The generated side at one step."""

    step: int
    measurements: dict[str, float]
    fake_png: Blob  # a grid of generated images, or the plane with generated points
    histogram: list[float]  # the share of generated values in each bin, see Opening
    # Seconds spent on training until then: no part of what the run is, so two frames may be equal without it.
    trained_s: float = field(default=0.0, compare=False)
    plane: str = ""  # what is shown of points, see plane.py; empty for images
