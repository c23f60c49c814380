"""Runs whose people closed their tabs, came back, or forgot them."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S, QUICK, beyond, gone, reach, trains, worker_pids

from gan_core.live.registry import UnknownRun


def test_a_run_pauses_when_everybody_left_and_goes_on_when_somebody_is_back(shared, run_id):
    shared.attach(run_id, "one")
    shared.attach(run_id, "two")
    shared.go(run_id)
    reach(shared, run_id, trains)
    shared.detach("one")
    assert shared.snapshot(run_id).state == "running"
    shared.detach("two")
    shared.detach("two")
    assert shared.snapshot(run_id).state == "paused"
    stands = reach(shared, run_id, lambda seen: seen.frame.step == seen.step)
    shared.attach(run_id, "one")
    reach(shared, run_id, beyond(stands.step))


def test_a_paused_run_stays_paused_when_somebody_is_back(shared, run_id):
    shared.attach(run_id, "one")
    shared.detach("one")
    shared.attach(run_id, "one")
    assert shared.snapshot(run_id).state == "paused"


def test_a_run_is_dropped_after_the_grace_period(fresh):
    registry = fresh(grace_s=0.2)
    run_id = registry.start(QUICK)
    registry.attach(run_id, "one")
    folder = reach(registry, run_id, trains).checkpoint.parent
    pid = worker_pids(registry)[0]
    registry.detach("one")
    assert registry.snapshot(run_id).state == "paused"
    assert registry.wait_until(lambda: registry.snapshot(run_id) is None, PATIENCE_S)
    assert gone(pid)
    registry.close()
    assert not folder.exists()
    with pytest.raises(UnknownRun, match="no longer here"):
        registry.attach(run_id, "one")
    registry.forget(run_id)


def test_a_forgotten_run_is_stopped_and_can_be_resumed(fresh):
    registry = fresh(idle_minutes=0.05)

    def busily(test):
        while not registry.wait_until(test, 0.2):
            registry.attach(run_id, "somebody")

    run_id = registry.start(QUICK)
    busily(lambda: trains(registry.snapshot(run_id)))
    pid = worker_pids(registry)[0]
    stopped = reach(registry, run_id, lambda seen: seen.state == "stopped")
    assert "after 0.05 minutes without a click" in stopped.trouble
    assert stopped.frame is not None
    assert gone(pid)
    registry.resume(run_id)
    busily(lambda: registry.snapshot(run_id).state == "running")
    assert registry.snapshot(run_id).step >= stopped.step
