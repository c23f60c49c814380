"""What a loop hands over, as numbers of ours: copied, detached, on the CPU, of whatever library it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

Floats = NDArray[np.float32]
Shape = tuple[int, ...]

CHANNELS = (1, 3)
MOST_SIDE = 64  # pixels that are measured and shown of larger images


class Unusable(ValueError):
    """What was handed over cannot be measured; one sentence that names the argument and the remedy."""


def as_floats(name: str, given: Any, most: int | None = None) -> Floats:
    """A copy as float32, of the first `most` entries where that is given. Raises Unusable."""
    try:
        part = given if most is None else given[:most]
        if isinstance(part, torch.Tensor):
            return part.detach().to("cpu", torch.float32, copy=True).numpy()
        return np.array(part, dtype=np.float32)
    except (TypeError, ValueError, IndexError, RuntimeError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise Unusable(
            f"{name}, of type {type(given).__name__}, is not an array of numbers ({reason}): pass a tensor or an array."
        ) from None


def as_number(name: str, given: Any) -> float:
    """The mean of a loss, of one number or of one for each image. Raises Unusable."""
    values = as_floats(name, given)
    if values.size == 0:
        raise Unusable(f"{name} holds no number: pass the loss of this step.")
    return float(values.astype(np.float64).mean())


def as_images(name: str, given: Any, most: int, shape: Shape | None = None) -> Floats:
    """The first `most` images (N, C, H, W), of `shape` (C, H, W) where that is known.

    Images with their channels last, without a channel, or as flat rows of a known shape are brought into this order.
    Raises Unusable.
    """
    images = as_floats(name, given, most)
    found = images.shape
    if images.ndim == 2 and shape and found[1] == np.prod(shape):
        images = images.reshape(-1, *shape)
    elif images.ndim == 3:
        images = images[:, None]
    elif images.ndim == 4 and found[1] not in CHANNELS and found[3] in CHANNELS:
        images = np.moveaxis(images, 3, 1).copy()
    if images.ndim != 4 or images.size == 0 or (shape is None and images.shape[1] not in CHANNELS):
        raise Unusable(f"{name} has the shape {found}: pass images (N, C, H, W) with 1 or 3 channels.")
    if shape and images.shape[1:] != shape:
        raise Unusable(f"{name} has the shape {found}, but the real images are {shape}: pass images of their shape.")
    return images


def reduced(images: Floats, most: int = MOST_SIDE) -> Floats:
    """Images (N, C, H, W) of at most `most` pixels in height and width, larger ones by averaging."""
    height, width = images.shape[2:]
    if max(height, width) <= most:
        return images
    scale = most / max(height, width)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    smaller: Floats = interpolate(torch.from_numpy(images), size, mode="area").numpy()
    return smaller
