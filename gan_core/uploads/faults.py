"""Which of the known faults brought pictures show, and what cannot be told from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gan_core.data import SOURCES
from gan_core.diagnosis.detector import Evidence
from gan_core.uploads.as_pictures import BroughtPictures
from gan_core.uploads.known_fault import KnownFault
from gan_core.uploads.known_faults import KNOWN_FAULTS
from gan_core.uploads.measure import FEW, SOME
from gan_core.uploads.report import NotJudged

# Failures that only a log tells.
OF_LOGS = (
    "discriminator-too-strong", "discriminator-too-weak", "exploding", "double-sigmoid", "no-gradient-to-g",
    "accumulated-gradients", "wrong-labels", "constant-discriminator", "penalty-not-acting",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A fault that brought pictures show."""

    known: KnownFault
    evidence: list[Evidence]


def faults(of: BroughtPictures, measurements: Mapping[str, float], pillow: str) -> list[Fault]:
    """Every fault that shows, causes before what follows from them. `pillow`: what it raised on the first picture."""
    seen = {**measurements, "pil_refuses": float(bool(pillow) and _meant_for_pillow(of))}
    found: list[Fault] = []
    for known in KNOWN_FAULTS:
        if not _concerns(known, of):
            continue
        if {fault.known.failure for fault in found} & known.explained_by:
            continue
        if all(condition.holds(seen) for condition in known.conditions):
            found.append(Fault(known, [condition.evidence(seen) for condition in known.conditions]))
    return found


def _concerns(known: KnownFault, of: BroughtPictures) -> bool:
    values = "bytes" if _as_bytes(of) else "floats"
    return known.shown_by in (values, "all") and not (known.needs_range and of.range == "other")


# What would be needed for what cannot be told from some pictures.
_NEEDED = {
    "identical-samples": f"{FEW} pictures or more, each from noise of its own",
    "mode-collapse": f"{SOME} pictures or more, each from noise of its own",
    "channel-order": f"{FEW} pictures or more",
    "half-range": f"{FEW} pictures or more",
    "jpeg-loss": "the files as they were saved, not numbers",
    "wrapped-pixels": "the pictures as they were saved, not numbers",
    "clipped-dark": "the pictures as they were saved, not numbers",
    "out-of-range": "the numbers before they were saved, as .npy or .pt",
    "normalised-twice": "the numbers before they were saved, as .npy or .pt",
}
_OWN = "your own real pictures to compare with"
_LOG = "a training log"


def judged(of: BroughtPictures, measurements: Mapping[str, float]) -> tuple[list[str], list[NotJudged]]:
    """The failures that were looked for, by name, and those that could not be judged with what would be needed."""
    looked_for: dict[str, None] = {}
    for known in KNOWN_FAULTS:
        names = {condition.measurement for condition in known.conditions} - {"pil_refuses"}
        bounded = known.failure != "out-of-range" or not _as_bytes(of)
        if _concerns(known, of) and names <= measurements.keys() and bounded:
            looked_for[known.failure] = None
    missing = {known.failure: None for known in KNOWN_FAULTS if known.failure not in looked_for}
    not_judged = [NotJudged(name, _NEEDED.get(name, "pictures without NaN in them")) for name in missing]
    if not of.real.own:
        if of.squares.shape[1] == 3:
            not_judged.append(NotJudged("channel-order", f"for red and blue, {_OWN}"))
        elif _as_bytes(of):
            not_judged.append(NotJudged("clipped-dark", f"in grey pictures, {_OWN}"))
    return list(looked_for), [*not_judged, *(NotJudged(name, _LOG) for name in OF_LOGS)]


def untold(of: BroughtPictures, measurements: Mapping[str, float]) -> list[str]:
    """What cannot be told from these pictures, in sentences."""
    sentences = []
    if not of.tones:
        sentences.append("Every picture contains NaN or infinite values, so nothing else can be judged.")
    elif "diversity" not in measurements:
        sentences.append(f"Whether samples are alike cannot be judged from fewer than {FEW} pictures.")
    elif measurements["compared"] < SOME:
        sentences.append(f"Whether only a few pictures repeat cannot be judged from fewer than {SOME}.")
    if of.real.own and "tones_apart" in measurements:
        m = measurements
        sentences.append(
            f"Against your real pictures the mean tone is {abs(m['darker']):.0f} of 255 "
            f"{'darker' if m['darker'] > 0 else 'brighter'}, and the contrast {m['flatter']:.2f} of theirs."
        )
    if of.squares.shape[1] == 3 and not of.real.own:
        hues = "has every hue as often" if SOURCES[of.real.name].colours else "is grey"
        sentences.append(f"Whether red and blue are swapped cannot be judged: {of.real.name} {hues}.")
    if "out_of_range" in measurements and of.range in ("[-1,1]", "other") and measurements["out_of_range"] > 0:
        sentences.append("If the data were standardised, values beyond 1 would be fine; the file does not say.")
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
