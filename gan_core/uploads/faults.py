"""Which failures the measurements on brought pictures show, and the thresholds that tell.

Measured on digits, mnist, fashion-mnist and coloured digits (whole; as floats; as a grid; spoilt on purpose), and
on what 50 kinds of runs generated from them after 150 to 1000 steps. Left of the bar: clean, right: broken.

    out_of_range     real and bounded outputs 0 | linear outputs 0.08 to 0.34; excess 0 | 0.007 to 0.08
    contrast         real 0.55 to 1.1 (coloured digits against fashion-mnist the least), generated from 0.4
                     | blank 0.00, raw data 0.06
    circular         real 0.03 to 0.35, generated to 0.45, static 0.95 | wrapped 0.30 to 0.96, with end_balance
                     real 0.04 to 0.31, generated to 0.48 | 0.5 to 1.0, and end_spike from 146 in real pictures (but
                     0.1 in coloured ones), static 10 to 40 | 0.4 to 2.6
    black            real 0.13 to 1300, with nearly_black and circular low where it is | [-1,1] times 255: 0.00
    nyquist_peak     real 0.8 to 0.9, generated to 1.4, static 1.4 | uneven kernels 2.0 to 9, nyquist 0.09 to 0.33
    jpeg_blocks      real and generated to 0.01, grids to 0.00 | JPEG at quality 50 to 95: 0.04 to 0.5
    transposed       real 0.99 to 2.2, generated 0.98 to 1.3 | 0.45 to 0.92
    reshaped         real 2.7 to 4.9, generated 0.9 to 3.5 | 0.37 to 0.44, very noisy ones to 0.97
    diversity, duplicates: as in detectors.py
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gan_core.data import SOURCES
from gan_core.diagnosis.detector import Condition, Evidence
from gan_core.uploads.as_pictures import BroughtPictures
from gan_core.uploads.measure import FEW, SOME


@dataclass(frozen=True)
class Fault:
    """A failure that brought pictures show."""

    failure: str  # by name
    kind: str  # which kind of it: the key of its repair
    evidence: list[Evidence]


# Sizes in values' own units are those of floats in [-1, 1] or [0, 1] that were scaled once too often or too rarely.
_MISSING_255 = "wrong-range-map: bytes of 0 and 1"
_DIVIDED_TWICE = "wrong-range-map: divided by 255 twice"
_TIMES_TWICE = "wrong-range-map: times 255 twice"
_SIGNED_255 = "wrong-range-map: [-1,1] times 255"
_WRAPPED_255 = "wrong-range-map: [-1,1] times 255, wrapped"
_BRIGHT_HALF = "wrong-range-map: only the bright half"

_FLAT = Condition("contrast", "<", 0.2)

# kind -> the conditions that must all hold. A kind begins with the failure's name.
_FLOATS: dict[str, tuple[Condition, ...]] = {
    _DIVIDED_TWICE: (Condition("pixel_max", "<", 1.5 / 255), Condition("contrast", ">", 0.3 / 255)),
    _TIMES_TWICE: (Condition("pixel_max", ">", 1020.0), Condition("pixel_max", "<", 66_000.0),
                   Condition("pixel_min", ">", -1.0)),
    _SIGNED_255: (Condition("pixel_min", "<", -128.0), Condition("pixel_min", ">", -300.0),
                  Condition("pixel_max", ">", 128.0), Condition("pixel_max", "<", 300.0)),
    "out-of-range": (Condition("out_of_range", ">", 0.02), Condition("excess", ">", 0.002)),
}  # fmt: skip
_BYTES: dict[str, tuple[Condition, ...]] = {
    _MISSING_255: (Condition("pixel_max", "<", 2.5), Condition("pixel_max", ">", 0.0)),
    _WRAPPED_255: (Condition("black", "<", 0.1), Condition("nearly_black", ">", 0.1), Condition("circular", ">", 0.1)),
    "wrapped-pixels": (Condition("circular", ">", 0.25), Condition("end_balance", ">", 0.4),
                       Condition("end_spike", "<", 12.0)),
    "jpeg-loss: format": (Condition("jpeg_step", ">", 2.0),),
    "jpeg-loss": (Condition("jpeg_blocks", ">", 0.03),),
    "out-of-range": (Condition("out_of_range", ">", 0.02), Condition("excess", ">", 0.002)),
}  # fmt: skip
_ALL: dict[str, tuple[Condition, ...]] = {
    "non-finite": (Condition("broken", ">", 0.0),),
    _BRIGHT_HALF: (Condition("darkest", ">", 0.45), Condition("real_darkest", "<", 0.1),
                   Condition("contrast", ">", 0.2)),
    "blank-grey": (_FLAT, Condition("pixel_mean", ">", 0.25), Condition("pixel_mean", "<", 0.75)),
    "blank-black": (_FLAT, Condition("pixel_mean", "<", 0.25)),
    "blank-white": (_FLAT, Condition("pixel_mean", ">", 0.75)),
    "identical-samples": (Condition("diversity", "<", 0.1), Condition("duplicates", ">", 0.85)),
    "mode-collapse": (Condition("duplicates", ">", 0.6), Condition("compared", ">", SOME - 1)),
    "checkerboard": (Condition("nyquist", ">", 0.015), Condition("nyquist_peak", ">", 1.8)),
    "channel-order: reshaped": (Condition("reshaped", "<", 0.8),),
    "channel-order: transposed": (Condition("transposed", "<", 0.93),),
}  # fmt: skip

_BLANKS = frozenset({"blank-grey", "blank-black", "blank-white"})
# failure -> the findings beside which it says nothing new.
_EXPLAINED_BY: dict[str, frozenset[str]] = {
    **dict.fromkeys(_BLANKS, frozenset({"wrong-range-map"})),
    "out-of-range": frozenset({"wrong-range-map"}),
    "wrong-range-map": frozenset({"wrong-range-map"}),
    "jpeg-loss": frozenset({"jpeg-loss"}),
    "identical-samples": _BLANKS | {"wrong-range-map"},
    "mode-collapse": _BLANKS | {"wrong-range-map", "identical-samples"},
    "checkerboard": _BLANKS | {"channel-order"},
    "channel-order": _BLANKS | {"channel-order", "wrapped-pixels", "identical-samples"},
}


def faults(of: BroughtPictures, measurements: Mapping[str, float], pillow: str) -> list[Fault]:
    """Every fault that shows, causes before what follows from them. `pillow`: what it raised on the first picture."""
    tables = (_ALL, _BYTES) if _as_bytes(of) else (_ALL, _FLOATS)
    kinds = {kind: conditions for table in tables for kind, conditions in table.items()}
    found: list[Fault] = []
    for kind in sorted(kinds, key=_ORDER.index):
        failure = kind.partition(":")[0]
        if {fault.failure for fault in found} & _EXPLAINED_BY.get(failure, frozenset()):
            continue
        if kind == _BRIGHT_HALF and of.range == "other":
            continue  # what lies where is not known then
        if all(condition.holds(measurements) for condition in kinds[kind]):
            found.append(Fault(failure, kind, [condition.evidence(measurements) for condition in kinds[kind]]))
    if pillow and _meant_for_pillow(of):
        found.append(Fault("pil-error", "pil-error", [Evidence("pil_refuses", 1.0, 0.0, ">")]))
    return found


_ORDER = (
    "non-finite", _DIVIDED_TWICE, _TIMES_TWICE, _SIGNED_255, _MISSING_255, _WRAPPED_255, "wrapped-pixels", _BRIGHT_HALF,
    "out-of-range", "blank-grey", "blank-black", "blank-white", "identical-samples", "mode-collapse",
    "channel-order: reshaped", "channel-order: transposed", "checkerboard", "jpeg-loss: format", "jpeg-loss",
)  # fmt: skip


def untold(of: BroughtPictures, measurements: Mapping[str, float]) -> list[str]:
    """What cannot be told from these pictures, in sentences."""
    sentences = []
    if not of.tones:
        sentences.append("Every picture holds NaN or infinite values, so nothing else can be told.")
    elif "diversity" not in measurements:
        sentences.append(f"Whether the samples are alike cannot be told from fewer than {FEW} pictures.")
    elif measurements["compared"] < SOME:
        sentences.append(f"Whether only a few pictures come again and again cannot be told from fewer than {SOME}.")
    if of.squares.shape[1] == 3:
        hues = "has every hue as often" if SOURCES[of.real.name].colours else "is grey"
        sentences.append(f"Whether red and blue are exchanged cannot be told: {of.real.name} {hues}.")
    if "out_of_range" in measurements and of.range in ("[-1,1]", "other") and measurements["out_of_range"] > 0:
        sentences.append("Were the data standardised, values beyond 1 would be no fault: the file does not say.")
    if of.range == "[0,1]" and measurements.get("pixel_high", 1.0) < 0.01:
        sentences.append("All values are about 0: that is black in [0, 1], but mid-grey if [-1, 1] is meant.")
    return sentences


def _as_bytes(of: BroughtPictures) -> bool:
    return of.range == "0..255" and not of.dtype.startswith(("float", "bfloat"))


def _meant_for_pillow(of: BroughtPictures) -> bool:
    """A single picture, or bytes with the channels last.

    A batch of floats or with channels first is a tensor: nobody expects that Pillow takes it.
    """
    return of.values and (of.layout in ("HW", "CHW", "HWC") or (_as_bytes(of) and of.layout in ("NHW", "NHWC")))
