"""The data sets by name, and `load`, which keeps the last few loaded sets in memory.

A new one is a file beside this one, named like it, with its `SOURCE`, and its name among the choices of the setting
`dataset`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from importlib import import_module

from gan_core.data.images import Images, Progress, check_layout
from gan_core.data.points import Points
from gan_core.data.source import Request, Source
from gan_core.files.errors import DataError
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS

# Sets kept in memory; the largest (20,000 colour pictures of 64 pixels) takes 245 MB.
KEPT = 4


def _source(name: str) -> Source:
    source: Source = import_module(f"gan_core.data.{name.replace('-', '_')}").SOURCE
    return source


# In the order of the table of settings.
SOURCES: dict[str, Source] = {str(name): _source(str(name)) for name in SETTINGS["dataset"].choices}

_loaded: OrderedDict[Hashable, Images | Points] = OrderedDict()
_lock = threading.Lock()


def load(
    name: str,
    image_size: int,
    channels: int,
    *,
    folder: str = "",
    progress: Progress | None = None,
    background: str = "black",
) -> Images:
    """The images of source `name`, `image_size` pixels square; pixels uint8 (N, channels, size, size).

    `folder` (the path of a folder or zip file) and `background` (of what is transparent, black or white) matter to the
    source `folder` only. The last few sets stay in memory
    and are shared. Raises DataError, in one sentence, for whatever is wrong.
    """
    found = _kept(name, Request(image_size, channels, folder, progress, background))
    if not isinstance(found, Images):
        raise DataError(f"dataset {name!r} consists of points in a plane, not images: choose another data set.")
    return found


def load_for(e: Experiment, progress: Progress | None = None) -> Images | Points:
    """The data that an experiment trains on, before any outliers; kept as by `load`. Raises DataError."""
    return _kept(e.dataset, Request(e.image_size, e.channels, e.folder, progress, e.background, e.mode_std, e.drawn))


def _kept(name: str, request: Request) -> Images | Points:
    source = SOURCES.get(name)
    if source is None:
        raise DataError(f"dataset {name!r} is unknown: choose one of {', '.join(SOURCES)}.")
    check_layout(request.image_size, request.channels)
    key = (name, request.image_size, request.channels, source.stamp(request))
    with _lock:
        if key in _loaded:
            _loaded.move_to_end(key)
            return _loaded[key]
    # Loaded outside the lock: a slow download must not hold up others. Two who ask at once load twice.
    data = source.load(request)
    with _lock:
        _loaded[key] = data
        _loaded.move_to_end(key)
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return data
