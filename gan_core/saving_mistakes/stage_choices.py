"""The choices on the way from a tensor to a picture file: at each stage the right one, and those people write.

Each is a line of Python, as text to copy and as the same line to call; test_journey.py runs the text and compares.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from gan_core.pixels.range_map import RangeMap

QUALITIES = (95, 75, 50, 10)  # JPEG's, as offered; any from 1 to 95 can be asked for


@dataclass(frozen=True)
class Subject:
    """What the lines of code depend on."""

    channels: int  # of the image: 1 or 3
    height: int  # in pixels
    width: int  # in pixels
    range_map: RangeMap  # between its numbers and bytes
    quality: int  # if it becomes a JPEG


@dataclass(frozen=True)
class StageChoice:
    """One choice that a stage offers."""

    words: str  # at most seven
    code: str  # an expression of `x`; empty: nothing is done
    do: Callable[[Any], Any]  # the same as a function
    why: str = ""  # why it is wrong, empty where it is not


StageChoices = dict[str, StageChoice]  # by the name that links use, the right way first


def map_choices(subject: Subject) -> StageChoices:
    """From the tensor's range to 0 to 255; on an array of any shape."""
    line = subject.range_map
    to_unit = StageChoice("Scale to 0–255", "x * 255", lambda x: x * 255)
    to_signed = StageChoice("Scale to 0–255", "(x + 1) / 2 * 255", lambda x: (x + 1) / 2 * 255)
    wrong = {
        "times255": StageChoice(
            "×255, as for [0,1]", to_unit.code, to_unit.do,
            "×255 is made for numbers from 0 to 1: −1 becomes −255, and mid-grey becomes black.",
        ),
        "half255": StageChoice(
            "(x+1)/2×255, as for [-1,1]", to_signed.code, to_signed.do,
            "(x + 1) / 2 is made for numbers from −1 to 1: here black becomes mid-grey, so the picture is pale.",
        ),
        "half": StageChoice(
            "(x+1)/2 without ×255", "(x + 1) / 2", lambda x: (x + 1) / 2,
            "The ×255 is missing: as bytes, numbers from 0 to 1 are black or all but black.",
        ),
        "none": StageChoice(
            "None: the numbers as they are", "", lambda x: x,
            "There is no range map: the network's own numbers are taken for bytes, and all are near 0.",
        ),
        "imshow": StageChoice(
            "What imshow does with colours", "x.clip(0, 1) * 255", lambda x: x.clip(0, 1) * 255,
            "Colours as floats are clipped to 0–1 before they are shown: all that is below 0 becomes black.",
        ),
        "minmax": StageChoice(
            "Min–max stretch", "(x - x.min()) / (x.max() - x.min()) * 255",
            lambda x: (x - x.min()) / (x.max() - x.min()) * 255,
            "The stretch gives each picture a map of its own: pale, dim and out-of-range pictures all look alike.",
        ),
    }  # fmt: skip
    if line.name == "[-1,1]":
        del wrong["half255"]
        return {"right": to_signed, **wrong}
    if line.name == "[0,1]":
        del wrong["times255"]
        return {"right": to_unit, **wrong}
    if line.name == "raw":
        del wrong["none"]
        return {"right": StageChoice("None: already 0–255", "", lambda x: x), **wrong}
    code = f"x * {line.std!r} + {line.mean!r}"
    return {"right": StageChoice("×std + mean, in bytes", code, lambda x: x * line.std + line.mean), **wrong}


def clip_choices(_: Subject) -> StageChoices:
    """Values beyond 0 and 255 to these; on an array of any shape."""
    return {
        "clip": StageChoice("Clip to 0–255", "x.clip(0, 255)", lambda x: x.clip(0, 255)),
        "none": StageChoice(
            "No clip", "", lambda x: x,
            "Nothing is clipped: values outside 0–255 wrap round, so dark turns light and light turns dark.",
        ),
        "unit": StageChoice(
            "Clip to 0–1", "x.clip(0, 1)", lambda x: x.clip(0, 1),
            "Clipped to 0–1 after the scaling to 0–255: nothing brighter than byte 1 is left.",
        ),
    }  # fmt: skip


def cast_choices(_: Subject) -> StageChoices:
    """From floats to bytes; on an array of any shape."""

    def to(kind: type[np.generic], words: str, why: str) -> StageChoice:
        return StageChoice(words, f"x.astype(np.{kind.__name__})", lambda x: x.astype(kind), why)

    return {
        "round": StageChoice("Round, then uint8", "x.round().astype(np.uint8)", lambda x: x.round().astype(np.uint8)),
        "truncate": to(np.uint8, "uint8 without rounding", "The cast drops the fraction: half a level too dark."),
        "early": to(np.uint8, "uint8 before the scaling", "Cast before scaling: only whole numbers are left of it."),
        "none": StageChoice("No cast: floats", "", lambda x: x, "These are floats; a picture file holds bytes."),
        "int8": to(np.int8, "int8", "int8 ends at 127: what is brighter becomes negative."),
        "int32": to(np.int32, "int32", "These are 32-bit integers; a picture file holds bytes."),
        "int64": to(np.int64, "int64", "These are 64-bit integers; a picture file holds bytes."),
        "float16": to(np.float16, "float16", "These are 16-bit floats; a picture file holds bytes."),
    }


def order_choices(subject: Subject) -> StageChoices:
    """From (C, H, W) to what Pillow takes: (H, W, 3) for colours, (H, W) for grey."""
    height, width = subject.height, subject.width
    chw = StageChoice(
        "None: (C,H,W) as it is", "", lambda x: x,
        "Pillow wants channels last; of grey it wants no channel axis at all.",
    )  # fmt: skip
    batch = StageChoice(
        "The whole batch, 4-D", "x[None]", lambda x: x[None], "Pillow takes one image, not a batch of them."
    )
    if subject.channels == 1:
        return {
            "right": StageChoice("First channel: (H,W)", "x[0]", lambda x: x[0]),
            "hw1": StageChoice(
                "Transpose: (H,W,1)", "x.transpose(1, 2, 0)", lambda x: x.transpose(1, 2, 0),
                "A grey image keeps an axis of length 1 at its end, which Pillow does not take.",
            ),
            "chw": chw,
            "w1h": StageChoice(
                "Add an axis, transpose: (W,1,H)", "x[0][..., None].transpose(1, 2, 0)",
                lambda x: x[0][..., None].transpose(1, 2, 0),
                "The added axis ends up in the middle: rows of one pixel with as many channels as the image is high.",
            ),
            "batch": batch,
        }  # fmt: skip
    return {
        "right": StageChoice("Transpose: (H,W,C)", "x.transpose(1, 2, 0)", lambda x: x.transpose(1, 2, 0)),
        "reshape": StageChoice(
            "Reshape to (H,W,C)", f"x.reshape({height}, {width}, 3)", lambda x: x.reshape(height, width, 3),
            "Reshape only renames the axes: three neighbours of one channel become the colours of one pixel.",
        ),
        "bgr": StageChoice(
            "Blue before red (OpenCV)", "x.transpose(1, 2, 0)[..., ::-1]", lambda x: x.transpose(1, 2, 0)[..., ::-1],
            "Red and blue change places: OpenCV counts blue first, Pillow red.",
        ),
        "cwh": StageChoice(
            "Transpose to (W,H,C)", "x.transpose(2, 1, 0)", lambda x: x.transpose(2, 1, 0),
            "Height and width change places: the picture is mirrored at its diagonal.",
        ),
        "first": StageChoice(
            "First channel only", "x[0]", lambda x: x[0],
            "Only red is kept, so the file is grey.",
        ),
        "chw": chw,
        "batch": batch,
    }  # fmt: skip


def pil_choices(_: Subject) -> StageChoices:
    """From an array to Pillow's image."""
    return {
        "plain": StageChoice("Image.fromarray(x)", "Image.fromarray(x)", Image.fromarray),
        "L": StageChoice(
            "mode='L'", "Image.fromarray(x, mode='L')", lambda x: Image.fromarray(x, mode="L"),
            "mode= converts nothing: it must be what Pillow would choose for this array anyway.",
        ),
        "RGB": StageChoice(
            "mode='RGB'", "Image.fromarray(x, mode='RGB')", lambda x: Image.fromarray(x, mode="RGB"),
            "mode= converts nothing: it must be what Pillow would choose for this array anyway.",
        ),
        "convert": StageChoice(
            "convert('L')", "Image.fromarray(x).convert('L')", lambda x: Image.fromarray(x).convert("L"),
            "convert('L') makes everything grey, and cuts floats to 0–255 without rounding.",
        ),
    }  # fmt: skip


def file_choices(subject: Subject) -> StageChoices:
    """From Pillow's image to the bytes of a file; the code's name for the image is x as well."""

    def saved(name: str, kind: str, words: str, why: str = "", **options: Any) -> StageChoice:
        arguments = "".join(f", {key}={value}" for key, value in options.items())

        def save(picture: Image.Image) -> bytes:
            file = io.BytesIO()
            picture.save(file, kind, **options)
            return file.getvalue()

        return StageChoice(words, f'x.save("{name}"{arguments})', save, why)

    quality = subject.quality
    return {
        "png": saved("picture.png", "PNG", "PNG"),
        "tiff": saved("picture.tiff", "TIFF", "TIFF"),
        "webp": saved("picture.webp", "WEBP", "WebP, lossless", lossless=True),
        "jpeg": saved(
            "picture.jpg",
            "JPEG",
            "JPEG",
            "JPEG loses what the eye misses in photographs, not in small pictures",
            quality=quality,
        ),
    }


STAGES: dict[str, tuple[str, Callable[[Subject], StageChoices]]] = {
    "map": ("Range map", map_choices),
    "clip": ("Clip", clip_choices),
    "cast": ("Cast", cast_choices),
    "order": ("Channel order", order_choices),
    "pil": ("Image.fromarray", pil_choices),
    "file": ("File", file_choices),
}


def stage_choices(stage: str, subject: Subject) -> StageChoices:
    """What is offered at a stage (a key of STAGES) for such an image, by name, the right way first."""
    return STAGES[stage][1](subject)
