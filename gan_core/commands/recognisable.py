"""How soon the pictures of a run are recognisable, in processor seconds of its training."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from gan_core.engine import noise
from gan_core.engine.class_coverage import RECOGNISED, Classifier, classifier_of, drawn
from gan_core.engine.random_sources import CLASSES, source
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

# Recognisable: so large a share of so many generated images is of one class beyond a doubt, and so many classes have a
# fiftieth of them each.
SHARE, IMAGES, LEAST_CLASSES, OF_ALL = 0.6, 1000, 8, 0.02
LOOK_EVERY = 20  # steps
NETWORKS = ("mlp", "mlp-plain")


@dataclass(frozen=True)
class Recognisable:
    """When a run's pictures were recognisable for the first time; None: not within the time that it was given."""

    what: str
    seconds: float | None
    steps: int
    share: float  # at that moment, or at the end
    classes: int

    def line(self) -> str:
        """For the table."""
        when = "not in time   " if self.seconds is None else f"after {self.seconds:5.2f} s"
        return f"{self.what:<58} {when}  step {self.steps}, {self.share:.0%} recognisable, {self.classes} classes"


def recognisable(most_s: float) -> Iterator[Recognisable]:
    """The digits, by each of NETWORKS at its own settings, for `most_s` seconds of training at most."""
    for architecture in NETWORKS:
        e = Experiment(architecture=architecture, steps=1_000_000)
        yield recognisable_after(f"digits: {architecture}, recognisable", Trainer(e), most_s)


def recognisable_after(what: str, trainer: Trainer, most_s: float) -> Recognisable:
    """Train until its pictures are recognisable. Raises ValueError for data without classes."""
    classifier = classifier_of(trainer.images)
    if classifier is None:
        raise ValueError(f"{trainer.experiment.dataset} has no classes to recognise")
    used = 0.0
    while True:
        begun = time.process_time()
        for _ in range(LOOK_EVERY):
            trainer.train_step()
        used += time.process_time() - begun
        share, classes = looked_at(trainer, classifier)
        found = share >= SHARE and classes >= LEAST_CLASSES
        if found or used >= most_s:
            return Recognisable(what, round(used, 2) if found else None, trainer.step, share, classes)


def looked_at(trainer: Trainer, classifier: Classifier) -> tuple[float, int]:
    """The share of recognisable images among IMAGES, and how many classes have OF_ALL of them; changes nothing."""
    e, generator = trainer.experiment, trainer.drawing
    z = noise.draw(e.noise, e.noise_scale, IMAGES, e.latent_dim, source(e.seed, CLASSES)).to(trainer.device)
    shares = classifier.shares(drawn(e, generator, z, trainer.range_map), RECOGNISED)
    return float(shares.sum()), int((shares >= OF_ALL).sum())
