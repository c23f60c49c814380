"""Many runs at once: turns between them, and room for so many only."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S, QUICK, beyond, reach, trains

from gan_core.live.registry import RunsFull


@pytest.mark.parametrize("places", [1, 2])
def test_everybody_advances_in_turn(fresh, places):
    registry = fresh(max_workers=places, slice_s=0.2)
    runs = [registry.start(QUICK.replace(seed=seed)) for seed in range(4)]
    words = set()
    most = []

    def all_trained_twice():
        stats = registry.stats()
        most.append(stats.running)
        seen = [registry.snapshot(run) for run in runs]
        words.update(run.queue for run in seen if run.state == "waiting")
        assert sum(run.state == "running" for run in seen) <= places
        return all(run.step > 0 for run in seen) and stats.waiting == 4 - places

    assert registry.wait_until(all_trained_twice, PATIENCE_S)
    now = [registry.snapshot(run).step for run in runs]
    for run, step in zip(runs, now, strict=True):
        reach(registry, run, beyond(step))
    assert max(most) == places
    assert f"Waiting for its turn: 4 runs share {places} core" + "s" * (places > 1) in words

    # A run that waits can be changed, and stepped, without its turn.
    assert registry.wait_until(lambda: waiting(registry, runs) is not None, PATIENCE_S)
    run = waiting(registry, runs)
    registry.set(run, {"lr_d": 0.01})
    reach(registry, run, lambda seen: seen.experiment.lr_d == 0.01)
    registry.step(run)
    reach(registry, run, lambda seen: seen.state == "paused" and seen.frame.step == seen.step)


def waiting(registry, runs):
    return next((run for run in runs if registry.snapshot(run).state == "waiting"), None)


def test_there_is_an_end_to_room(fresh):
    registry = fresh(max_runs=1)
    run_id = registry.start(QUICK)
    with pytest.raises(RunsFull, match=r"^All 1 places for runs are taken; .*\.$"):
        registry.start(QUICK)
    registry.stop(run_id)
    other = registry.start(QUICK)
    with pytest.raises(RunsFull):
        registry.resume(run_id)
    with pytest.raises(RunsFull):
        registry.rewind(run_id, QUICK)
    registry.forget(other)
    registry.resume(run_id)
    reach(registry, run_id, trains)


def test_old_records_make_room(fresh):
    registry = fresh(max_records=2)
    runs = [registry.start(QUICK) for _ in range(3)]
    for run in runs:
        registry.stop(run)
    assert registry.wait_until(lambda: registry.snapshot(runs[0]) is None, PATIENCE_S)
    assert [registry.snapshot(run) is None for run in runs] == [True, False, False]
