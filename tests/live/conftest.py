"""Registries with real workers, and a run that is ready."""

from __future__ import annotations

import pytest
from live_runs import QUICK, reach

from gan_core.live.limits import Limits
from gan_core.live.registry import Registry


@pytest.fixture
def fresh():
    """Makes registries with limits of their own, and closes them."""
    made = []

    def make(**limits):
        made.append(Registry(Limits(**{"max_workers": 2, **limits})))
        return made[-1]

    yield make
    for registry in made:
        registry.close()


@pytest.fixture(scope="package")
def shared():
    """One registry for all tests that need no limits of their own; each leaves it without runs."""
    registry = Registry(Limits(max_workers=2))
    registry.warm()
    yield registry
    registry.close()


@pytest.fixture
def run_id(shared):
    """A run that has shown its first picture and stands still."""
    run_id = shared.start(QUICK, go=False)
    reach(shared, run_id, lambda seen: seen.state == "paused")
    yield run_id
    shared.forget(run_id)
