"""What an examination of the untrained generator tells: messages for the page, so free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.messages.frame import Opening


@dataclass(frozen=True)
class Layer:
    """One layer of the generator: its `name` for people, and the standard deviation of all the values it gives
    for a batch, with BatchNorm in train mode (the batch's own statistics) and in eval mode (the running ones)."""

    name: str
    train: float
    eval: float


@dataclass(frozen=True)
class Tone:
    """How pictures look, in levels of 0 to 255: the mean standard deviation within one, and the mean level."""

    contrast: float
    level: float


@dataclass(frozen=True)
class Contrast:
    """The contrast (see Tone) of an output activation on top of an initialisation, in BatchNorm's two modes."""

    activation: str
    init: str
    train: float
    eval: float


@dataclass(frozen=True)
class Untrained:
    """The generator before any step. `fake_png` and `histogram` are those of a run's first frame (see frames);
    `layers` follow the signal from the noise to the output; the tones are of the generated pictures in both
    modes of BatchNorm, and of the real ones."""

    opening: Opening
    fake_png: bytes
    histogram: list[float]
    layers: tuple[Layer, ...]
    train: Tone
    eval: Tone
    real: Tone
