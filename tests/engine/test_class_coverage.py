"""Mode coverage against pictures whose classes are known."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny import global_randomness_unchanged, rows_of, state_of, tiny, tiny_images
from torch import Tensor, nn

from gan_core import data
from gan_core.data import digits
from gan_core.data.images import Images
from gan_core.engine import class_coverage
from gan_core.engine.class_coverage import COUNT, classifier_of, measure_modes
from gan_core.engine.trainer import Trainer
from gan_core.pixels.range_map import RangeMap

SIZE = 12


@pytest.fixture(scope="module")
def drawn() -> Images:
    """The project's digits, small."""
    return data.load("digits", SIZE, 1)


def fresh_digits() -> Images:
    """Digits that no classifier was trained on."""
    pixels, labels = digits.draw(1000, SIZE, 1, seed=77)
    return Images(pixels, labels, digits.CLASS_NAMES, "fresh")


def copy(images: Images) -> Images:
    """The same images, of which this process knows nothing yet."""
    return Images(images.pixels, images.labels, images.class_names, "a copy")


class Painter(nn.Module):
    """A generator whose n-th call gives the n-th batch of pictures."""

    def __init__(self, pictures: Tensor) -> None:
        super().__init__()
        self.batches = iter(pictures.split(64))

    def forward(self, z: Tensor) -> Tensor:
        return next(self.batches)


def measured(pixels: np.ndarray, classifier: class_coverage.Classifier) -> dict[str, float]:
    range_map = RangeMap.of("[-1,1]", pixels)
    painter = Painter(torch.tensor(range_map.encode(pixels[:COUNT])))
    return measure_modes(tiny(), painter, classifier, torch.zeros(COUNT, 4), range_map)


def test_digits_it_never_saw_have_their_own_shares(drawn: Images) -> None:
    classifier = classifier_of(drawn)
    fresh = fresh_digits()
    shares = classifier.shares(fresh.pixels)
    assert classifier.accuracy > 0.95
    assert shares.sum() == pytest.approx(1, abs=0.04)
    assert shares == pytest.approx(np.bincount(fresh.labels) / len(fresh), abs=0.02)
    assert classifier.covered(shares) == 10
    row = measured(fresh.pixels, classifier)
    assert row["modes_covered"] == 10
    assert set(row) == {"modes_covered", "recognised", *(f"class_share_{number}" for number in range(10))}
    assert row["recognised"] > 0.9
    assert row["class_share_3"] == pytest.approx((fresh.labels[:COUNT] == 3).mean(), abs=0.03)


@pytest.mark.parametrize("digit", [0, 1, 8])
def test_one_digit_alone_is_one_class(drawn: Images, digit: int) -> None:
    fresh = fresh_digits()
    alone = np.resize(fresh.pixels[fresh.labels == digit], (COUNT, 1, SIZE, SIZE))
    row = measured(alone, classifier_of(drawn))
    assert row["modes_covered"] == 1
    assert row[f"class_share_{digit}"] > 0.9


def test_bytes_and_floats_in_units_of_bytes_are_the_same(drawn: Images) -> None:
    classifier = classifier_of(drawn)
    some = drawn.probe(100).pixels
    assert (classifier.shares(some) == classifier.shares(torch.tensor(some).float())).all()


@pytest.mark.parametrize("kind", ["uniform", "saturated", "grey", "black", "white", "coarse", "average"])
def test_noise_is_of_no_class(drawn: Images, kind: str) -> None:
    rng = np.random.default_rng(5)
    shape = (COUNT, 1, SIZE, SIZE)
    pictures = {
        "uniform": rng.uniform(0, 255, shape),
        "saturated": 255 * rng.integers(0, 2, shape),
        "grey": rng.normal(127, 10, shape),
        "black": np.zeros(shape),
        "white": np.full(shape, 255),
        "coarse": rng.uniform(0, 255, (COUNT, 1, SIZE // 3, SIZE // 3)).repeat(3, axis=2).repeat(3, axis=3),
        "average": drawn.pixels.mean(axis=0, keepdims=True) + rng.normal(0, 5, shape),
    }[kind]
    classifier = classifier_of(drawn)
    shares = classifier.shares(torch.tensor(pictures))
    assert classifier.covered(shares) == 0
    assert shares.sum() < 0.05


def test_the_untrained_generator_covers_nothing(drawn: Images) -> None:
    for settings in ({}, {"architecture": "dcgan"}, {"init": "he_normal"}, {"norm_g": "none"}):
        e = tiny(image_size=SIZE, width=1.0, latent_dim=64, **settings)
        row = Trainer(e, drawn).measure()
        assert row["modes_covered"] == 0 and row["recognised"] < 0.01


def test_a_fifth_of_the_real_share_covers_a_class() -> None:
    classifier = class_coverage.Classifier(nn.Identity(), (1, 8, 8), 1.0, np.array([0.5, 0.3, 0.2, 0.0]))
    assert classifier.covered(np.array([0.11, 0.07, 0.05, 0.0])) == 3
    assert classifier.covered(np.array([0.09, 0.05, 0.03, 0.0])) == 0
    assert classifier.covered(np.zeros(4)) == 0


def test_pictures_that_are_not_finite_are_of_no_class(drawn: Images) -> None:
    classifier = classifier_of(drawn)
    some = torch.tensor(drawn.probe(20).pixels).float()
    whole = classifier.shares(some)
    some[:10, 0, 0, 0] = torch.nan
    assert classifier.shares(some).sum() <= 0.5
    assert whole.sum() > 0.9
    broken = drawn.pixels[:COUNT].astype(np.float32)
    broken[7, 0, 3, 3] = np.inf
    painter = Painter(torch.tensor(broken))
    assert measure_modes(tiny(), painter, classifier, torch.zeros(COUNT, 4), RangeMap.of("raw", drawn.pixels)) == {}


def test_pictures_of_another_size_are_refused(drawn: Images) -> None:
    with pytest.raises(ValueError, match="12, 12"):
        classifier_of(drawn).shares(np.zeros((4, 1, 8, 8), np.uint8))


def test_there_is_none_without_classes() -> None:
    pixels = tiny_images().pixels
    zeros = np.zeros(len(pixels), np.int64)
    assert classifier_of(tiny_images()) is None
    assert classifier_of(Images(pixels, zeros, ("one",), "")) is None
    assert classifier_of(Images(pixels, zeros, ("one", "two"), "")) is None
    many = tuple(str(number) for number in range(class_coverage.MAX_CLASSES + 1))
    assert classifier_of(Images(pixels, np.arange(len(pixels)), many, "")) is None
    assert "modes_covered" not in Trainer(tiny(), tiny_images()).measure()


def test_classes_that_cannot_be_told_apart_are_not_measured() -> None:
    pixels = tiny_images(count=400).pixels
    labels = np.random.default_rng(3).integers(0, 4, len(pixels))
    assert classifier_of(Images(pixels, labels, tuple("abcd"), "labels at random")) is None


@pytest.mark.parametrize("count", [2, 5, 20])
def test_tiny_sets_do_not_fail(count: int) -> None:
    labels = np.arange(count, dtype=np.int64) % 2
    classifier = classifier_of(Images(tiny_images(count=count).pixels, labels, ("a", "b"), "few"))
    assert classifier is None or 0 <= classifier.accuracy <= 1


def test_it_is_the_same_however_it_came_about(drawn: Images, tmp_path: Path, monkeypatch) -> None:
    """Trained now, trained again with other threads and another global state, or read from the cache."""
    fresh = fresh_digits().pixels
    known = classifier_of(drawn)
    assert classifier_of(drawn) is known
    again = []
    for threads in (1, 2):
        monkeypatch.setenv("GAN_CACHE", str(tmp_path / str(threads)))
        torch.set_num_threads(threads)
        torch.manual_seed(threads)
        try:
            again.append(classifier_of(copy(drawn)))
            assert torch.get_num_threads() == threads
        finally:
            torch.set_num_threads(1)
    again.append(classifier_of(copy(drawn)))
    for other in again:
        assert other.accuracy == known.accuracy
        assert (other.shares(fresh) == known.shares(fresh)).all()


def test_a_damaged_cache_is_made_anew(drawn: Images, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path))
    few = Images(drawn.pixels[:600], drawn.labels[:600], drawn.class_names, "")
    first = classifier_of(few)
    (file,) = tmp_path.glob("classifier-*.npz")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert classifier_of(copy(few)).accuracy == first.accuracy
    assert file.read_bytes() == whole
    assert os.listdir(tmp_path) == [file.name]


def test_other_images_are_another_data_set(drawn: Images, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path))
    pixels, labels = drawn.pixels[:300], drawn.labels[:300]
    changed = pixels.copy()
    changed[0, 0, 0, 0] ^= 1
    for images in (pixels, changed):
        classifier_of(Images(images, labels, drawn.class_names, ""))
    classifier_of(Images(pixels, labels[::-1].copy(), drawn.class_names, ""))
    assert len(list(tmp_path.glob("classifier-*.npz"))) == 3


@pytest.mark.parametrize("settings", [{}, {"precision": "bfloat16"}, {"ema": 0.9}, {"sample_mode": "eval"}])
def test_measuring_touches_nothing(drawn: Images, settings, tmp_path: Path, monkeypatch) -> None:
    """Neither the global random state nor the run; also when the classifier is trained on the way."""
    monkeypatch.setenv("GAN_CACHE", str(tmp_path))
    e = tiny(image_size=SIZE, measure_every=1, **settings)
    looked, blind = Trainer(e, copy(drawn)), Trainer(e, Images(drawn.pixels, None, (), "no labels"))
    with global_randomness_unchanged():
        rows = rows_of(looked, 3)
    plain = rows_of(blind, 3)
    assert state_of(looked) == state_of(blind)
    for row, without in zip(rows, plain, strict=True):
        assert "modes_covered" in row
        assert {name: value for name, value in row.items() if name in without} == without


def test_rows_have_it_and_looks_between_them_do_not(drawn: Images) -> None:
    trainer = Trainer(tiny(image_size=SIZE, measure_every=2, steps=3), drawn)
    has = []
    for _ in range(4):
        has.append("modes_covered" in trainer.measure())
        trainer.train_step()
    assert has == [True, False, True, True]


@pytest.mark.parametrize(("name", "least"), [("mnist", 0.94), ("fashion-mnist", 0.7)])
def test_real_data(stored_data: Path, name: str, least: float) -> None:
    images = data.load(name, 28, 1)
    classifier = classifier_of(images)
    assert classifier.accuracy > least
    assert classifier.covered(classifier.shares(images.probe(COUNT).pixels)) == 10
