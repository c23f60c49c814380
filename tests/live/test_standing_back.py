"""Training stands back for runs that are being opened, but never for more than half of the time."""

from __future__ import annotations

import math

from gan_core.live.run import Run
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.live.standing_back import MOST_S, Openings
from gan_core.settings.experiment import Experiment


def asked(at: float) -> Run:
    """A run that was asked for at this time and has no picture yet."""
    run = Run("run", Experiment(), ScratchFolder(), go=True, owner="")
    run.asked_at = at
    return run


TRAINS = asked(-math.inf)


def test_training_stands_back_until_all_are_opened() -> None:
    openings = Openings()
    assert not openings.first([TRAINS], [TRAINS], 10.0) and openings.over == math.inf
    assert openings.first([asked(10.0), asked(10.0)], [TRAINS], 10.0) and openings.over == 10.0 + MOST_S
    assert openings.first([asked(10.0)], [TRAINS], 11.0)
    assert not openings.first([TRAINS], [TRAINS], 12.0) and openings.over == math.inf


def test_where_nobody_trains_nobody_stands_back() -> None:
    openings = Openings()
    assert not openings.first([asked(0.0)], [], 0.0)
    assert openings.first([asked(0.0)], [TRAINS], 0.1)


def test_a_run_in_line_holds_up_nobody() -> None:
    openings, waits = Openings(), asked(0.0)
    waits.line = "Third in line"
    assert not openings.first([waits], [TRAINS], 0.0)


def test_a_run_that_is_slow_to_open_is_not_waited_for() -> None:
    openings, slow = Openings(), asked(0.0)
    assert openings.first([slow], [TRAINS], 0.0)
    assert not openings.first([slow], [TRAINS], MOST_S)
    assert not openings.first([slow], [TRAINS], 3 * MOST_S)


def test_whoever_asks_again_and_again_gets_half_of_the_time() -> None:
    again, run = [tenth / 10 for tenth in range(6000)], asked(0.0)
    for of_ten, most in ((10, 0.51), (3, 0.31)):  # all the time, and a short opening each second
        openings, stood = Openings(), 0
        for tenth, now in enumerate(again):
            run.asked_at = now if tenth % 10 < of_ten else -math.inf
            stood += openings.first([run], [TRAINS], now)
        assert most - 0.06 < stood / len(again) <= most
