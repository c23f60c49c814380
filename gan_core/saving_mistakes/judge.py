"""What came of a journey beside the right one: the failures by name, with the numbers that show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.diagnosis.detector import Evidence
from gan_core.diagnosis.findings import Finding
from gan_core.pixels.range_map import RangeMap
from gan_core.saving_mistakes.journey import Array, Choices, Journey, subject, travel
from gan_core.saving_mistakes.stage_choices import Subject, stage_choices

RIGHT = Choices()

# What findings on a journey measure, in words.
EVIDENCE = {
    "black_becomes": "the range's lower end becomes",
    "white_becomes": "the range's upper end becomes",
    "map_error": "mean distance from the right map, in levels",
    "made_black": "share of values that turn black",
    "out_of_range": "share of values outside the range, which the stretch hides",
    "levels": "different values left, of those the right way has",
    "wrapped": "share of values that wrap round",
    "least": "smallest value before the cast",
    "greatest": "greatest value",
    "moved": "share of values in the wrong place",
    "channels": "channels in the file",
    "width": "width of the picture",
    "file_bytes": "bytes written",
    "jpeg_mean_error": "mean difference from what was saved, in levels",
    "jpeg_greatest_error": "greatest difference from what was saved, in levels",
    "non_finite": "share of values that are NaN or infinite",
}


@dataclass(frozen=True)
class LevelDifference:
    """Between two pictures, in levels of 0 to 255."""

    greatest: float
    mean: float
    share: float  # of the values that differ


@dataclass(frozen=True, eq=False)
class Judgement:
    """One image saved by the chosen lines and by the right ones."""

    right: Journey | None  # None where the image holds NaN or infinity: no line is right then
    yours: Journey  # by the chosen lines
    findings: list[Finding]  # their `fix` names the choice to take at a stage
    notes: list[str]  # sentences on what is worth knowing and no failure
    marked: frozenset[str]  # the stages to look at
    difference: LevelDifference | None  # None where there are not two pictures of one size


def judge(image: NDArray[np.float32], range_map: RangeMap, choices: Choices, index: int = 0) -> Judgement:
    """Compare the chosen lines with the right ones. Shapes, ranges and errors as in `travel`."""
    yours = travel(image, range_map, choices, index)
    finite = bool(np.isfinite(image).all())
    right = travel(image, range_map, RIGHT, index) if finite else None
    case = _Case(image, choices, yours, subject(image, range_map, choices))
    findings: list[Finding] = []
    marked: set[str] = set()
    for look in LOOKS if finite else [_not_finite, _exception]:
        for finding, at in look(case):
            findings.append(finding)
            marked |= at
    notes = _notes(case, sound=not findings) if finite else []
    return Judgement(right, yours, findings, notes, frozenset(marked), _difference(right, yours))


@dataclass(frozen=True, eq=False)
class _Case:
    image: NDArray[np.float32]
    choices: Choices
    yours: Journey
    about: Subject

    def before(self, stage: str) -> Array | None:
        """The array that came to a stage; None where the journey had ended."""
        names = [reached.name for reached in self.yours.stages]
        return self.yours.stages[names.index(stage) - 1].array

    def wrong(self, stage: str) -> bool:
        return bool(getattr(self.choices, stage) != getattr(RIGHT, stage))

    def right(self, stage: str) -> Callable[[Any], Any]:
        return stage_choices(stage, self.about)[getattr(RIGHT, stage)].do

    def why(self, stage: str) -> str:
        choice = self.yours[stage].choice
        assert choice is not None
        return choice.why


_Found = list[tuple[Finding, set[str]]]


def _found(failure: str, evidence: list[Evidence], why: str, stages: set[str], also: frozenset[str]) -> _Found:
    return [(Finding(failure, 0, evidence, why, {stage: getattr(RIGHT, stage) for stage in stages}), stages | also)]


def _not_finite(case: _Case) -> _Found:
    share = 1 - float(np.isfinite(case.image).mean())
    why = (
        "The tensor holds NaN or infinity, which have no pixel: the cast makes byte 0 of them, a black file. "
        "Go back to before the run broke; no way of saving fixes it."
    )
    return _found("non-finite", [Evidence("non_finite", share, 0.0, ">")], why, set(), frozenset({"tensor", "cast"}))


def _range_map(case: _Case) -> _Found:
    """The map by itself, on the tensor, whatever the order of the stages."""
    if not case.wrong("map"):
        return []
    line, choice = case.about.range_map, case.yours["map"].choice
    assert choice is not None
    with np.errstate(all="ignore"):
        mapped, wanted = choice.do(case.image), case.right("map")(case.image)
        error = float(np.abs(mapped - wanted).mean())
        ends = choice.do(np.array([line.low, line.high], np.float32))
    if not error > 0.5:
        return []
    evidence = [Evidence("map_error", error, 0.5, ">")]
    if case.choices.map == "minmax":
        hidden = case.yours["tensor"].numbers
        if hidden is not None and hidden.outside > 0:
            evidence.append(Evidence("out_of_range", hidden.outside, 0.0, ">"))
    else:
        for name, end, byte in (("black_becomes", ends[0], 0.0), ("white_becomes", ends[1], 255.0)):
            if abs(end - byte) > 0.5:
                evidence.append(Evidence(name, float(end), byte, "<" if end < byte else ">"))
        made_black = float(((mapped < 0.5) & (wanted >= 0.5)).mean())
        if made_black > 0:
            evidence.append(Evidence("made_black", made_black, 0.0, ">"))
    return _found("wrong-range-map", evidence, case.why("map"), {"map"}, frozenset())


def _clip_to_unit(case: _Case) -> _Found:
    before, after = case.before("clip"), case.yours["clip"].array
    if case.choices.clip != "unit" or before is None or after is None or np.array_equal(before.clip(0, 255), after):
        return []
    evidence = [Evidence("greatest", float(after.max()), min(255.0, float(before.max())), "<")]
    return _found("wrong-range-map", evidence, case.why("clip"), {"clip"}, frozenset())


def _early_cast(case: _Case) -> _Found:
    after = case.yours["cast"].array
    if case.choices.cast != "early" or after is None:
        return []
    left, there = np.unique(after).size, np.unique(case.right("map")(case.image).clip(0, 255).round()).size
    if left >= there:
        return []
    evidence = [Evidence("levels", left, there, "<")]
    return _found("wrong-range-map", evidence, case.why("cast"), {"cast"}, frozenset({"map"}))


def _wrapped(case: _Case) -> _Found:
    before, after = case.before("cast"), case.yours["cast"].array
    if before is None or after is None or after.dtype.kind not in "ui" or after.dtype.itemsize > 1:
        return []
    bounds = np.iinfo(after.dtype)
    whole = np.round(before) if case.choices.cast == "round" else np.trunc(before)
    wrapped = (whole < bounds.min) | (whole > bounds.max)
    if not wrapped.any():
        return []
    evidence = [Evidence("wrapped", float(wrapped.mean()), 0.0, ">")]
    if whole.min() < bounds.min:
        evidence.append(Evidence("least", float(before.min()), float(bounds.min), "<"))
    if whole.max() > bounds.max:
        evidence.append(Evidence("greatest", float(before.max()), float(bounds.max), ">"))
    # An early cast, or one to int8, wraps by itself; else it is the clip that is missing.
    cause = "cast" if case.choices.cast in ("early", "int8") else "clip"
    return _found("wrapped-pixels", evidence, case.why(cause), {cause}, frozenset({"cast"}))


def _order(case: _Case) -> _Found:
    before, after = case.before("order"), case.yours["order"].array
    if not case.wrong("order") or before is None or after is None or case.yours["order"].picture is None:
        return []
    wanted = case.right("order")(before)
    if after.ndim != wanted.ndim:
        if after.ndim == 3:  # (H, W, 1), which Pillow answers itself
            return []
        evidence = Evidence("channels", 1.0, 3.0, "<")
    elif after.shape != wanted.shape:
        evidence = Evidence("width", after.shape[1], wanted.shape[1], "<" if after.shape[1] < wanted.shape[1] else ">")
    elif np.array_equal(after, wanted):
        return []
    else:
        evidence = Evidence("moved", float((after != wanted).mean()), 0.0, ">")
    return _found("channel-order", [evidence], case.why("order"), {"order"}, frozenset())


def _made_grey(case: _Case) -> _Found:
    before, stage = case.before("pil"), case.yours["pil"]
    if stage.array is None or before is None or before.ndim == stage.array.ndim:
        return []
    return _found("channel-order", [Evidence("channels", 1.0, 3.0, "<")], case.why("pil"), {"pil"}, frozenset())


def _exception(case: _Case) -> _Found:
    """What was raised, and the one stage whose right way makes it go away (all that are wrong, if none does alone)."""
    broke = case.yours.broke
    if broke is None:
        return []
    suspects = [stage for stage in ("pil", "order", "cast") if case.wrong(stage)]
    alone = [stage for stage in suspects if _mends(case, stage)]
    causes = set(alone[:1] or suspects)
    why = " ".join([broke.error.rstrip(".") + ".", *(case.why(stage) for stage in sorted(causes))])
    return _found("pil-error", [Evidence("file_bytes", 0.0, 1.0, "<")], why, causes, frozenset({broke.name}))


def _mends(case: _Case, stage: str) -> bool:
    tried = replace(case.choices, **{stage: getattr(RIGHT, stage)})
    return travel(case.image, case.about.range_map, tried).broke is None


def _jpeg(case: _Case) -> _Found:
    sent, read = case.yours["pil"].array, case.yours["file"].array
    if case.choices.file != "jpeg" or sent is None or read is None:
        return []
    error = np.abs(sent.astype(np.float64) - read)
    if not error.any():
        return []
    png = travel(case.image, case.about.range_map, replace(case.choices, file="png"))
    size = "smaller" if len(case.yours.file) < len(png.file) else "not even smaller"
    why = f"{case.why('file')}; at {len(case.yours.file):,} bytes it is {size} than PNG with {len(png.file):,}."
    evidence = [
        Evidence("jpeg_mean_error", float(error.mean()), 0.0, ">"),
        Evidence("jpeg_greatest_error", float(error.max()), 0.0, ">"),
    ]
    return _found("jpeg-loss", evidence, why, {"file"}, frozenset())


LOOKS: list[Callable[[_Case], _Found]] = [
    _range_map, _early_cast, _clip_to_unit, _wrapped, _order, _made_grey, _exception, _jpeg,
]  # fmt: skip


def _notes(case: _Case, sound: bool) -> list[str]:
    notes = []
    clipped, cast, before = case.before("clip"), case.yours["cast"].array, case.before("cast")
    if clipped is not None and case.choices.clip == "none" and not ((clipped < 0) | (clipped > 255)).any():
        notes.append(f"Nothing lies outside 0–255, so a clip would change 0 of {clipped.size:,} values.")
    if sound and case.choices.cast == "truncate" and cast is not None and before is not None:
        inside = before.clip(0, 255)
        lost = float((inside - np.trunc(inside)).mean())
        notes.append(
            f"Without rounding the picture is {lost:.2f} levels darker on average; byte 255 is reached by "
            f"{np.mean(inside >= 255):.1%} of the values instead of {np.mean(inside.round() >= 255):.1%}."
        )
    picture = case.yours["pil"]
    if picture.mode in ("F", "I") and picture.array is not None:
        negative = np.mean(picture.array < 0)
        notes.append(
            f"Image.fromarray raises nothing: it makes an image of mode {picture.mode}, {negative:.1%} of it negative."
        )
    return notes


def _difference(right: Journey | None, yours: Journey) -> LevelDifference | None:
    if right is None or right.seen is None or yours.seen is None:
        return None
    pair = [np.atleast_3d(seen.astype(np.float64)) for seen in (right.seen, yours.seen)]
    if pair[0].shape[:2] != pair[1].shape[:2]:
        return None
    apart = np.abs(pair[0] - pair[1])  # grey against colour: the same grey in all three
    return LevelDifference(float(apart.max()), float(apart.mean()), float((apart > 0).mean()))
