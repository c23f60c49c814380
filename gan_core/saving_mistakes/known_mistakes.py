"""The known mistakes between tensor and file, by what the files look like; each is a set of choices to look at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gan_core.diagnosis.documents import cited
from gan_core.saving_mistakes.journey import Choices


@dataclass(frozen=True)
class KnownMistake:
    """One mistake that people make, or are said to make, as choices to look at."""

    words: str  # for its button, seven at most
    met: str  # where people meet it
    source: str  # the tensor that shows it, a key of SOURCES
    image: int  # which image of that tensor
    choices: Choices
    failure: str  # what is found, by name; empty for nothing, whatever people say
    claims: tuple[str, ...] = ()  # the ledger's claims about it by id, the most telling first


SYMPTOMS: dict[str, str] = {
    "speckled": "Speckled, flipped tones",
    "black": "Black",
    "grey": "Grey or pale",
    "dark": "Too dark",
    "colours": "Wrong colours, scrambled",
    "error": "An error",
    "jpeg": "Blurred, blotchy",
    "fine": "Is this one wrong?",
}

# Symptom -> claims of the ledger about any such picture; they stand after those of the mistake.
ABOUT: dict[str, tuple[str, ...]] = {
    "speckled": ("002-13",),
    "black": ("000-19", "000-12"),
    "grey": ("002-22",),
    "colours": ("003-18",),
    "error": ("000-09",),
    "fine": ("003-08",),
}

KNOWN_MISTAKES: dict[str, dict[str, KnownMistake]] = {
    "speckled": {
        "wrap": KnownMistake(
            "Linear output, no clip",
            cited("000"),
            "linear",
            4,
            Choices(clip="none", cast="truncate"),
            "wrapped-pixels",
            ("000-13", "000-01"),
        ),
        "times255": KnownMistake(
            "×255 on [-1,1]",
            f"{cited('003')}, example 1 after tanh",
            "tanh",
            1,
            Choices(map="times255", clip="none", cast="truncate"),
            "wrong-range-map",
            ("003-02",),
        ),
        "hidden": KnownMistake(
            "The same on digits: hardly visible",
            f"{cited('003')}, example 1, on digits",
            "digits",
            0,
            Choices(map="times255", clip="none", cast="truncate"),
            "wrong-range-map",
            ("003-02",),
        ),
        "ramp": KnownMistake(
            "The wrap on a ramp",
            "common when casting without a clip",
            "ramp",
            0,
            Choices(clip="none", cast="truncate"),
            "wrapped-pixels",
            ("000-13",),
        ),
    },
    "black": {
        "half": KnownMistake(
            "(x+1)/2, but no ×255",
            "many issue trackers",
            "tanh",
            1,
            Choices(map="half", cast="truncate"),
            "wrong-range-map",
            ("003-17",),
        ),
        "raw": KnownMistake(
            "No range map",
            f"{cited('000')}; {cited('001')}",
            "tanh",
            1,
            Choices(map="none", clip="none", cast="truncate"),
            "wrong-range-map",
            ("000-15", "000-14"),
        ),
        "early": KnownMistake(
            "Cast before scaling",
            f"{cited('000')}; inside the generator, such a cast also lets no gradient through",
            "real",
            0,
            Choices(clip="none", cast="early"),
            "wrong-range-map",
            ("000-10",),
        ),
        "unit": KnownMistake(
            "Clip to 0–1 after ×255", "many issue trackers", "real", 0, Choices(clip="unit"), "wrong-range-map"
        ),
        "nan": KnownMistake(
            "NaN from a broken run",
            "common when saving goes on after it",
            "nan",
            0,
            Choices(cast="truncate"),
            "non-finite",
            ("000-13",),
        ),
    },
    "grey": {
        "half255": KnownMistake(
            "(x+1)/2 on [0,1]: pale",
            f"{cited('001')}; {cited('002')}",
            "real",
            0,
            Choices(map="half255"),
            "wrong-range-map",
            ("003-17",),
        ),
        "first": KnownMistake(
            "Only the first channel", "many issue trackers", "real", 0, Choices(order="first"), "channel-order"
        ),
        "convert": KnownMistake(
            "convert('L') of a colour image",
            cited("000"),
            "real",
            0,
            Choices(pil="convert"),
            "channel-order",
            ("000-18",),
        ),
        "minmax": KnownMistake(
            "Min–max stretch: pale, and hides the fault",
            "save_image(normalize=True)",
            "linear",
            4,
            Choices(map="minmax"),
            "wrong-range-map",
            ("003-17",),
        ),
    },
    "dark": {
        "imshow": KnownMistake(
            "imshow of raw tanh", cited("002"), "ramp", 0, Choices(map="imshow"), "wrong-range-map", ("002-10",)
        ),
        "clipped": KnownMistake(
            "×255 on [-1,1], then clip",
            f"{cited('003')}, example 1, half fixed",
            "tanh",
            1,
            Choices(map="times255"),
            "wrong-range-map",
            ("003-02",),
        ),
        "truncate": KnownMistake(
            "Truncation, half a level", cited("000"), "tanh", 1, Choices(cast="truncate"), "", ("000-11",)
        ),
    },
    "colours": {
        "reshape": KnownMistake(
            "reshape for transpose", "many issue trackers", "real", 0, Choices(order="reshape"), "channel-order"
        ),
        "bgr": KnownMistake("Blue before red", "OpenCV", "real", 0, Choices(order="bgr"), "channel-order"),
        "cwh": KnownMistake(
            "Width before height", "many issue trackers", "ramp", 0, Choices(order="cwh"), "channel-order"
        ),
    },
    "error": {
        "hw1": KnownMistake(
            "(28,28,1) and 'L'",
            f"{cited('000')}, the printed solution",
            "tanh",
            1,
            Choices(cast="truncate", order="hw1", pil="L"),
            "pil-error",
            ("000-08", "000-04"),
        ),
        "1hw": KnownMistake(
            "(1,28,28)",
            f"{cited('003')}, example 1",
            "tanh",
            1,
            Choices(order="chw"),
            "pil-error",
            ("003-01", "003-16"),
        ),
        "w1h": KnownMistake(
            "(28,1,28)", f"{cited('003')}, example 3", "tanh", 1, Choices(order="w1h"), "pil-error", ("003-03",)
        ),
        "batch": KnownMistake(
            "The batch at once",
            f"{cited('003')}, example 3, of a whole batch",
            "real",
            0,
            Choices(order="batch"),
            "pil-error",
            ("003-04",),
        ),
        "float": KnownMistake(
            "Floats in colour",
            "common when the cast is forgotten",
            "real",
            0,
            Choices(cast="none"),
            "pil-error",
            ("000-04",),
        ),
        "float-grey": KnownMistake(
            "Grey floats to PNG", cited("000"), "tanh", 1, Choices(cast="none"), "pil-error", ("000-05",)
        ),
        "int64": KnownMistake(
            "int64", "common with astype(int)", "tanh", 1, Choices(cast="int64"), "pil-error", ("000-04",)
        ),
        "mode": KnownMistake(
            "mode='RGB' for grey", cited("000"), "tanh", 1, Choices(pil="RGB"), "pil-error", ("000-18", "000-04")
        ),
    },
    "jpeg": {
        "q75": KnownMistake(
            "JPEG as it comes, 75",
            cited("003"),
            "real",
            0,
            Choices(file="jpeg"),
            "jpeg-loss",
            ("003-06", "003-07"),
        ),
        "q10": KnownMistake(
            "JPEG at 10",
            cited("003"),
            "real",
            0,
            Choices(file="jpeg", quality=10),
            "jpeg-loss",
            ("003-14", "003-06"),
        ),
        "q95": KnownMistake(
            "JPEG at 95",
            cited("003"),
            "real",
            0,
            Choices(file="jpeg", quality=95),
            "jpeg-loss",
            ("003-14", "003-06"),
        ),
    },
    "fine": {
        "tanh": KnownMistake(
            "Tanh without clip: harmless",
            f"{cited('000')}, which calls the clip crucial",
            "tanh",
            1,
            Choices(clip="none"),
            "",
            ("000-07", "000-06"),
        ),
        "negative": KnownMistake(
            "Negative floats to TIFF: no error",
            f"{cited('000')}, which expects an exception",
            "tanh",
            1,
            Choices(map="none", clip="none", cast="none", file="tiff"),
            "wrong-range-map",
            ("000-03", "000-05"),
        ),
        "wide": KnownMistake("A picture that is not square", cited("003"), "ramp", 0, Choices(), "", ("003-05",)),
        "lossless": KnownMistake("WebP, lossless", cited("003"), "real", 0, Choices(file="webp"), "", ("003-06",)),
    },
}

# The mistake that shows each failure of saving most plainly: symptom and name.
PLAINEST: dict[str, tuple[str, str]] = {
    "wrapped-pixels": ("speckled", "wrap"),
    "wrong-range-map": ("black", "half"),
    "channel-order": ("colours", "reshape"),
    "pil-error": ("error", "hw1"),
    "jpeg-loss": ("jpeg", "q10"),
}


def recipes() -> list[dict[str, Any]]:
    """For each failure of saving a recipe like those of training, for JSON.

    Its sides are the tensor's source, the image in it, and the choice at each stage. The fixed side has the right ones.
    """
    found = []
    for failure, (looks, name) in PLAINEST.items():
        mistake = KNOWN_MISTAKES[looks][name]
        shown = {"source": mistake.source, "image": mistake.image}
        found.append(
            {
                "name": failure,
                "failure": failure,
                "document": "",
                "broken": shown | asdict(mistake.choices),
                "fixed": shown | asdict(Choices()),
                "words": mistake.words,
                "carries_over": {},
            }
        )
    return found
