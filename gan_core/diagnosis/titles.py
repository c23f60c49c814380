"""How each failure is called where people read it; its name in code stays in JSON and in addresses."""

from __future__ import annotations

from gan_core.diagnosis.failures import FAILURES

# Those of saving, which no run has.
_OF_FILES = {
    "wrapped-pixels": "Wrapped pixels",
    "wrong-range-map": "Wrong range",
    "pil-error": "Pillow refuses it",
    "channel-order": "Channels in the wrong order",
    "jpeg-loss": "JPEG loses detail",
}


def title_of(failure: str) -> str:
    """The name for people of a failure of training or of saving."""
    return _OF_FILES[failure] if failure in _OF_FILES else FAILURES[failure].title
