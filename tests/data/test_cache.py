"""What is kept between runs is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gan_core.data import cache

ONES = {"pixels": np.ones((3, 2), np.uint8), "labels": np.arange(3)}
SHAPES = {name: array.shape for name, array in ONES.items()}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_arrays_come_back_as_they_were(folder: Path) -> None:
    assert cache.read_arrays("ones.npz", SHAPES) is None
    cache.write_arrays("ones.npz", ONES, "*.npz")
    kept = cache.read_arrays("ones.npz", SHAPES)
    assert kept is not None
    assert {name: (array.dtype, array.tolist()) for name, array in kept.items()} == {
        name: (array.dtype, array.tolist()) for name, array in ONES.items()
    }
    assert [path.name for path in folder.iterdir()] == ["ones.npz"]


def test_a_failure_in_the_middle_leaves_the_older_file_alone(folder: Path) -> None:
    cache.write_arrays("ones.npz", ONES, "*.npz")
    before = (folder / "ones.npz").read_bytes()
    # The first array goes into the file, the second is of a kind that cannot be stored.
    with pytest.raises(ValueError, match="allow_pickle"):
        cache.write_arrays("ones.npz", {"pixels": np.zeros((3, 2)), "labels": np.array([object()])}, "*.npz")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"ones.npz": before}


def test_arrays_of_other_shapes_or_names_are_not_taken() -> None:
    cache.write_arrays("ones.npz", ONES, "*.npz")
    assert cache.read_arrays("ones.npz", {**SHAPES, "pixels": (2, 3)}) is None
    assert cache.read_arrays("ones.npz", {**SHAPES, "masks": (3,)}) is None
