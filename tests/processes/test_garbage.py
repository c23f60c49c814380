"""What nobody holds goes, without another look at all that is there for good."""

from __future__ import annotations

import gc
import weakref

from gan_core.processes import garbage


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.ring = self


def test_a_ring_that_nobody_holds_is_gone() -> None:
    gone, held = weakref.ref(Ring()), Ring()
    garbage.collect()
    assert gone() is None
    assert held.ring is held


def test_what_was_there_at_first_is_set_apart_then_and_only_then() -> None:
    garbage.collect()
    apart = gc.get_freeze_count()
    kept = [Ring() for _ in range(100)]
    garbage.collect()
    assert len(kept) < gc.get_freeze_count() <= apart
