"""The default data set: the ten digits as if handwritten, drawn here, so that no network is needed.

A digit is a pen's path (skeletons.py) that is disturbed, bent, slanted and sized as handwriting is, then
drawn by the distance of each pixel to that path.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gan_core.data import cache
from gan_core.data.images import Images, Progress, check_layout
from gan_core.data.skeletons import DIGITS, SAMPLES, Skeleton
from gan_core.data.source import Source
from gan_core.files.errors import DataError

COUNT = 10_000
CLASS_NAMES = tuple("0123456789")

# Part of the cache's file name: raise it with every change that draws other pixels.
VERSION = 2

# Images drawn at once: few enough that one batch of distances stays in the processor's cache.
_BATCH = 128

_Floats = NDArray[np.float64]


def load(image_size: int, channels: int, seed: int = 0, progress: Progress | None = None) -> Images:
    """10,000 digits, `image_size` pixels high and wide, drawn once and then kept in the cache folder.

    The same arguments give the same bytes. `channels` 1: white on black; 3: coloured on dark colours.
    Raises DataError for an image_size outside 8 to 64, channels other than 1 or 3, or a negative seed.
    """
    _check(COUNT, image_size, channels, seed)
    name = f"digits-v{VERSION}-{image_size}px-{channels}ch-seed{seed}-{COUNT}.npz"
    shapes = {"pixels": (COUNT, channels, image_size, image_size), "labels": (COUNT,)}
    kept = cache.read_arrays(name, shapes)
    if kept is None:
        pixels, labels = draw(COUNT, image_size, channels, seed, progress)
        cache.write_arrays(name, {"pixels": pixels, "labels": labels}, keep="digits-*.npz")
    else:
        pixels, labels = kept["pixels"], kept["labels"]
    return Images(pixels, labels, CLASS_NAMES, f"{COUNT:,} digits drawn by this project, seed {seed}")


def draw(
    count: int, image_size: int, channels: int, seed: int, progress: Progress | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw `count` digits: pixels uint8 (count, channels, image_size, image_size), labels int64 (count,).

    The classes are as equal in number as `count` allows, in shuffled order. Raises DataError as `load`
    does, and for a count below 1.
    """
    _check(count, image_size, channels, seed)
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count, dtype=np.int64) % len(DIGITS))
    paths, radii = _place(_write(labels, rng), rng)
    ink = rng.normal(1.05, 0.07, count).clip(0.75, 1.0)
    colours = _colours(count, rng) if channels == 3 else None

    pixels = np.empty((count, channels, image_size, image_size), np.uint8)
    for start in range(0, count, _BATCH):
        batch = slice(start, start + _BATCH)
        cover = _cover(paths[batch], radii[batch], image_size) * ink[batch, None, None].astype(np.float32)
        drawn = cover[:, None] * np.float32(255) if colours is None else _paint(cover, colours[batch])
        pixels[batch] = np.rint(drawn)
        if progress is not None:
            progress(min(1.0, (start + _BATCH) / count), "drawing digits")
    return pixels, labels


def _check(count: int, image_size: int, channels: int, seed: int) -> None:
    if count < 1:
        raise DataError(f"count must be at least 1, but is {count}.")
    check_layout(image_size, channels)
    if seed < 0:
        raise DataError(f"seed must be 0 or more, but is {seed}.")


def _write(labels: NDArray[np.int64], rng: np.random.Generator) -> _Floats:
    """Paths (N, SAMPLES, 2) around the origin, about 1 high: each digit in one of its ways, disturbed."""
    paths = np.empty((len(labels), SAMPLES, 2))
    for digit, skeletons in enumerate(DIGITS):
        mine = np.flatnonzero(labels == digit)
        ways = rng.choice(len(skeletons), len(mine), p=[skeleton.share for skeleton in skeletons])
        for way, skeleton in enumerate(skeletons):
            paths[mine[ways == way]] = _disturbed(skeleton, int((ways == way).sum()), rng)
    return paths


def _disturbed(skeleton: Skeleton, count: int, rng: np.random.Generator) -> _Floats:
    # Some people write more unevenly than others, so the size of the disturbance varies too.
    unevenness = 0.012 + 0.036 * rng.random((count, 1, 1))
    points = skeleton.points + unevenness * rng.standard_normal((count, *skeleton.points.shape))
    return np.matmul(skeleton.curve, points) - 0.5


def _place(paths: _Floats, rng: np.random.Generator) -> tuple[_Floats, _Floats]:
    """Bend, slant, turn, size and place paths (N, K, 2) in the image; and the pen's radius along them (N, K).

    Both in units of the image's side, the origin at its centre.
    """
    count = len(paths)
    x, y = paths[..., 0], paths[..., 1]

    def vary(spread: float, mean: float = 0.0) -> _Floats:
        return rng.normal(mean, spread, (count, 1)).clip(mean - 2.5 * spread, mean + 2.5 * spread)

    # Bends of the whole plane, so that strokes that meet still meet: one bow bigger than the other, a curved
    # stem, a foot that turns up; then the wave of an unsteady hand.
    bent_x = x * (1 + vary(0.30) * y) + vary(0.16) * y**2 + vary(0.10) * x**2
    bent_y = y * (1 + vary(0.18) * x) + vary(0.22) * y**2 + vary(0.12) * x**2
    turns = 2 * np.pi * rng.random((count, 2, 1))
    bent_x = bent_x + vary(0.016) * np.sin(2 * np.pi * rng.uniform(0.7, 1.8, (count, 1)) * y + turns[:, 0])
    bent_y = bent_y + vary(0.016) * np.sin(2 * np.pi * rng.uniform(0.7, 1.8, (count, 1)) * x + turns[:, 1])

    wide = np.exp(vary(0.20, mean=-0.13)) * bent_x
    slanted = wide - vary(0.29, mean=0.16) * bent_y
    angle = vary(0.11)
    turned_x = np.cos(angle) * slanted - np.sin(angle) * bent_y
    turned_y = np.sin(angle) * slanted + np.cos(angle) * bent_y
    placed = np.stack([turned_x, turned_y], axis=-1)

    # As in MNIST: the longer side of the inked box is about 20 of 28 pixels, the ink's centre in the middle.
    pen = np.exp(vary(0.27, mean=np.log(1.31 / 28)))
    side = rng.uniform(0.66, 0.72, (count, 1)) - 2 * pen
    box = np.ptp(placed, axis=1).max(axis=-1, keepdims=True)
    placed = (placed - placed.mean(axis=1, keepdims=True)) * (side / box)[..., None]
    placed = placed + rng.normal(0.0, 0.012, (count, 1, 2))
    room = 0.5 - pen
    over = np.maximum(placed.max(axis=1) - room, 0) - np.maximum(-room - placed.min(axis=1), 0)
    placed = placed - over[:, None]

    along = np.linspace(0, 2 * np.pi, paths.shape[1])
    pressure = vary(0.13) * np.sin(rng.uniform(0.4, 1.6, (count, 1)) * along + turns[:, 0])
    return placed, pen * (1 + pressure)


def _cover(paths: _Floats, radii: _Floats, image_size: int) -> NDArray[np.float32]:
    """How much of each pixel the pen covers, (n, image_size, image_size), 0 to 1."""
    centres = np.arange(image_size, dtype=np.float32) - np.float32((image_size - 1) / 2)
    pen = radii * image_size
    # The squared distance is the sum of one in x and one in y, so only that sum is taken at every pixel. Its
    # unit is the pen's radius at each point: the nearest point by that measure inks the pixel.
    # The images come last in memory: the innermost loop runs over them.
    scale = np.ascontiguousarray(1 / pen.T, np.float32)[:, None]
    places = np.ascontiguousarray(paths.transpose(2, 1, 0) * image_size, np.float32)[:, :, None]
    across, down = ((centres[:, None] - places) * scale) ** 2
    nearest = np.full((image_size, image_size, len(paths)), np.inf, np.float32)
    here = np.empty_like(nearest)
    for point in range(paths.shape[1]):
        np.add(down[point, :, None], across[point], out=here)
        np.minimum(nearest, here, out=nearest)

    # The share of a window one pixel wide (a little softer, as scanned ink is) that lies under the pen. Taken
    # across both edges, it also thins strokes narrower than a pixel rightly.
    radius = pen.mean(axis=1).astype(np.float32)
    distance = np.sqrt(nearest, out=nearest) * radius
    half = np.float32(0.5 + 0.15 * min(1.0, image_size / 28))
    cover = np.minimum(radius, distance + half) + np.minimum(radius, half - distance)
    return np.ascontiguousarray((cover / (2 * half)).clip(0, 1).transpose(2, 0, 1))


def _colours(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Three colours for each image, (count, 3, RGB): the stroke, and the background's left and right."""
    hue = rng.random((count, 1))
    # The backgrounds' hues keep away from the stroke's, so that the digit stands out by colour too.
    hues = (hue + np.concatenate([np.zeros((count, 1)), rng.uniform(0.2, 0.8, (count, 2))], axis=1)) % 1.0
    low = np.array([0.75, 0.05, 0.05])
    high = np.array([1.0, 0.38, 0.38])
    value = rng.uniform(low, high, (count, 3))
    strength = rng.uniform((0.4, 0.5, 0.5), (0.9, 1.0, 1.0), (count, 3))
    pure = np.clip(np.abs((hues[..., None] * 6 - np.array([0, 2, 4])) % 6 - 3) - 1, 0, 1)
    return (255 * value[..., None] * (1 - strength[..., None] * (1 - pure))).astype(np.float32)


def _paint(cover: NDArray[np.float32], colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strokes over a background that passes from one dark colour to another, (n, 3, H, W), 0 to 255."""
    stroke, left, right = colours.transpose(1, 0, 2)[..., None, None]
    across = np.linspace(0, 1, cover.shape[-1], dtype=np.float32)
    ground = left + (right - left) * across
    return np.asarray(ground + cover[:, None] * (stroke - ground))


SOURCE = Source(
    label="Drawn digits",
    words="Ten digits that look handwritten, drawn by this project; no download needed.",
    load=lambda asked: load(asked.image_size, asked.channels, progress=asked.progress),
    stamp=lambda _: None,
    in_script="digits drawn by the playground",
    colours=True,
)
