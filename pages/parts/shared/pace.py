"""How often the pages look at the runs: as often as it can be while most of the machine is left to training."""

from __future__ import annotations

import functools
import os
import time
from collections import deque
from collections.abc import Callable
from math import ceil
from typing import ParamSpec

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from gan_core.live.registry import registry
from gan_core.processes.only_one import only_one
from pages.parts.shared import state, turn

LOOK_EVERY_S = 0.5
SLOWEST_S = 10.0
SHARE = 0.12  # of all cores, for drawing
# Of all tabs together. Above some 20, Streamlit throws away what a look has drawn when the next one begins before it
# was sent, and nobody sees anything any more.
MOST_A_SECOND = 10.0
SENT = 1.5  # times what drawing takes, for packing and sending what was drawn
FIRST_S = 0.03  # of a core, for a look, before any was measured
MOST_LOOKS = 100  # of which the cost is remembered
KEPT = 1.5  # an interval stays until the wanted one is so many times longer or shorter

Given = ParamSpec("Given")


class Pace:
    """What the latest looks have cost."""

    def __init__(self) -> None:
        self._costs: deque[float] = deque(maxlen=MOST_LOOKS)  # seconds of a core

    def note(self, seconds: float) -> None:
        """A look was drawn in so many seconds of a core."""
        self._costs.append(seconds)

    def interval(self, tabs: int) -> float:
        """Seconds between two looks of each of so many tabs, in halves."""
        costs = [*self._costs]
        cost = sum(costs) / len(costs) if costs else FIRST_S
        wanted = max(tabs * cost * SENT / (SHARE * (os.cpu_count() or 1)), tabs / MOST_A_SECOND)
        return min(SLOWEST_S, max(LOOK_EVERY_S, ceil(2 * wanted) / 2))

    def close(self) -> None:
        """Nothing goes on in it."""


def interval() -> float:
    """Seconds between two looks at a run, longer where many people look at runs that move."""
    return _pace().interval(registry().stats().looking)


def measured(look: Callable[Given, None]) -> Callable[Given, None]:
    """A function that draws one look, with note taken of what it costs."""

    @functools.wraps(look)
    def drawn(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with turn.turn():
            begun = time.thread_time()
            try:
                look(*args, **kwargs)
            finally:
                _pace().note(time.thread_time() - begun)

    return drawn


def follow(polled: float | None, wanted: float | None) -> None:
    """To be called in a part of the page that was drawn with `run_every=polled`: have the browser draw it again as
    often as is wanted by now. Streamlit itself has that said by a whole run of the script only, which draws every
    control again; in a browser that takes as long as four looks."""
    running = get_script_run_ctx()
    part = ThreadState.get().fragment_id
    if running is None or part is None:
        return
    if not running.fragment_ids_this_run:  # a whole run, which has said it just now
        state.POLLED.set(polled)
    if not outdated(state.POLLED.get(), wanted):
        return
    state.POLLED.set(wanted)
    message = ForwardMsg()
    if wanted is None:
        message.stop_auto_rerun.fragment_ids.append(part)
    else:
        message.auto_rerun.fragment_id, message.auto_rerun.interval = part, wanted
    running.enqueue(message)


def outdated(polled: float | None, wanted: float | None) -> bool:
    """Whether the page has to begin, or end, to look by itself, or to look much more or less often."""
    if polled is None or wanted is None:
        return polled is not wanted
    return not polled / KEPT < wanted < polled * KEPT


def _pace() -> Pace:
    return only_one("pace", Pace)
