"""The measurements on what was brought, by name. What has no meaning, or cannot be told, is missing."""

from __future__ import annotations

import math

import numpy as np

from gan_core.uploads import picture_measures
from gan_core.uploads.as_pictures import BroughtPictures, evenly, to_bytes
from gan_core.uploads.reference_set import COUNT

# Values JPEG's rounding is looked for in.
_FOR_JPEG = 500_000
# Pictures that collapse, and order, can be told from.
FEW, SOME = 4, 32


def measure(of: BroughtPictures) -> dict[str, float]:
    """The measurements on brought pictures, by name.

    - `pixel_min`, `pixel_max`, `pixel_low`, `pixel_high` (1 % and 99 % quantile): in the values' own units
    - `broken`: share of NaN and infinite values
    - `out_of_range`: share outside the seeming range; `excess`: mean distance outside, in units of the range
    - `contrast`, `diversity`: ratios to the real set
    - `pixel_mean`, `darkest` (1 % quantile): position in the range after clipping, 0 black to 1 white
    - `duplicates`: share of pictures with another almost the same
    - `jpeg_step`: see files.pictures.Picture
    - all others: see picture_measures
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
        found |= _tones(of) | _order(of) | _several(of)
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
    return {
        "diversity": picture_measures.diversity(few) / of.real.diversity,
        "duplicates": float((picture_measures.nearest_other(few) < of.real.alike).mean()),
        "compared": float(len(few)),
    }
