from __future__ import annotations

import numpy as np
import pytest

from gan_core.data import DataError, Images
from gan_core.data.outliers import with_outliers


@pytest.fixture(scope="module")
def images() -> Images:
    pixels = np.random.default_rng(0).integers(60, 90, (200, 3, 8, 8), np.uint8)
    return Images(pixels, np.arange(200) % 4, ("a", "b", "c", "d"), "test")


@pytest.mark.parametrize(("fraction", "count"), [(0, 0), (0.001, 0), (0.02, 4), (0.1, 20), (0.5, 100)])
def test_a_quarter_of_each_kind(images: Images, fraction: float, count: int) -> None:
    broken = with_outliers(images, fraction, 0)
    changed = np.flatnonzero((broken.pixels != images.pixels).any(axis=(1, 2, 3)))
    assert len(changed) == count
    after, before = broken.pixels[changed], images.pixels[changed]
    kinds = {
        "black": (after == 0).all(axis=(1, 2, 3)).sum(),
        "white": (after == 255).all(axis=(1, 2, 3)).sum(),
        "inverted": (after == 255 - before).all(axis=(1, 2, 3)).sum(),
        "noise": (np.ptp(after.astype(int), axis=(1, 2, 3)) > 180).sum(),
    }
    assert set(kinds.values()) == {count // 4}


def test_rounded(images: Images) -> None:
    broken = with_outliers(images, 0.013, 0)
    assert (broken.pixels != images.pixels).any(axis=(1, 2, 3)).sum() == 3


def test_by_seed_and_without_touching_the_original(images: Images) -> None:
    before = images.pixels.tobytes()
    first, again, other = (with_outliers(images, 0.2, seed).pixels.tobytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert images.pixels.tobytes() == before


def test_labels_stay_and_the_source_says_so(images: Images) -> None:
    broken = with_outliers(images, 0.1, 0)
    assert np.array_equal(broken.labels, images.labels)
    assert broken.source == "test, 20 of them broken"


@pytest.mark.parametrize("fraction", [-0.1, 0.51, float("nan")])
def test_bad_fraction(images: Images, fraction: float) -> None:
    with pytest.raises(DataError, match=r"outliers must be a fraction from 0 to 0\.5"):
        with_outliers(images, fraction, 0)


def test_bad_seed(images: Images) -> None:
    with pytest.raises(DataError, match="seed"):
        with_outliers(images, 0.1, -1)
