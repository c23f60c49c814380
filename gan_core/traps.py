"""The known traps between tensor and file, by what the files look like; each is a set of choices to look at.

The numbers of claims are those of the project's ledger of what the documents say.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gan_core.journey import Choices


@dataclass(frozen=True)
class Trap:
    """One trap: `words` for its button (seven at most), where it is met, the `source` that shows it and which
    `image` of it, the choices, and the `failure` that is found (empty: none, whatever people say)."""

    words: str
    met: str
    source: str
    image: int
    choices: Choices
    failure: str


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

# Symptom -> what else the documents say of it, and what was measured.
CLAIMS: dict[str, str] = {
    "speckled": "Claim 43: a tanh trained on [0,1] leaves 35 % of the values just below 0. Without a clip, they turn "
    "white.",
    "black": "Claim 12: training on 0–255 makes it worse. With a linear output, 34 % of the values lay outside, and "
    "the contrast was 9 % of the real one.",
    "grey": "Claim 44, refuted: untrained, document 002's mended generator has a contrast of 29 levels of 255, less "
    "than the 89 of the one it mends.",
    "error": "Claim 9, refuted: document 000's program runs in no version of TensorFlow: tf.layers is of 1, .numpy() "
    "needs 2, and Image is not imported.",
    "fine": "Claim 52: a saved latent vector brings the picture back only with the weights, and in eval mode. In train "
    "mode, other batch-mates changed it by 5.5 levels.",
}

TRAPS: dict[str, dict[str, Trap]] = {
    "speckled": {
        "wrap": Trap(
            "Linear output, no clip",
            "Document 000, claims 1, 13",
            "linear",
            4,
            Choices(clip="none", cast="truncate"),
            "wrapped-pixels",
        ),
        "times255": Trap(
            "×255 on [-1,1]",
            "Document 003, example 1 after tanh, claim 46",
            "tanh",
            1,
            Choices(map="times255", clip="none", cast="truncate"),
            "wrong-range-map",
        ),
        "hidden": Trap(
            "The same on digits: hardly seen",
            "Claim 46 on MNIST",
            "digits",
            0,
            Choices(map="times255", clip="none", cast="truncate"),
            "wrong-range-map",
        ),
        "ramp": Trap(
            "The wrap on a ramp",
            "Claim 13",
            "ramp",
            0,
            Choices(clip="none", cast="truncate"),
            "wrapped-pixels",
        ),
    },
    "black": {
        "half": Trap(
            "(x+1)/2, but no ×255", "many trackers", "tanh", 1, Choices(map="half", cast="truncate"), "wrong-range-map"
        ),
        "raw": Trap(
            "No range map",
            "Documents 000 and 001",
            "tanh",
            1,
            Choices(map="none", clip="none", cast="truncate"),
            "wrong-range-map",
        ),
        "early": Trap(
            "Cast before scaling",
            "Document 000, claims 10, 11; inside the generator, such a cast also lets no gradient through",
            "real",
            0,
            Choices(clip="none", cast="early"),
            "wrong-range-map",
        ),
        "unit": Trap("Clip to 0–1 after ×255", "many trackers", "real", 0, Choices(clip="unit"), "wrong-range-map"),
        "nan": Trap("NaN from a broken run", "Claim 13", "nan", 0, Choices(cast="truncate"), "non-finite"),
    },
    "grey": {
        "half255": Trap(
            "(x+1)/2 on [0,1]: pale", "Documents 001 and 002", "real", 0, Choices(map="half255"), "wrong-range-map"
        ),
        "first": Trap("Only the first channel", "many trackers", "real", 0, Choices(order="first"), "channel-order"),
        "convert": Trap(
            "convert('L') of a colour image",
            "Document 000, claim 5",
            "real",
            0,
            Choices(pil="convert"),
            "channel-order",
        ),
        "minmax": Trap(
            "Min–max stretch: pale, and hides it",
            "save_image(normalize=True)",
            "linear",
            4,
            Choices(map="minmax"),
            "wrong-range-map",
        ),
    },
    "dark": {
        "imshow": Trap(
            "imshow of raw tanh", "Document 002, claim 42", "ramp", 0, Choices(map="imshow"), "wrong-range-map"
        ),
        "clipped": Trap(
            "×255 on [-1,1], then clip",
            "Document 003, example 1, mended halfway",
            "tanh",
            1,
            Choices(map="times255"),
            "wrong-range-map",
        ),
        "truncate": Trap("Truncation, half a level", "Document 000, claim 11", "tanh", 1, Choices(cast="truncate"), ""),
    },
    "colours": {
        "reshape": Trap("reshape for transpose", "many trackers", "real", 0, Choices(order="reshape"), "channel-order"),
        "bgr": Trap("Blue before red", "OpenCV", "real", 0, Choices(order="bgr"), "channel-order"),
        "cwh": Trap("Width before height", "many trackers", "ramp", 0, Choices(order="cwh"), "channel-order"),
    },
    "error": {
        "hw1": Trap(
            "(28,28,1) and 'L'",
            "Document 000's “complete solution”, claim 8",
            "tanh",
            1,
            Choices(cast="truncate", order="hw1", pil="L"),
            "pil-error",
        ),
        "1hw": Trap("(1,28,28)", "Document 003, claims 4, 45", "tanh", 1, Choices(order="chw"), "pil-error"),
        "w1h": Trap("(28,1,28)", "Document 003, example 3, claim 47", "tanh", 1, Choices(order="w1h"), "pil-error"),
        "batch": Trap("The batch at once", "Document 003, claim 48", "real", 0, Choices(order="batch"), "pil-error"),
        "float": Trap("Floats in colour", "Claim 4", "real", 0, Choices(cast="none"), "pil-error"),
        "float-grey": Trap("Grey floats to PNG", "Document 000, claim 5", "tanh", 1, Choices(cast="none"), "pil-error"),
        "int64": Trap("int64", "Claim 4", "tanh", 1, Choices(cast="int64"), "pil-error"),
        "mode": Trap("mode='RGB' for grey", "Document 000, claim 4", "tanh", 1, Choices(pil="RGB"), "pil-error"),
    },
    "jpeg": {
        "q75": Trap(
            "JPEG as it comes, 75", "Document 003, claims 50, 51", "real", 0, Choices(file="jpeg"), "jpeg-loss"
        ),
        "q10": Trap("JPEG at 10", "Document 003, claim 50", "real", 0, Choices(file="jpeg", quality=10), "jpeg-loss"),
        "q95": Trap("JPEG at 95", "Document 003, claim 50", "real", 0, Choices(file="jpeg", quality=95), "jpeg-loss"),
    },
    "fine": {
        "tanh": Trap("Tanh without clip: harmless", "Document 000, claims 6, 7", "tanh", 1, Choices(clip="none"), ""),
        "negative": Trap(
            "Negative floats to TIFF: no error",
            "Document 000, claim 3",
            "tanh",
            1,
            Choices(map="none", clip="none", cast="none", file="tiff"),
            "wrong-range-map",
        ),
        "wide": Trap("A picture that is not square", "Document 003, claim 49", "ramp", 0, Choices(), ""),
        "lossless": Trap("WebP, lossless", "Document 003, claim 50", "real", 0, Choices(file="webp"), ""),
    },
}

# The trap that shows each failure of saving most plainly: symptom and name.
PLAINEST: dict[str, tuple[str, str]] = {
    "wrapped-pixels": ("speckled", "wrap"),
    "wrong-range-map": ("black", "half"),
    "channel-order": ("colours", "reshape"),
    "pil-error": ("error", "hw1"),
    "jpeg-loss": ("jpeg", "q10"),
}


def recipes() -> list[dict[str, Any]]:
    """For each failure of saving a recipe like those of training, for JSON; its sides are the tensor's source, the
    image in it, and the way taken at each stage, the right ways on the fixed side."""
    found = []
    for failure, (looks, name) in PLAINEST.items():
        trap = TRAPS[looks][name]
        shown = {"source": trap.source, "image": trap.image}
        found.append(
            {
                "name": failure,
                "failure": failure,
                "document": "",
                "broken": shown | asdict(trap.choices),
                "fixed": shown | asdict(Choices()),
                "words": trap.words,
                "carries_over": {},
            }
        )
    return found
