"""When pictures are due, by a clock that is only counted."""

from __future__ import annotations

import itertools
import random

import pytest

from gan_core.worker.speed import beat


def test_ten_pictures_a_second_are_ten_whatever_the_steps_take() -> None:
    """A picture waits for the end of a step or of a row; that must not add up."""
    chance = random.Random(1)
    now = due = 0.0
    taken: list[float] = []
    while now < 100:
        now += chance.choice((0.002, 0.003, 0.025))
        if now >= due:
            due = beat(due, now, 0.1)
            taken.append(now)
            now += 0.006  # what the picture takes
    assert len(taken) == pytest.approx(1000, abs=2)
    assert min(later - earlier for earlier, later in itertools.pairwise(taken)) > 0.07


def test_pictures_that_were_missed_are_not_made_up() -> None:
    assert beat(5.0, 7.3, 0.1) == pytest.approx(7.4)
    assert beat(5.0, 4.2, 0.1) == pytest.approx(4.3)  # one between, as a pause takes it
