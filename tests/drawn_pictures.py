"""Pictures like those that people's GANs are trained on, drawn: faces, and fields of colour with shapes in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def faces(count: int, size: int, seed: int) -> Pixels:
    """(count, 3, size, size): a face before a gradient, each of its own colours, place and noise."""
    rng = np.random.default_rng(seed)
    return np.stack([_face(size, rng) for _ in range(count)])


def scenes(count: int, size: int, seed: int) -> Pixels:
    """(count, 3, size, size): clouds of 1 / f with blobs of colour, as photographs have it, from black to white."""
    rng = np.random.default_rng(seed)
    return np.stack([_scene(size, rng) for _ in range(count)])


def _grid(size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    axis = np.linspace(-1, 1, size)
    return axis[None, :], axis[:, None]


def _disc(x: NDArray[Any], y: NDArray[Any], at: tuple[float, float], radii: tuple[float, float]) -> NDArray[Any]:
    """1 inside an ellipse, 0 outside, soft at its edge."""
    inside = 1 - np.hypot((x - at[0]) / radii[0], (y - at[1]) / radii[1])
    return np.asarray((inside * min(radii) * x.size / 2 + 0.5).clip(0, 1))


def _face(size: int, rng: np.random.Generator) -> Pixels:
    x, y = _grid(size)
    low, high = rng.uniform(20, 235, (2, 3, 1, 1))
    along = (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1) + 2) / 4
    image = low + (high - low) * along
    middle = (rng.uniform(-0.08, 0.08), rng.uniform(-0.2, -0.05))
    skin = np.array([224, 172, 105]) * rng.uniform(0.5, 1.1) + rng.uniform(-15, 15, 3)
    wide = rng.uniform(0.34, 0.44)
    parts = [
        ((middle[0], 1.1), (0.8, 0.55), rng.uniform(10, 245, 3)),
        ((middle[0], middle[1] - 0.12), (wide + 0.1, 0.62), rng.uniform(10, 120, 3)),
        (middle, (wide, 0.52), skin),
        *(((middle[0] + side * 0.16, middle[1] - 0.08), (0.07, 0.045), rng.uniform(5, 60, 3)) for side in (-1, 1)),
        ((middle[0], middle[1] + 0.26), (rng.uniform(0.08, 0.18), 0.04), np.array([170, 50, 60])),
    ]
    for at, radii, colour in parts:
        cover = _disc(x, y, at, radii)
        image = image * (1 - cover) + np.asarray(colour)[:, None, None] * cover
    light = 1 + 0.25 * x * rng.choice([-1, 1])
    return np.rint((image * light + rng.normal(0, 4, image.shape)).clip(0, 255)).astype(np.uint8)


def _scene(size: int, rng: np.random.Generator) -> Pixels:
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None]) + 1 / size
    shared, own = rng.standard_normal((2, 3, size, size))
    fields = [np.fft.ifft2(np.fft.fft2(field) / frequency**1.2).real for field in (shared[:1], own)]
    image = fields[0] / fields[0].std() * 55 + fields[1] / fields[1].std() * 25
    image = image + rng.uniform(70, 180, (3, 1, 1))
    x, y = _grid(size)
    for _ in range(rng.integers(1, 5)):
        cover = _disc(x, y, tuple(rng.uniform(-0.8, 0.8, 2)), tuple(rng.uniform(0.1, 0.5, 2)))
        image = image * (1 - 0.8 * cover) + 0.8 * cover * rng.uniform(0, 255, (3, 1, 1))
    return np.rint(image.clip(0, 255)).astype(np.uint8)
