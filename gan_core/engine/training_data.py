"""What a run trains on: images or points."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from gan_core.data import load_for
from gan_core.data.images import Images, Progress
from gan_core.data.points import Points
from gan_core.data.sent_images import images_for
from gan_core.files.errors import DataError
from gan_core.settings.experiment import Experiment


def load_data(e: Experiment, progress: Progress | None = None, images: str = "") -> Images | Points:
    """The experiment's real images before any outliers, or its points. `images` is the digest of what another machine
    wants this one to train on, "" for whatever is here. Raises `DataError`."""
    return images_for(e, images, progress) if images else load_for(e, progress)


def load_images(e: Experiment, progress: Progress | None = None) -> Images:
    """The same of an experiment on images."""
    return images_of(e, load_data(e, progress))


def images_of(e: Experiment, data: Images | Points) -> Images:
    """The data of an experiment on images. Raises `DataError` for points, which have no pixels."""
    if isinstance(data, Points):
        raise DataError(f"dataset {e.dataset!r} consists of points in a plane, not images: choose another data set.")
    return data


def shared_tensor(array: NDArray[Any]) -> Tensor:
    """A tensor on the array's own memory, which nobody may write to: runs in processes that were forked share the
    images that were loaded before."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(array)
