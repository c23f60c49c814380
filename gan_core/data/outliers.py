"""Broken images among the training images: what a careless collection holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gan_core.data.images import Images
from gan_core.files.errors import DataError


def with_outliers(images: Images, fraction: float, seed: int) -> Images:
    """`images` with a `fraction` (0 to 0.5) of them replaced by broken ones, chosen by `seed`.

    A quarter each of uniform noise, all black, all white, and the image inverted; the number of broken
    images is rounded. Labels stay. Raises DataError for a fraction or seed out of bounds.
    """
    if not 0 <= fraction <= 0.5:
        raise DataError(f"outliers must be a fraction from 0 to 0.5, but is {fraction}.")
    if seed < 0:
        raise DataError(f"seed must be 0 or more, but is {seed}.")
    count = round(fraction * len(images))
    if count == 0:
        return images
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(images), count, replace=False)
    noise, black, white, inverted = (chosen[kind::4] for kind in range(4))
    pixels = images.pixels.copy()
    pixels[noise] = rng.integers(0, 256, pixels[noise].shape, np.uint8)
    pixels[black] = 0
    pixels[white] = 255
    pixels[inverted] = 255 - pixels[inverted]
    return replace(images, pixels=pixels, source=f"{images.source}, {count} of them broken")
