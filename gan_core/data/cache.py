"""The folder on disk where drawn and downloaded data is kept between runs."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.files.atomic_write import writing_whole
from gan_core.files.cache_folder import cache_folder

_log = logging.getLogger(__name__)

# Files of one kind that stay: each seed, size and colour is another file, up to 120 MB.
KEPT = 6


def read_arrays(name: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[Any]] | None:
    """The arrays kept under `name`; None if there are none, or if the file is damaged or of other shapes.

    A cache may be damaged (a full disk, a killed machine) without harm: whoever asked makes the data anew.
    """
    try:
        with np.load(cache_folder() / name, allow_pickle=False) as kept:
            arrays = {key: kept[key] for key in shapes}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    whole = all(array.shape == tuple(shapes[key]) for key, array in arrays.items())
    return arrays if whole else None


def write_arrays(name: str, arrays: Mapping[str, NDArray[Any]], keep: str) -> None:
    """Keep `arrays` under `name`, never half a file; of the files that match `keep`, the newest KEPT stay.

    Where the folder cannot be written, a warning is logged: what was made serves all the same.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with writing_whole(folder / name) as file:
            np.savez(file, allow_pickle=False, **arrays)
    except OSError as error:
        _log.warning(
            "%s cannot be written (%s), so data is made anew each time: set GAN_CACHE to a folder that can.",
            folder,
            error.strerror,
        )
        return
    for old in sorted(folder.glob(keep), key=_time_written)[:-KEPT]:
        old.unlink(missing_ok=True)


def _time_written(path: Path) -> float:
    # Another process may have removed the file since it was listed; then it counts as the oldest.
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
