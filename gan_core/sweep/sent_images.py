"""Images that are sent to another machine for its cells: kept there once, under the digest of their pixels."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_core.data.images import Images
from gan_core.files.atomic_write import write_whole
from gan_core.files.cache_folder import cache_folder
from gan_core.files.errors import DataError


@dataclass(frozen=True)
class SentImages:
    """A set of images on its way."""

    digest: str
    content: bytes


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
def read(digest: str) -> Images:
    """Those that were kept here. Raises DataError where they are not."""
    path = _path(digest)
    if not path.exists():
        raise DataError("The images of this cell were not sent to this machine: set GAN_DATA there, and start again.")
    with np.load(path, allow_pickle=False) as found:
        source, *names = map(str, found["names"])
        labels = found["labels"] if found["labels"].size else None
        return Images(found["pixels"], labels, tuple(names), source)


def _path(digest: str) -> Path:
    return cache_folder() / "sent" / f"{digest}.npz"
