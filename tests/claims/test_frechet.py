"""The distance of pictures from real ones: against known distances, and in the order that an eye would give."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from tiny import state_of, tiny, tiny_images
from torch import Tensor, nn

from gan_core import data
from gan_core.claims.frechet import COUNT, distance_to_real, frechet
from gan_core.data import digits
from gan_core.data.images import Images
from gan_core.engine.trainer import Trainer

SIZE = 12


@pytest.fixture(scope="module")
def drawn() -> Images:
    return data.load("digits", SIZE, 1)


def sample(count: int, features: int, seed: int) -> np.ndarray:
    """Correlated, off centre, no two features alike."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, features)) @ rng.normal(size=(features, features)) + rng.normal(size=features)


def test_a_sample_is_at_no_distance_from_itself() -> None:
    ours = sample(50, 6, seed=1)
    assert frechet(ours, ours) == pytest.approx(0, abs=1e-9)
    assert frechet(ours, ours[::-1]) == pytest.approx(0, abs=1e-9)


def test_moved_and_enlarged_samples_are_at_a_known_distance() -> None:
    ours = sample(50, 6, seed=1)
    shift = np.array([3.0, 0, -4, 0, 0, 0])
    assert frechet(ours + shift, ours) == pytest.approx(25)
    middle = ours.mean(axis=0)
    enlarged = 3 * (ours - middle) + middle
    assert frechet(enlarged, ours) == pytest.approx((3 - 1) ** 2 * np.trace(np.cov(ours, rowvar=False)))


def test_the_general_case_is_the_formula_of_the_paper() -> None:
    ours, theirs = sample(80, 5, seed=1), sample(90, 5, seed=2)
    covariances = [np.cov(values, rowvar=False) for values in (ours, theirs)]
    root_of_product = np.sqrt(np.linalg.eigvals(covariances[0] @ covariances[1]).astype(complex)).sum().real
    expected = (
        ((ours.mean(axis=0) - theirs.mean(axis=0)) ** 2).sum()
        + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * root_of_product
    )  # fmt: skip
    assert frechet(ours, theirs) == pytest.approx(expected)
    assert frechet(theirs, ours) == pytest.approx(expected)


def test_fewer_images_than_features_are_no_obstacle() -> None:
    ours = sample(4, 9, seed=1)
    assert frechet(ours, ours) == pytest.approx(0, abs=1e-4)
    assert frechet(ours + 1, ours) == pytest.approx(9, abs=1e-4)


class Painter(nn.Module):
    """A generator whose n-th call gives the n-th batch of pictures."""

    def __init__(self, pictures: Tensor) -> None:
        super().__init__()
        self.batches = iter(pictures.split(64))

    def forward(self, z: Tensor) -> Tensor:
        return next(self.batches)


def painted(drawn: Images, pixels: np.ndarray, data_range: str = "[-1,1]") -> float:
    """The distance of these pictures, as if a generator had made them."""
    made = Trainer(tiny(image_size=SIZE, data_range=data_range, ema=0.0), drawn)
    values = made.range_map.encode(np.resize(pixels, (COUNT, 1, SIZE, SIZE)))
    made.g = Painter(torch.tensor(values))
    return distance_to_real(made)


def test_worse_pictures_are_farther_away(drawn: Images) -> None:
    fresh, labels = digits.draw(COUNT, SIZE, 1, seed=77)
    rng = np.random.default_rng(5)

    def noisy(levels: int) -> np.ndarray:
        return np.clip(fresh + rng.normal(0, levels, fresh.shape), 0, 255).astype(np.uint8)

    good = painted(drawn, fresh)
    some = painted(drawn, fresh[labels < 5])
    one = painted(drawn, fresh[labels == 3])
    assert 0 < good < some / 5 and some < one
    assert good < painted(drawn, noisy(60)) < painted(drawn, noisy(120)) < painted(drawn, noisy(10_000))
    assert painted(drawn, fresh[:1]) > 5 * good


def test_it_is_of_what_the_pictures_show_whatever_their_range(drawn: Images) -> None:
    fresh = digits.draw(COUNT, SIZE, 1, seed=77)[0]
    assert painted(drawn, fresh, "[0,1]") == pytest.approx(painted(drawn, fresh), rel=1e-4)


def test_measuring_changes_nothing(drawn: Images) -> None:
    e = tiny(image_size=SIZE, ema=0.9)
    measured, other = Trainer(e, drawn), Trainer(e, drawn)
    assert distance_to_real(measured) == distance_to_real(measured) == distance_to_real(other)
    for trainer in (measured, other):
        trainer.train_step()
    distance_to_real(measured)
    for trainer in (measured, other):
        trainer.train_step()
    assert state_of(measured) == state_of(other)


@pytest.mark.parametrize("ema", [0.0, 0.995])
def test_pictures_that_are_not_finite_are_infinitely_far(drawn: Images, ema: float) -> None:
    made = Trainer(tiny(image_size=SIZE, ema=ema), drawn)
    drawing = made.g if made.average is None else made.average
    with torch.no_grad():
        list(drawing.parameters())[-1].fill_(math.nan)
    assert distance_to_real(made) == math.inf


def test_other_real_images_may_be_named(drawn: Images) -> None:
    few = drawn.probe(60)
    made = Trainer(tiny(image_size=SIZE), Images(few.pixels, None, (), "few, without labels"))
    assert distance_to_real(made, drawn) == distance_to_real(Trainer(tiny(image_size=SIZE), drawn))
    with pytest.raises(ValueError, match="labelled"):
        distance_to_real(made)
    with pytest.raises(ValueError, match="labelled"):
        distance_to_real(made, tiny_images(SIZE))
