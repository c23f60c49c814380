from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_core.data import DataError, cache, digits
from gan_core.data.skeletons import DIGITS

MNIST = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "mnist"


@pytest.fixture(scope="module")
def drawn() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    pixels, labels = digits.draw(2000, 28, 1, seed=3)
    return pixels[:, 0].astype(float), labels


@pytest.fixture(scope="module")
def mnist() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if not MNIST.is_dir():
        pytest.skip(f"no MNIST at {MNIST}")
    # Read with lines of its own, not with the reader under test elsewhere.
    images = gzip.decompress((MNIST / "t10k-images-idx3-ubyte.gz").read_bytes())
    numbers = gzip.decompress((MNIST / "t10k-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16)
    labels = np.frombuffer(numbers, np.uint8, offset=8)
    return pixels.reshape(-1, 28, 28)[:2000].astype(float), labels[:2000].astype(np.int64)


def small(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("GAN_CACHE", str(folder))
    monkeypatch.setattr(digits, "COUNT", 30)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [8, 28, 31, 64])
def test_any_size_and_colour(size: int, channels: int) -> None:
    pixels, labels = digits.draw(25, size, channels, 0)
    assert pixels.shape == (25, channels, size, size)
    assert pixels.dtype == np.uint8
    assert labels.dtype == np.int64
    assert np.all(pixels.std(axis=(1, 2, 3)) > 5), "an image without a digit"


def test_same_seed_same_bytes() -> None:
    first, again, other = (digits.draw(50, 16, 3, seed)[0].tobytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_size_and_colour_leave_the_digits_alone() -> None:
    grey, large = digits.draw(40, 16, 1, 5)[1], digits.draw(40, 64, 3, 5)[1]
    assert np.array_equal(grey, large)


def test_classes_balanced_and_shuffled() -> None:
    labels = digits.draw(205, 8, 1, 0)[1]
    counts = np.bincount(labels, minlength=10)
    assert counts.max() - counts.min() <= 1
    assert np.bincount(labels[:50], minlength=10).max() < 15
    assert not np.array_equal(labels, np.sort(labels))


def test_digits_carry_their_class(drawn: tuple[NDArray[np.float64], NDArray[np.int64]]) -> None:
    pixels, labels = drawn
    means = np.stack([pixels[:1000][labels[:1000] == digit].mean(axis=0) for digit in range(10)])
    distances = ((pixels[1000:1500, None] - means) ** 2).sum(axis=(2, 3))
    assert (distances.argmin(axis=1) == labels[1000:1500]).mean() > 0.6


def test_each_way_of_writing_has_its_share() -> None:
    for ways in DIGITS:
        assert sum(way.share for way in ways) == pytest.approx(1)
        for way in ways:
            # The path is a weighted mean of the points, so that moving all of them moves it as a whole.
            assert way.curve.sum(axis=1) == pytest.approx(1)


def test_as_much_ink_as_mnist(
    drawn: tuple[NDArray[np.float64], NDArray[np.int64]],
    mnist: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    ours, theirs = drawn[0], mnist[0]
    assert ours.mean() == pytest.approx(theirs.mean(), rel=0.1)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.05)
    assert ours.mean(axis=(1, 2)).std() == pytest.approx(theirs.mean(axis=(1, 2)).std(), rel=0.25)


def test_varied_as_mnist(
    drawn: tuple[NDArray[np.float64], NDArray[np.int64]],
    mnist: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    for digit in range(10):
        ours, theirs = (pixels[labels == digit].std(axis=0).mean() for pixels, labels in (drawn, mnist))
        assert ours > 0.75 * theirs, f"the digit {digit} varies too little"


def test_colour_is_colourful() -> None:
    pixels = digits.draw(100, 28, 3, 0)[0].astype(int)
    brightest = pixels.max(axis=1).reshape(100, -1).argmax(axis=1)
    strokes = pixels.reshape(100, 3, -1)[np.arange(100), :, brightest]
    assert np.ptp(strokes, axis=1).mean() > 80, "the strokes are greyish"
    assert strokes.max(axis=1).min() > 150, "a stroke is dark"
    assert np.median(pixels) < 90, "the backgrounds are bright"


def test_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, tmp_path)
    first = digits.load(8, 1, seed=4)
    monkeypatch.setattr(digits, "draw", lambda *_: pytest.fail("drawn again"))
    again = digits.load(8, 1, seed=4)
    assert again.pixels.tobytes() == first.pixels.tobytes()
    assert np.array_equal(again.labels, first.labels)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


@pytest.mark.parametrize("damage", [b"", b"not an archive", None])
def test_damaged_cache_is_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None) -> None:
    small(monkeypatch, tmp_path)
    first = digits.load(8, 1)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    middle = len(whole) // 2
    kept.write_bytes(whole[:middle] + bytes(64) + whole[middle + 64 :] if damage is None else damage)
    assert digits.load(8, 1).pixels.tobytes() == first.pixels.tobytes()
    assert kept.read_bytes() == whole


def test_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    small(monkeypatch, tmp_path / "file")
    assert len(digits.load(8, 1)) == 30
    assert "set GAN_CACHE to a folder that can" in caplog.text


def test_cache_keeps_only_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, tmp_path)
    for seed in range(cache.KEPT + 2):
        digits.load(8, 1, seed)
    assert len(list(tmp_path.iterdir())) == cache.KEPT


def test_progress_runs_to_one() -> None:
    told: list[float] = []
    digits.draw(200, 8, 1, 0, lambda done, _: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 28, 1, 0), "count"),
        ((1, 7, 1, 0), "image_size must be 8 to 64"),
        ((1, 65, 1, 0), "image_size must be 8 to 64"),
        ((1, 28, 2, 0), "channels must be 1 .* or 3"),
        ((1, 28, 1, -1), "seed"),
    ],
)
def test_bad_settings_are_refused(arguments: tuple[int, int, int, int], words: str) -> None:
    with pytest.raises(DataError, match=words):
        digits.draw(*arguments)
