"""How each failure is called where people read it; its name in code stays in JSON and in addresses."""

from __future__ import annotations

from gan_core.diagnosis.failures import FAILURES

# Those of files, which no run has.
_OF_FILES = {
    "wrapped-pixels": "Wrapped pixels",
    "wrong-range-map": "Wrong range",
    "pil-error": "Pillow rejects it",
    "channel-order": "Channels in the wrong order",
    "jpeg-loss": "JPEG loses detail",
    "clipped-dark": "Dark half clipped",
    "half-range": "Half the range",
    "shifted-range": "Shifted range",
    "normalised-twice": "Normalised twice",
    "low-bit-depth": "Low bit depth",
}
# Those that a training loop can have only where it is not ours, watched, by its log, or by its checkpoints.
_OF_LOOPS = {
    "constant-discriminator": "D gives one answer to all",
    "penalty-not-acting": "The penalty does not act",
    "normalised-output": "BatchNorm before the output",
    "frozen-discriminator": "D's weights never change",
    "zero-layer": "A layer of zeros",
}


def title_of(failure: str) -> str:
    """The name for people of a failure of training, of saving, or of a loop that is not ours."""
    named = _OF_FILES | _OF_LOOPS
    return named[failure] if failure in named else FAILURES[failure].title
