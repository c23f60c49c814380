"""How far the pictures of a generator are from the real ones, in one number: for claims that something makes them
better or worse, of whatever document.

The Fréchet distance as in the FID (Heusel 2017, equation 6), but in the features of the small classifier of
engine/class_coverage.py: its values compare with each other alone. Smudges are near to nothing real, and a class that
is missing counts as well. A single one says little: seeds differ by a tenth and more, so compare several.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from gan_core.data.images import Images
from gan_core.engine import noise
from gan_core.engine.class_coverage import classifier_of
from gan_core.engine.measure import Probe, untouched
from gan_core.engine.random_sources import DISTANCE, source
from gan_core.engine.trainer import Trainer

COUNT = 2048  # images of either kind: the covariance of 256 features needs several times as many


def distance_to_real(trainer: Trainer, real: Images | None = None) -> float:
    """The Fréchet distance of COUNT pictures of the trainer's generator from as many `real` images.

    The pictures are made as the trainer's settings say and clipped to the legal range. The real images are labelled
    ones, those it trains on if none are given. 0 where nothing sets them apart; infinite where a picture is not
    finite. The trainer stays as it is.

    Raises ValueError for images whose classes nobody can tell apart, or of another size.
    """
    real = trainer.images if real is None else real
    classifier = classifier_of(real)
    if classifier is None:
        raise ValueError("real images must have classes that can be told apart: give labelled ones.")
    e, line = trainer.experiment, trainer.range_map
    z = noise.draw(e.noise, e.noise_scale, COUNT, e.latent_dim, source(e.seed, DISTANCE))
    generator = trainer.drawing
    with torch.no_grad(), untouched(generator):
        generator.train(e.sample_mode == "train")
        made = torch.cat([generator(part).float() for part in z.to(trainer.device).split(Probe.COUNT)])
    if not made.isfinite().all():
        return math.inf
    return frechet(classifier.features(made * line.std + line.mean), classifier.features(real.probe(COUNT).pixels))


def frechet(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """The Fréchet distance, squared as usual, of two samples (N, features), each taken as normally distributed."""
    shift = ours.mean(axis=0) - theirs.mean(axis=0)
    first, second = np.cov(ours, rowvar=False), np.cov(theirs, rowvar=False)
    # The trace of the root of a product: the same as of root(first) @ second @ root(first), which is symmetric.
    root = _root(first)
    shared = np.linalg.eigvalsh(root @ second @ root).clip(min=0)
    return float(shift @ shift + np.trace(first) + np.trace(second) - 2 * np.sqrt(shared).sum())


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    return root
