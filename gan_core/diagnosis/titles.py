"""How each failure is called where people read it; its name in code stays in JSON and in addresses."""

from __future__ import annotations

from gan_core.diagnosis.failures import FAILURES

# Those of files and of logs, which no run of this project has.
_OF_FILES = {
    "wrapped-pixels": "Wrapped pixels",
    "wrong-range-map": "Wrong range",
    "pil-error": "Pillow refuses it",
    "channel-order": "Channels in the wrong order",
    "jpeg-loss": "JPEG loses detail",
    "clipped-dark": "Dark half clipped",
    "half-range": "Half the range",
    "shifted-range": "Shifted range",
    "normalised-twice": "Normalised twice",
    "low-bit-depth": "Low bit depth",
    "double-sigmoid": "Sigmoid applied twice",
    "no-gradient-to-g": "No gradient reaches G",
    "accumulated-gradients": "Gradients add up",
    "wrong-labels": "Wrong labels",
    "constant-discriminator": "D answers a constant",
    "penalty-not-acting": "The penalty does not act",
}


def title_of(failure: str) -> str:
    """The name for people of a failure of training or of saving."""
    return _OF_FILES[failure] if failure in _OF_FILES else FAILURES[failure].title
