from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_core.data import DataError, idx, load
from gan_core.data.fashion_mnist import FASHION_MNIST
from gan_core.data.mnist import MNIST

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def write(folder: Path, prefix: str, pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    """A standard pair of IDX files, as the format's own description has it."""
    folder.mkdir(parents=True, exist_ok=True)
    header = struct.pack(">4I", 2051, *pixels.shape)
    (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + pixels.tobytes(), mtime=0))
    header = struct.pack(">2I", 2049, len(labels))
    (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(header + labels.tobytes(), mtime=0))


def pair(count: int = 12, size: int = 28, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (count, size, size), np.uint8)
    return pixels, rng.integers(0, 10, count, np.uint8)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAN_DATA", str(tmp_path))
    return tmp_path / "mnist"


# ----------------------------------------------------------------------------------- files in GAN_DATA


def test_every_file_is_used_in_order(folder: Path) -> None:
    (a, a_labels), (b, b_labels) = pair(5, seed=1), pair(7, seed=2)
    write(folder, "train", b, b_labels)
    write(folder, "t10k", a, a_labels)
    images = idx.load(MNIST, 28, 1)
    assert np.array_equal(images.pixels[:, 0], np.concatenate([a, b]))
    assert np.array_equal(images.labels, np.concatenate([a_labels, b_labels]))
    assert images.class_names == tuple("0123456789")


def test_resized_and_repeated_for_colour(folder: Path) -> None:
    pixels = np.zeros((2, 28, 28), np.uint8)
    pixels[0, :, :14] = 255
    pixels[1] = 77
    write(folder, "train", pixels, np.zeros(2, np.uint8))
    images = idx.load(MNIST, 14, 3)
    assert images.pixels.shape == (2, 3, 14, 14)
    assert np.all(images.pixels[:, 0] == images.pixels[:, 1])
    assert np.all(images.pixels[:, 0] == images.pixels[:, 2])
    assert np.all(images.pixels[0, 0, :, :6] == 255)
    assert np.all(images.pixels[0, 0, :, 8:] == 0)
    assert np.all(images.pixels[1] == 77)
    assert idx.load(MNIST, 64, 1).pixels.max() == 255


@pytest.mark.parametrize(("name", "mean"), [("fashion-mnist", 72.0), ("mnist", 33.8)])
def test_the_real_files(name: str, mean: float, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip(f"no files at {SHARED / name}")
    monkeypatch.setenv("GAN_DATA", str(SHARED))
    images = load(name, 28, 1)
    assert images.pixels.mean() == pytest.approx(mean, abs=0.1)
    assert images.labels is not None
    assert set(images.labels.tolist()) == set(range(10))
    assert load(name, 28, 1) is images


def test_changed_files_are_read_again(folder: Path) -> None:
    write(folder, "train", *pair(5))
    assert len(load("mnist", 28, 1)) == 5
    write(folder, "more", *pair(7))
    assert len(load("mnist", 28, 1)) == 12


# --------------------------------------------------------------------------------------- damaged files


def images_file(shape: tuple[int, int, int], body: int, magic: int = 2051) -> bytes:
    """A file whose header says `shape` and which holds `body` bytes after it."""
    return gzip.compress(struct.pack(">4I", magic, *shape) + bytes(body))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: whole[:-40], "damaged or cut off"),
        (lambda _: b"<html>not found</html>", "damaged or cut off"),
        (lambda _: b"", "damaged or cut off"),
        (lambda _: gzip.compress(bytes(3)), "damaged or cut off"),
        (lambda _: images_file((1, 1, 1), 1, magic=2049), "begins with 2049, not 2051"),
        (lambda _: images_file((9, 28, 28), 99), "fewer bytes than the 7056"),
        (lambda _: images_file((1, 2, 2), 9), "more bytes than the 4"),
        (lambda _: images_file((2**31, 2**31, 9), 0), "more than 2147483648 allowed"),
        (lambda _: images_file((1, 28, 28), 784), r"1 images, but .* 12 labels"),
        (lambda _: images_file((12, 0, 28), 0), "holds no images"),
    ],
)
def test_damaged_images_are_named(folder: Path, damage: Callable[[bytes], bytes], words: str) -> None:
    write(folder, "train", *pair())
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=words) as caught:
        idx.load(MNIST, 28, 1)
    assert "train-images-idx3-ubyte.gz" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_changed_byte_is_noticed(folder: Path) -> None:
    write(folder, "train", *pair())
    path = folder / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[-6] ^= 1  # in the checksum
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        idx.load(MNIST, 28, 1)


def test_missing_files_and_labels(folder: Path) -> None:
    with pytest.raises(DataError, match=r"GAN_DATA is set, but .* digits"):
        idx.load(MNIST, 28, 1)
    write(folder, "train", *pair())
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"put train-labels-idx1-ubyte\.gz beside it"):
        idx.load(MNIST, 28, 1)


def test_unknown_label_and_mixed_sizes(folder: Path) -> None:
    pixels, labels = pair()
    write(folder, "train", pixels, np.full_like(labels, 10))
    with pytest.raises(DataError, match="label 10, above 9"):
        idx.load(MNIST, 28, 1)
    write(folder, "train", pixels, labels)
    write(folder, "other", *pair(size=20))
    with pytest.raises(DataError, match="different sizes"):
        idx.load(MNIST, 28, 1)


# -------------------------------------------------------------------------------------------- download


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, list[str]]]:
    """A folder served as MNIST's address, and the paths asked for; the cache is empty, GAN_DATA not set."""
    served = tmp_path / "served"
    served.mkdir()
    asked: list[str] = []
    handler = type("Handler", (Quiet,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(served))) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.delenv("GAN_DATA", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("GAN_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("GAN_MNIST_URL", f"http://127.0.0.1:{http.server_port}")
        yield served, asked
        http.shutdown()
        thread.join()


def known(served: Path) -> idx.IdxData:
    """MNIST with the hashes of the files that are served."""
    names = [name for name, _ in MNIST.hashes]
    hashes = [hashlib.md5((served / name).read_bytes()).hexdigest() for name in names]
    return replace(MNIST, hashes=tuple(zip(names, [f"md5:{digest}" for digest in hashes], strict=True)))


def test_fetched_once_with_progress(server: tuple[Path, list[str]]) -> None:
    served, asked = server
    pixels, labels = pair(300)
    write(served, "train", pixels, labels)
    told: list[tuple[float, str]] = []
    images = idx.load(known(served), 28, 1, lambda done, words: told.append((done, words)))
    assert np.array_equal(images.pixels[:, 0], pixels)
    assert np.array_equal(images.labels, labels)
    assert told[-1] == (1.0, "downloading MNIST: train-labels-idx1-ubyte.gz")
    idx.load(known(served), 28, 1)
    assert asked == ["/train-images-idx3-ubyte.gz", "/train-labels-idx1-ubyte.gz"]


def test_damaged_cache_is_fetched_again(server: tuple[Path, list[str]], tmp_path: Path) -> None:
    served, asked = server
    write(served, "train", *pair())
    data = known(served)
    idx.load(data, 28, 1)
    (tmp_path / "cache" / "mnist" / "train-images-idx3-ubyte.gz").write_bytes(b"half")
    assert len(idx.load(data, 28, 1)) == 12
    assert asked.count("/train-images-idx3-ubyte.gz") == 2


def test_other_file_than_known_is_refused(server: tuple[Path, list[str]], tmp_path: Path) -> None:
    served, _ = server
    write(served, "train", *pair())
    with pytest.raises(DataError, match=r"hash differs.*digits"):
        idx.load(MNIST, 28, 1, retries=0)
    assert not list((tmp_path / "cache").rglob("*ubyte*"))


def test_fetching_is_tried_again(server: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    _, asked = server
    monkeypatch.setattr("pooch.core.time.sleep", lambda _: None)
    with pytest.raises(DataError, match=r"could not be downloaded.*digits.*GAN_DATA"):
        idx.load(MNIST, 28, 1, retries=2)
    assert asked == ["/train-images-idx3-ubyte.gz"] * 3


def test_cache_that_cannot_be_written(
    server: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, _ = server
    write(served, "train", *pair())
    (tmp_path / "file").touch()
    monkeypatch.setenv("GAN_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="set GAN_CACHE to a folder that can be written"):
        idx.load(known(served), 28, 1, retries=0)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "no address"])
def test_no_network_is_one_sentence(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("GAN_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("GAN_CACHE", str(tmp_path))
    monkeypatch.setenv("GAN_FASHION_URL", address)
    with pytest.raises(DataError, match=r"Fashion-MNIST could not be downloaded from .*digits.*GAN_DATA") as caught:
        idx.load(FASHION_MNIST, 28, 1, retries=0)
    assert "\n" not in str(caught.value)
