from __future__ import annotations

import numpy as np
import pytest

from gan_core.data import DataError, Images


def numbered(count: int) -> Images:
    """Image n has the value n and the label n."""
    pixels = np.arange(count, dtype=np.uint8).repeat(4).reshape(count, 1, 2, 2)
    return Images(pixels, np.arange(count), tuple(map(str, range(count))), "numbers")


@pytest.mark.parametrize(
    ("size", "count", "expected"),
    [(9, 3, [0, 4, 8]), (10, 10, list(range(10))), (10, 1, [0]), (3, 7, [0, 1, 2, 0, 1, 2, 0])],
)
def test_probe_is_evenly_spaced_or_repeats(size: int, count: int, expected: list[int]) -> None:
    probe = numbered(size).probe(count)
    assert probe.pixels[:, 0, 0, 0].tolist() == expected
    assert probe.labels is not None
    assert probe.labels.tolist() == expected


def test_probe_of_none_is_refused() -> None:
    with pytest.raises(DataError, match="count must be at least 1"):
        numbered(3).probe(0)


def test_shared_images_cannot_be_changed() -> None:
    images = numbered(3)
    with pytest.raises(ValueError, match="read-only"):
        images.pixels[0] = 1


@pytest.mark.parametrize(
    ("pixels", "labels", "words"),
    [
        (np.zeros((2, 1, 8, 8), np.float32), None, "pixels must be a uint8"),
        (np.zeros((2, 8, 8), np.uint8), None, "pixels must be a uint8"),
        (np.zeros((0, 1, 8, 8), np.uint8), None, "not empty"),
        (np.zeros((2, 1, 8, 8), np.uint8), np.zeros(3, np.int64), "one for each image"),
        (np.zeros((2, 1, 8, 8), np.uint8), np.array([0, 1]), "class_names"),
    ],
)
def test_what_does_not_fit_is_refused(pixels: np.ndarray, labels: np.ndarray | None, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Images(pixels, labels, ("only",), "")
