"""What two machines must have alike, so that the same experiment gives the same run on both."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

NAMES = {"python": "Python", "torch": "PyTorch", "gan_core": "gan_core"}


@functools.cache
def versions() -> dict[str, str]:
    """Of this process: Python and torch by their release, gan_core by its code."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, "torch": version("torch").partition("+")[0], "gan_core": _code()}


def differences(here: Mapping[str, str], there: Mapping[str, str], place: str) -> str:
    """What another machine has that is not as it is here, in a sentence; empty where all is."""
    apart = [
        f"{words} {there.get(name, 'none')} instead of {here[name]}"
        for name, words in NAMES.items()
        if there.get(name) != here[name]
    ]
    return f"{place} has {', '.join(apart)}: install the same there, and start its workers again." if apart else ""


def _code() -> str:
    """Equal for equal code, eight hexadecimal digits."""
    top, found = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(top.rglob("*.py")):
        found.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:8]
