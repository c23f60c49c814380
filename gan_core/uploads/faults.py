"""Which of the known faults brought pictures show, and what cannot be told from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gan_core.data import SOURCES
from gan_core.diagnosis.detector import Evidence
from gan_core.uploads.as_pictures import BroughtPictures
from gan_core.uploads.known_faults import KNOWN_FAULTS, KnownFault
from gan_core.uploads.measure import FEW, SOME


@dataclass(frozen=True)
class Fault:
    """A fault that brought pictures show."""

    known: KnownFault
    evidence: list[Evidence]


def faults(of: BroughtPictures, measurements: Mapping[str, float], pillow: str) -> list[Fault]:
    """Every fault that shows, causes before what follows from them. `pillow`: what it raised on the first picture."""
    values = "bytes" if _as_bytes(of) else "floats"
    seen = {**measurements, "pil_refuses": float(bool(pillow) and _meant_for_pillow(of))}
    found: list[Fault] = []
    for known in KNOWN_FAULTS:
        if known.shown_by not in (values, "all") or (known.needs_range and of.range == "other"):
            continue
        if {fault.known.failure for fault in found} & known.explained_by:
            continue
        if all(condition.holds(seen) for condition in known.conditions):
            found.append(Fault(known, [condition.evidence(seen) for condition in known.conditions]))
    return found


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
