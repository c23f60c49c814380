"""The smallest experiments, images and trainers that still go through everything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from gan_core.data.images import Images
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

Rows = list[dict[str, float]]

SMALL: dict[str, Any] = {
    "image_size": 8, "width": 0.125, "latent_dim": 4, "batch_size": 8, "steps": 100, "measure_every": 2,
    "device": "cpu",
}  # fmt: skip


def tiny(**settings: Any) -> Experiment:
    """An experiment of 8 pixels and a few units; the documents' networks keep their own sizes."""
    small = dict(SMALL)
    if str(settings.get("architecture", "")).startswith("document-"):
        for name in ("image_size", "width", "latent_dim"):
            del small[name]
    return Experiment(**{**small, **settings})


def tiny_images(size: int = 8, channels: int = 1, count: int = 40) -> Images:
    """Random pictures that are neither symmetric nor alike."""
    rng = np.random.default_rng(11)
    pixels = rng.integers(0, 256, (count, channels, size, size), dtype=np.uint8)
    return Images(pixels, None, (), "noise")


def trainer(**settings: Any) -> Trainer:
    e = tiny(**settings)
    return Trainer(e, tiny_images(e.image_size, e.channels))


def trained(steps: int = 4, **settings: Any) -> Trainer:
    """A trainer that has done some steps."""
    made = trainer(**settings)
    for _ in range(steps):
        made.train_step()
    return made


def rows_of(made: Trainer, steps: int) -> Rows:
    """Measurements now and after each of some more steps."""
    rows = [made.measure()]
    for _ in range(steps):
        made.train_step()
        rows.append(made.measure())
    return rows


def state_of(trained: Trainer) -> dict[str, bytes]:
    """Every weight and buffer of a trainer, as bytes."""
    networks = {"g": trained.g, "d": trained.d}
    if trained.average is not None:
        networks["average"] = trained.average
    return {
        f"{owner}.{name}": tensor.detach().contiguous().numpy().tobytes()
        for owner, network in networks.items()
        for name, tensor in network.state_dict().items()
    }


@contextmanager
def global_randomness_unchanged() -> Iterator[None]:
    """Fails if anything inside draws from, or seeds, a global random state."""
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002
    yield
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == random.getstate()
    now = np.random.get_state()  # noqa: NPY002
    assert before[2][0] == now[0]
    assert (before[2][1] == now[1]).all()
    assert before[2][2:] == now[2:]
