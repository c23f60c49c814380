"""A start waits for its first picture.

A page that is drawn before has to be drawn once more, and thirty pages take longer than thirty openings.
"""

from __future__ import annotations

import time

from gan_core.live.registry import registry
from pages.parts.shared import turn

ALONE_S = 1.0
EACH_S = 0.2  # more for each run that is being opened
ASK_EVERY_S = 0.2


def wait_for(run_id: str) -> None:
    """Wait until there is something to see of a run that was started, but not for long."""
    begun, most = time.monotonic(), 0
    with turn.aside():
        while not registry().wait_until(lambda: _tells(run_id), ASK_EVERY_S):
            most = max(most, registry().stats().opening)
            if time.monotonic() - begun > ALONE_S + EACH_S * most:
                return


def _tells(run_id: str) -> bool:
    """Whether it has its first picture, or says why there is none yet."""
    run = registry().snapshot(run_id)
    return run is None or run.state != "starting" or run.frame is not None or bool(run.queue)
