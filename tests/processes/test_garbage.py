"""What nobody holds goes, without another look at all that is there for good."""

from __future__ import annotations

import gc
import threading
import weakref

from gan_core.processes import garbage


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.ring = self


MANY = 50_000


def test_rings_that_nobody_holds_are_gone() -> None:
    garbage.collect()
    gone, held = weakref.ref(Ring()), Ring()
    kept = [Ring() for _ in range(MANY)]
    garbage.collect()
    assert gone() is None
    assert held.ring is held
    assert len(kept) == MANY


def test_what_was_there_at_first_is_set_apart_then_and_only_then() -> None:
    garbage.collect()
    apart = gc.get_freeze_count()
    kept = [Ring() for _ in range(MANY)]
    garbage.collect()
    assert len(kept) == MANY
    assert 0 < gc.get_freeze_count() <= apart


def test_where_little_is_new_nothing_is_looked_at() -> None:
    garbage.collect()
    gc.collect()
    collections = gc.get_stats()[2]["collections"]
    garbage.collect()
    assert gc.get_stats()[2]["collections"] == collections


def test_who_has_it_collected_does_not_wait_for_it() -> None:
    class Slow(Ring):
        def __del__(self) -> None:
            begun.set()
            told_in_time.append(ended.wait(20))

    begun, ended, told_in_time = threading.Event(), threading.Event(), list[bool]()
    garbage.collect()
    kept = [Ring() for _ in range(MANY)]
    gc.disable()  # else this thread might come upon it first
    try:
        Slow()
        garbage.collect_meanwhile()
        assert begun.wait(60)
        assert len(kept) == MANY
    finally:
        ended.set()
        gc.enable()
    for thread in threading.enumerate():
        if thread.name == "garbage":
            thread.join()
    assert told_in_time == [True]
