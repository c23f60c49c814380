"""What an examination of the untrained generator tells: messages for the page, so free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.messages.blob import Blob
from gan_core.messages.frame import Opening


@dataclass(frozen=True)
class Layer:
    """One layer of the generator, and the standard deviation of all the values it gives for a batch."""

    name: str  # for people
    train: float  # with BatchNorm in train mode: the batch's own statistics
    eval: float  # in eval mode: the running ones


@dataclass(frozen=True)
class Tone:
    """How pictures look, in levels of 0 to 255."""

    contrast: float  # the mean standard deviation within a picture
    level: float  # the mean level


@dataclass(frozen=True)
class Contrast:
    """The contrast (see Tone) of an output activation on top of an initialisation."""

    activation: str
    init: str
    train: float  # with BatchNorm in train mode
    eval: float  # in eval mode


@dataclass(frozen=True)
class Untrained:
    """The generator before any step."""

    opening: Opening
    fake_png: Blob  # of the first frame that a run would show, as `histogram`
    histogram: list[float]
    layers: tuple[Layer, ...]  # from the noise to the output
    train: Tone  # of the generated pictures, with BatchNorm in train mode
    eval: Tone  # in eval mode
    real: Tone  # of the real pictures
