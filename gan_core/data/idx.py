"""Data sets published as gzip IDX files: those in the folder `GAN_DATA` names, else fetched once."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pooch
from numpy.typing import NDArray
from PIL import Image

from gan_core.data.images import Images, Progress, check_layout
from gan_core.data.resize import to_square
from gan_core.data.source import Source
from gan_core.files.cache_folder import cache_folder
from gan_core.files.errors import DataError

IMAGES_MAGIC = 2051
LABELS_MAGIC = 2049
IMAGES_ENDING = "-images-idx3-ubyte.gz"
LABELS_ENDING = "-labels-idx1-ubyte.gz"

RETRIES = 2
TIMEOUT = 20  # seconds without a byte from the server
CHUNK = 2**16  # bytes between two words on the progress

# A header may promise anything: nothing larger than this is read into memory.
MAX_BYTES = 2**31

# pooch announces each download on stderr, where the command line promises one line only.
pooch.get_logger().setLevel("WARNING")


@dataclass(frozen=True)
class IdxData:
    """A data set published as IDX files."""

    name: str  # also its folder in GAN_DATA
    label: str  # for people
    url: str  # where its files lie
    url_variable: str  # the environment variable that replaces `url` where it is set
    hashes: tuple[tuple[str, str], ...]  # each file with its known hash
    class_names: tuple[str, ...]

    def base_url(self) -> str:
        """The address the file names are appended to."""
        return (os.environ.get(self.url_variable) or self.url).rstrip("/") + "/"


def load(
    data: IdxData,
    image_size: int,
    channels: int,
    progress: Progress | None = None,
    retries: int = RETRIES,
) -> Images:
    """All images of the files found, scaled to `image_size` pixels; with 3 channels the grey three times.

    Raises DataError if there are no files, if they cannot be fetched, or if one is damaged.
    """
    check_layout(image_size, channels)
    local = local_folder(data)
    if local is None:
        pairs, source = [_download(data, progress, retries)], f"{data.label}, downloaded"
    else:
        pairs, source = _pairs_in(local), f"{data.label} from {local}"
    parts = [_read_pair(images, labels, len(data.class_names)) for images, labels in pairs]
    if len({pixels.shape[1:] for pixels, _ in parts}) > 1:
        raise DataError(f"The files in {local} hold images of different sizes: keep those of one size only.")
    pixels = np.concatenate([pixels for pixels, _ in parts])
    fitted = _fitted(pixels, image_size, progress)[:, None]
    labels = np.concatenate([labels for _, labels in parts])
    return Images(np.repeat(fitted, channels, axis=1), labels, data.class_names, source)


def stamp(data: IdxData) -> Hashable:
    """What the images depend on: the folder and its files as they are now, or the address they come from."""
    local = local_folder(data)
    if local is None:
        return str(cache_folder()), data.base_url()
    files = sorted(local.glob("*-ubyte.gz"))
    return str(local), tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def local_folder(data: IdxData) -> Path | None:
    """The data set's folder in the one `GAN_DATA` names; None where GAN_DATA is not set."""
    root = os.environ.get("GAN_DATA")
    return Path(root) / data.name if root else None


def _pairs_in(folder: Path) -> list[tuple[Path, Path]]:
    """Every file of images in the folder with its labels, in the order of their names."""
    found = sorted(folder.glob(f"*{IMAGES_ENDING}"))
    if not found:
        raise DataError(
            f"GAN_DATA is set, but {folder} holds no *{IMAGES_ENDING}: put the files there, unset GAN_DATA "
            f"to download them, or choose the dataset digits."
        )
    pairs = [(images, images.with_name(images.name.removesuffix(IMAGES_ENDING) + LABELS_ENDING)) for images in found]
    for images, labels in pairs:
        if not labels.is_file():
            raise DataError(f"{images} has no labels: put {labels.name} beside it.")
    return pairs


def _download(data: IdxData, progress: Progress | None, retries: int) -> tuple[Path, Path]:
    """The files of images and of labels, fetched unless they are in the cache with the right hash."""
    folder, url = cache_folder() / data.name, data.base_url()
    store = pooch.create(path=folder, base_url=url, registry=dict(data.hashes), retry_if_failed=retries)
    paths = []
    for name, _ in data.hashes:
        bar = _Bar(progress, f"downloading {data.label}: {name}") if progress else False
        try:
            # pooch fetches into a temporary file and moves it, so that no half file is left in the cache.
            paths.append(
                Path(
                    store.fetch(
                        name,
                        downloader=pooch.HTTPDownloader(progressbar=bar, chunk_size=CHUNK, timeout=TIMEOUT),
                    )
                )
            )
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise DataError(
                f"{data.label} cannot be kept in {folder}: set GAN_CACHE to a folder that can be written."
            ) from error
        except OSError as error:
            raise DataError(
                f"{data.label} could not be downloaded from {url} into {folder} (is there a network?): choose "
                f"the dataset digits, which needs none, or set GAN_DATA to a folder with {data.name}/ in it."
            ) from error
        except ValueError as error:
            raise DataError(
                f"{name} from {url} is not the {data.label} file this project knows (its hash differs): try "
                f"again, set GAN_DATA to a folder with {data.name}/ in it, or choose the dataset digits."
            ) from error
    return paths[0], paths[1]


class _Bar:
    """What pooch asks of a progress bar, told on to a Progress; sizes in bytes."""

    def __init__(self, progress: Progress, words: str) -> None:
        self.progress, self.words = progress, words
        self.total = self.done = 0

    def update(self, size: int) -> None:
        self.done += size
        # A server need not say how much there is; and the last piece is counted as a whole one.
        if self.total:
            self.progress(min(1.0, self.done / self.total), self.words)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        """Nothing to tidy up."""


def _read_pair(images: Path, labels: Path, classes: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    pixels = read_idx(images, IMAGES_MAGIC)
    numbers = read_idx(labels, LABELS_MAGIC)
    if len(pixels) != len(numbers):
        raise DataError(
            f"{images} holds {len(pixels)} images, but {labels} {len(numbers)} labels: download both again."
        )
    if 0 in pixels.shape:
        raise DataError(f"{images} holds no images: download it again.")
    if numbers.max() >= classes:
        raise DataError(f"{labels} holds the label {numbers.max()}, above {classes - 1}: download it again.")
    return pixels, numbers.astype(np.int64)


def read_idx(path: Path, magic: int) -> NDArray[np.uint8]:
    """The array in a gzip IDX file of unsigned bytes, in the file's own shape; `magic` says what it must be.

    Raises DataError, naming the file, if it is damaged, cut off, too long, or of another kind.
    """
    dimensions = magic & 0xFF
    try:
        with gzip.open(path) as file:
            header = file.read(4 + 4 * dimensions)
            if len(header) < 4 + 4 * dimensions:
                raise EOFError
            found, *shape = struct.unpack(f">{1 + dimensions}I", header)
            if found != magic:
                kind = "images" if magic == IMAGES_MAGIC else "labels"
                raise DataError(f"{path} is not an IDX file of {kind}: it begins with {found}, not {magic}.")
            size = math.prod(shape)
            if size > MAX_BYTES:
                raise DataError(f"{path} announces {size} bytes, more than {MAX_BYTES} allowed: download it again.")
            # One byte more than announced: it shows a longer file, and reading to the end checks it.
            body = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or cut off and cannot be read: download it again.") from error
    if len(body) != size:
        length = "more" if len(body) > size else "fewer"
        raise DataError(f"{path} holds {length} bytes than the {size} its header announces: download it again.")
    return np.frombuffer(body, np.uint8).reshape(shape)


def _fitted(pixels: NDArray[np.uint8], size: int, progress: Progress | None) -> NDArray[np.uint8]:
    """(N, H, W) -> (N, size, size)."""
    if pixels.shape[1:] == (size, size):
        return pixels
    fitted = np.empty((len(pixels), size, size), np.uint8)
    for number, image in enumerate(pixels):
        fitted[number] = to_square(Image.fromarray(image), size)[0]
        if progress is not None and number % 1000 == 0:
            progress(number / len(pixels), "resizing")
    return fitted


def source(data: IdxData, words: str) -> Source:
    """The record of such a data set, with one sentence of words."""
    return Source(
        label=data.label,
        words=words,
        load=lambda asked: load(data, asked.image_size, asked.channels, asked.progress),
        stamp=lambda _: stamp(data),
    )
