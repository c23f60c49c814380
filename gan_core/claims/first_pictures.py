"""What generators draw before their first step: for claims about it, of whatever document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gan_core.claims.outcome import above
from gan_core.engine import noise
from gan_core.engine.initialise import initialise
from gan_core.engine.networks import build_generator
from gan_core.engine.random_sources import PICTURES, source
from gan_core.engine.untrained import FITTING_RANGE
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment

Levels = NDArray[np.floating[Any]]

SEEDS = (0, 1, 2)
IMAGES = 8  # each of 3,072 values in document 002's network: enough for a contrast
GREY = 10.0  # levels of 255: pictures of less contrast look even to the eye


def untrained(e: Experiment) -> tuple[nn.Sequential, Tensor]:
    """The layers of an experiment's generator as initialised, and noise (IMAGES, latent_dim) for them.

    The layers are in the mode of BatchNorm that the experiment says. Both follow from its seed.
    """
    g = build_generator(e).train(e.sample_mode == "train")
    initialise(g, e.init, e.init_std, e.seed)
    layers = g.layers
    assert isinstance(layers, nn.Sequential)
    return layers, noise.draw(e.noise, e.noise_scale, IMAGES, e.latent_dim, source(e.seed, PICTURES))


@torch.no_grad()
def levels(e: Experiment) -> Levels:
    """The pictures (IMAGES, C, H, W) of an untrained generator in levels, 0 to 255, neither more nor less.

    Each output activation is drawn in the range that it is made for.
    """
    layers, z = untrained(e)
    values = layers(z).reshape(IMAGES, e.channels, e.image_size, e.image_size).numpy()
    return RangeMap.of(FITTING_RANGE[e.output_activation]).decode(values).clip(0, 255)


def contrast_of(pictures: Levels) -> float:
    """The mean standard deviation within a picture, in levels."""
    return float(pictures.std(axis=(1, 2, 3)).mean())


def shown(pictures: Levels) -> Levels:
    """What Matplotlib's imshow makes of tanh values as they are: of colours as floats it cuts off what is below 0."""
    return (pictures * 2 - 255).clip(0, 255)


def colour(pictures: Levels) -> float:
    """How far apart the red, green and blue of a pixel are, in levels, on average."""
    return float(np.ptp(pictures, axis=1).mean())


def likeness_of_neighbours(pictures: Levels, apart: int = 1) -> float:
    """The correlation of each pixel with the one so far to its right."""
    centred = pictures - pictures.mean(axis=(2, 3), keepdims=True)
    return float((centred[..., apart:] * centred[..., :-apart]).mean() / np.square(centred).mean())


def for_each_seed(look: Callable[[Levels], Any], e: Experiment) -> list[float]:
    """The number that a look at the untrained generator's pictures gives, for each of SEEDS."""
    return [float(look(levels(e.replace(seed=seed)))) for seed in SEEDS]


def contrast(e: Experiment) -> list[float]:
    """The contrast of the untrained generator's pictures, for each of SEEDS."""
    return for_each_seed(contrast_of, e)


def grey(contrasts: list[float]) -> bool | None:
    """Whether pictures of these contrasts, one for each seed, look even; None where the spread leaves it open."""
    return above(contrasts, GREY, below=True)
