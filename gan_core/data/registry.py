"""The one list of data sources, and `load`, which keeps the last few loaded sets in memory.

A new source is a file beside this one and an entry in SOURCES.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from gan_core.data import digits, folder, idx
from gan_core.data.images import Images, Progress, check_layout
from gan_core.files.errors import DataError

# Sets kept in memory; the largest (20,000 colour pictures of 64 pixels) takes 245 MB.
KEPT = 4


@dataclass(frozen=True)
class Request:
    """What is asked of a source; `image_size` in pixels. Each source reads the fields that concern it."""

    image_size: int
    channels: int
    seed: int
    folder: str
    progress: Progress | None


@dataclass(frozen=True)
class Source:
    """A source of images: its `label` and one sentence of `words`, how to `load` it, and its `stamp`.

    The stamp is whatever the images depend on besides size and channels (a seed, the state of the files):
    images in memory serve again only while the stamp stays the same.
    """

    label: str
    words: str
    load: Callable[[Request], Images]
    stamp: Callable[[Request], Hashable]


def _idx_source(data: idx.IdxData, words: str) -> Source:
    return Source(
        label=data.label,
        words=words,
        load=lambda asked: idx.load(data, asked.image_size, asked.channels, asked.progress),
        stamp=lambda _: idx.stamp(data),
    )


SOURCES: dict[str, Source] = {
    "digits": Source(
        label="Drawn digits",
        words="Ten digits as if handwritten, drawn by this project: needs no network.",
        load=lambda asked: digits.load(asked.image_size, asked.channels, asked.seed, asked.progress),
        stamp=lambda asked: asked.seed,
    ),
    "fashion-mnist": _idx_source(idx.FASHION_MNIST, "Ten kinds of clothes, photographed, grey, 28×28."),
    "mnist": _idx_source(idx.MNIST, "Ten digits written by hand, scanned, grey, 28×28."),
    "folder": Source(
        label="Your own pictures",
        words="A folder or a zip file of your own pictures, cropped to squares.",
        load=lambda asked: folder.load(asked.folder, asked.image_size, asked.channels, asked.progress),
        stamp=lambda asked: folder.stamp(asked.folder),
    ),
}

_loaded: OrderedDict[Hashable, Images] = OrderedDict()
_lock = threading.Lock()


def load(
    name: str,
    image_size: int,
    channels: int,
    *,
    seed: int = 0,
    folder: str = "",
    progress: Progress | None = None,
) -> Images:
    """The images of source `name`, `image_size` pixels square; pixels uint8 (N, channels, size, size).

    `seed` matters to drawn data only, `folder` (the path of a folder or zip file) to `folder` only. The last
    few sets stay in memory and are shared. Raises DataError, in one sentence, for whatever is wrong.
    """
    source = SOURCES.get(name)
    if source is None:
        raise DataError(f"dataset {name!r} is not known: choose one of {', '.join(SOURCES)}.")
    check_layout(image_size, channels)
    request = Request(image_size, channels, seed, folder, progress)
    key = (name, image_size, channels, source.stamp(request))
    with _lock:
        if key in _loaded:
            _loaded.move_to_end(key)
            return _loaded[key]
    # Loaded outside the lock: a slow download must not hold up others. Two who ask at once load twice.
    images = source.load(request)
    with _lock:
        _loaded[key] = images
        _loaded.move_to_end(key)
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return images
