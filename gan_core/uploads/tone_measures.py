"""Measurements on how pictures use their range of tones, and on single pixels that stand out. No torch.

Pictures are (N, C, H, W) in units of bytes, 0 to 255.
"""

from __future__ import annotations

import math

import numpy as np

from gan_core.uploads.picture_measures import Pixels, Tones

# A channel counts as lit from here on.
_LIT = 40
# A speck differs from its four neighbours, which are alike, by at least so much; round the circle by at most so much.
_APART, _ALIKE, _ROUND = 110, 40, 40
# Neighbouring tones that are at most so far apart, on the circle where 0 follows 255, belong to one surface.
_NEAR = 24
# Where the circle is cut for comparison: all over the range, and away from its ends.
_CUTS = range(32, 225, 8)


def neighbours(pictures: Tones) -> float:
    """Correlation of pixels side by side: 0 where each is light or dark for itself, near 1 in pictures of things.

    1 - E(x_i - x_(i+1))² / (2 Var x), within each picture and channel; NaN where nothing varies.
    """
    x = pictures.astype(np.float64)
    # Noise is told within a picture: what differs from one to the next is no structure.
    spread = x.var(axis=(2, 3))
    apart = ((np.diff(x, axis=2) ** 2).mean(axis=(2, 3)) + (np.diff(x, axis=3) ** 2).mean(axis=(2, 3))) / 2
    varied = spread > 4
    return float(np.median(1 - apart[varied] / (2 * spread[varied]))) if varied.any() else math.nan


def ends_of(pixels: Pixels) -> dict[str, float]:
    """How much lies exactly at the ends of the range.

    - `zeros`, `full`: shares of the values that are 0 and 255
    - `one_of_two`: of the `pairs_met` of the tones 2 and 3, 4 and 5, …, the share of which only one is there: of whole
      numbers v, 2 v - 255 meets every second tone
    - `zeros_each`, `full_each`: the same in the channel that has least of it
    - `split_dark`: share of a colour picture's pixels of which one or two channels are exactly 0 and another is lit, as
      where each channel was clipped for itself; `split_bright`: the same at 255
    - `dark_spike`, `bright_spike`: the values at an end ÷ the mean of the 12 next
    """
    counts = np.bincount(pixels.reshape(-1), minlength=256).astype(np.float64)
    found = {"zeros": counts[0] / pixels.size, "full": counts[255] / pixels.size}
    pairs = counts[2:254].reshape(-1, 2) > 0
    met = pairs.any(axis=1)
    found["pairs_met"] = float(met.sum())
    found["one_of_two"] = float((pairs.sum(axis=1) == 1).sum() / max(met.sum(), 1))
    found["dark_spike"] = float(counts[0] / max(counts[1:13].mean(), 1))
    found["bright_spike"] = float(counts[255] / max(counts[243:255].mean(), 1))
    if pixels.shape[1] == 3:
        found["zeros_each"] = min(float((pixels[:, c] == 0).mean()) for c in range(3))
        found["full_each"] = min(float((pixels[:, c] == 255).mean()) for c in range(3))
        low, high = pixels.min(axis=1), pixels.max(axis=1)
        found["split_dark"] = float(((low == 0) & (high > _LIT)).mean())
        found["split_bright"] = float(((high == 255) & (low < 255 - _LIT)).mean())
    return {name: float(value) for name, value in found.items()}


def levels(pixels: Pixels) -> dict[str, float]:
    """How many tones there are, if they are evenly spaced.

    - `levels`: how many different values; `level_step`: their distance, 0 where that is not the same all over. A few
      values that are out of step, up to one pixel in 1000, are left out.
    """
    counts = np.bincount(pixels.reshape(-1), minlength=256)
    used = np.flatnonzero(counts > pixels.size / 1e3 / 256)
    if used.size < 2:
        return {"levels": float(used.size)}
    steps = np.diff(used)
    even = steps.max() - steps.min() <= 1 and steps.min() > 1
    return {"levels": float(used.size), "level_step": float(np.mean(steps)) if even else 0.0}


def specks(pixels: Pixels) -> dict[str, float]:
    """Single pixels that wrapped round.

    - `specks`: how many stand alone against four neighbours that are like each other, for a million values
    - `specks_wrapped`: the share of them that are near their neighbours where 0 follows 255
    """
    x = pixels.astype(np.int16)
    inner = x[:, :, 1:-1, 1:-1]
    if not inner.size:
        return {}
    up, down, left, right = x[:, :, :-2, 1:-1], x[:, :, 2:, 1:-1], x[:, :, 1:-1, :-2], x[:, :, 1:-1, 2:]
    # The four in order but for who of the two in the middle is first; several times as quick as a sort.
    low, high = (np.minimum(up, down), np.minimum(left, right)), (np.maximum(up, down), np.maximum(left, right))
    lowest, second, third = np.minimum(*low), np.maximum(*low), np.minimum(*high)
    middle = (second + third) / 2
    alone = (np.abs(inner - middle) > _APART) & (np.maximum(second, third) - lowest < _ALIKE)
    count = int(alone.sum())
    found = {"specks": count / inner.size * 1e6, "speck_count": float(count)}
    if count:
        apart = np.abs(inner - middle)[alone]
        found["specks_wrapped"] = float((256 - apart <= _ROUND).mean())
    return found


def seam(pixels: Pixels) -> dict[str, float]:
    """Whether surfaces run over the end of the range and go on at the other end.

    - `seam_count`: pairs of neighbours on either side of the ends, nearly alike where 0 follows 255
    - `seam`: that number ÷ the mean at other places of the range, where as many lie on either side: 0 where nothing
      wrapped, near 1 where everything did. Exact 0 and 255 are left out: clipping heaps them up.
    - `surfaces`: share of the pairs which are not equal that are nearly alike so; in noise as few as by chance, 0.19,
      also where it was enlarged
    - `middle`: share of the values from 64 to 191, which black shapes on white hardly have
    """
    met = np.zeros(256 * 256)
    for one, other in ((pixels[:, :, 1:], pixels[:, :, :-1]), (pixels[..., 1:], pixels[..., :-1])):
        met += np.bincount(one.reshape(-1).astype(np.int64) * 256 + other.reshape(-1), minlength=met.size)
    table = met.reshape(256, 256)
    table = table + table.T
    np.fill_diagonal(table, 0)
    if not table.any():
        return {}
    apart = np.abs(np.subtract.outer(np.arange(256), np.arange(256)))
    near = np.minimum(apart, 256 - apart) <= _NEAR
    surfaces = float(table[near].sum() / table.sum())
    table = np.where(near, table, 0)[1:-1, 1:-1]
    over = float(table[apart[1:-1, 1:-1] > 128].sum() / 2)
    elsewhere = np.mean([table[cut - 1 - _NEAR : cut - 1, cut - 1 : cut - 1 + _NEAR].sum() for cut in _CUTS])
    middle = float(((pixels >= 64) & (pixels < 192)).mean())
    return {"seam_count": over, "seam": over / max(float(elsewhere), 1), "surfaces": surfaces, "middle": middle}
