"""The measurements on what was brought, by name. What has no meaning, or cannot be told, is missing."""

from __future__ import annotations

import math
import re

import numpy as np

from gan_core.uploads import against_own, picture_measures, tone_measures
from gan_core.uploads.as_pictures import BroughtPictures, evenly, to_bytes
from gan_core.uploads.picture_measures import Tones
from gan_core.uploads.reference_set import COUNT

# Values JPEG's rounding is looked for in.
_FOR_JPEG = 500_000
# Pictures that collapse, and order, can be told from; that few shapes can, where they are very much alike.
FEW, SOME, ALIKE = 4, 32, 8


def measure(of: BroughtPictures) -> dict[str, float]:
    """The measurements on brought pictures, by name.

    - `pixel_min`, `pixel_max`, `pixel_low`, `pixel_high` (1 % and 99 % quantile): in the values' own units
    - `broken`: share of NaN and infinite values
    - `out_of_range`: share outside the seeming range; `excess`: mean distance outside, in units of the range
    - `contrast`, `diversity`: ratios to the real set
    - `pixel_mean`, `darkest` (1 % quantile): position in the range after clipping, 0 black to 1 white
    - `duplicates`: share of pictures with another almost the same
    - `jpeg_step`: see files.pictures.Picture
    - `sameness`: diversity ÷ contrast, without any real set: how much pictures differ beside what each shows
    - `one_class`: share of the pictures whose most similar real one is of the class that is met most;
      `class_distance`: the median distance to it ÷ that between real ones
    - all others: see picture_measures, tone_measures and against_own
    """
    found = {
        "pixel_min": of.summary.low,
        "pixel_max": of.summary.high,
        "pixel_low": of.summary.quantile_low,
        "pixel_high": of.summary.quantile_high,
        "broken": of.summary.broken,
        "jpeg_step": of.jpeg_step,
    }
    if of.tones:
        found |= _tones(of) | _ends(of) | _order(of) | _several(of)
        if of.real.own:
            found |= against_own.measured(of.squares, of.real.pictures)
    return {name: float(value) for name, value in found.items() if math.isfinite(value)}


def _tones(of: BroughtPictures) -> dict[str, float]:
    tones = np.concatenate([x.reshape(-1) for x in of.whole])
    shown = tones.clip(0, 255)
    weights = [len(x) for x in of.tones]
    found = {
        "contrast": float(np.average([picture_measures.contrast(x.clip(0, 255)) for x in of.tones], weights=weights))
        / of.real.contrast,
        "pixel_mean": float(shown.mean(dtype=np.float64)) / 255,
        "darkest": float(np.quantile(shown[:: max(1, shown.size // 1_000_000)], 0.01)) / 255,
        "real_darkest": of.real.darkest,
    }
    if of.range != "standardised":
        # A thousandth of the range is rounding, not a fault.
        found["out_of_range"] = float(np.mean(np.abs(tones - shown) > 0.255))
        found["excess"] = float(np.abs(tones - shown).mean(dtype=np.float64)) / 255
    pixels = [to_bytes(x) for x in of.whole]
    largest = max(pixels, key=lambda x: x.size)
    found |= picture_measures.ends(np.concatenate([x.reshape(-1) for x in pixels]))
    found["circular"] = picture_measures.circular(largest)
    found |= picture_measures.lattice(max(of.tones, key=lambda x: x.size))
    few = [x[: max(1, _FOR_JPEG // x[0].size)].clip(0, 255) for x in of.whole]
    found["jpeg_blocks"] = picture_measures.jpeg_blocks(few[: max(1, _FOR_JPEG // few[0].size)])
    return found


def _ends(of: BroughtPictures) -> dict[str, float]:
    pixels = max([to_bytes(x) for x in of.whole], key=lambda x: x.size)
    found = tone_measures.ends_of(pixels) | tone_measures.levels(pixels) | tone_measures.specks(pixels)
    found |= tone_measures.seam(pixels)
    # A figure scales its panels, which makes neighbours alike: so these are looked at smaller than they were.
    grain = [_halved(of.squares)] if of.figure else of.tones
    found["neighbours"] = tone_measures.neighbours(max(grain, key=lambda x: x.size).clip(0, 255))
    found["tone_low"], found["tone_high"] = (float(q) for q in np.quantile(pixels, [0.001, 0.999]))
    if full := re.fullmatch(r"0\.\.([0-9]+)", of.range):
        found["full_bits"] = float(np.log2(int(full[1]) + 1))
    # Whole numbers that end where fewer bits do.
    whole = of.dtype.startswith(("uint", "int"))
    bits = round(np.log2(of.summary.high + 1), 9) if whole and of.summary.high >= 1 else 8.0
    found["used_bits"] = bits if float(bits).is_integer() else 8.0
    return found


def _halved(pictures: Tones) -> Tones:
    """The means of 2×2 pixels."""
    count, channels, height, width = pictures.shape
    return np.asarray(pictures.reshape(count, channels, height // 2, 2, width // 2, 2).mean(axis=(3, 5)), np.float32)


def _order(of: BroughtPictures) -> dict[str, float]:
    found = {}
    few = of.squares[evenly(len(of.squares), COUNT)]
    if len(few) >= FEW:
        found["transposed"] = picture_measures.transposed(few, of.real.pictures)
    if of.squares.shape[1] == 3 and (colour := [x for x in of.whole if x.shape[1] == 3]):
        found["reshaped"] = picture_measures.reshaped(max(colour, key=lambda x: x.size), of.layout in ("HWC", "NHWC"))
    return found


def _several(of: BroughtPictures) -> dict[str, float]:
    few = of.squares[evenly(len(of.squares), COUNT)]
    if len(few) < FEW:
        return {}
    diversity, contrast = picture_measures.diversity(few), picture_measures.contrast(few)
    found = {
        "diversity": diversity / of.real.diversity,
        "duplicates": float((picture_measures.nearest_other(few) < of.real.alike).mean()),
        "compared": float(len(few)),
    }
    if contrast > 0:
        found["sameness"] = diversity / contrast
    if of.real.labels is not None:
        apart = picture_measures.distances(few, of.real.pictures)
        classes = np.bincount(of.real.labels[apart.argmin(axis=1)])
        found["one_class"] = float(classes.max() / len(few))
        found["class_distance"] = float(np.median(apart.min(axis=1))) / of.real.among
    return found
