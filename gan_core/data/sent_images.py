"""Images that are sent to another machine for its runs: kept there once, under the digest of their pixels."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_core.data.images import Images, Progress
from gan_core.data.registry import load_for
from gan_core.files.atomic_write import write_whole
from gan_core.files.cache_folder import cache_folder
from gan_core.files.errors import DataError
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS

DRAWN = ("digits",)  # images that each machine makes by itself, the same everywhere


@dataclass(frozen=True)
class SentImages:
    """A set of images on its way."""

    digest: str
    content: bytes


def sent(e: Experiment) -> bool:
    """Whether another machine may lack what this experiment trains on."""
    return e.dataset not in POINT_SETS and e.dataset not in DRAWN


def has_images(e: Experiment, digest: str) -> bool:
    """Whether this machine has these images, of its own or since they were sent."""
    return _path(digest).exists() or _own(e, digest) is not None


def images_for(e: Experiment, digest: str, progress: Progress | None = None) -> Images:
    """These images: those that were sent, else this machine's own where they are the same. Raises DataError."""
    if _path(digest).exists():
        return _read(digest)
    if (own := _own(e, digest, progress)) is not None:
        return own
    raise DataError("The images of this run were not sent to this machine: set GAN_DATA there, and start again.")


def _own(e: Experiment, digest: str, progress: Progress | None = None) -> Images | None:
    try:
        images = load_for(e, progress)
    except DataError:
        return None
    return images if isinstance(images, Images) and images.digest == digest else None


def pack(images: Images) -> SentImages:
    """The images as they travel."""
    labels = np.zeros(0, np.int64) if images.labels is None else images.labels
    names, file = np.array([images.source, *images.class_names]), io.BytesIO()
    np.savez(file, pixels=images.pixels, labels=labels, names=names)
    return SentImages(images.digest, file.getvalue())


def keep(sent: SentImages) -> None:
    """Keep them on this machine. Raises OSError."""
    path = _path(sent.digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, sent.content)


@functools.lru_cache(2)
def _read(digest: str) -> Images:
    with np.load(_path(digest), allow_pickle=False) as found:
        source, *names = map(str, found["names"])
        labels = found["labels"] if found["labels"].size else None
        return Images(found["pixels"], labels, tuple(names), source)


def _path(digest: str) -> Path:
    return cache_folder() / "sent" / f"{digest}.npz"
