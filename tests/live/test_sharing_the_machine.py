"""Many runs at once: turns between them, and room for so many only."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S, QUICK, beyond, reach, trains

from gan_core.live import places
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


def test_those_who_train_stand_back_until_a_new_run_has_its_picture(fresh):
    registry = fresh(max_workers=2)
    run = registry.start(QUICK)
    reach(registry, run, trains)
    other = registry.start(QUICK)
    assert registry.snapshot(run).state == "waiting"
    reach(registry, other, lambda seen: seen.frame is not None)
    reach(registry, run, trains)


def waiting(registry, runs):
    return next((run for run in runs if registry.snapshot(run).state == "waiting"), None)


def test_there_is_an_end_to_room(fresh):
    registry = fresh(max_runs=1, max_waiting=1)
    run_id = registry.start(QUICK)
    registry.start(QUICK)
    with pytest.raises(RunsFull, match=r"^All 1 places for runs are taken, and the line is full; .*\.$"):
        registry.start(QUICK)
    registry.stop(run_id)
    other = registry.start(QUICK)
    with pytest.raises(RunsFull):
        registry.resume(run_id)
    with pytest.raises(RunsFull):
        registry.rewind(run_id, QUICK)
    registry.forget(other)
    registry.resume(run_id)


def test_who_finds_no_place_waits_in_line_and_starts_by_itself(fresh):
    registry = fresh(max_runs=2)
    first, second, third, fourth = (registry.start(QUICK.replace(seed=seed)) for seed in range(4))
    for run in (first, second):
        reach(registry, run, trains)
    told = "All 2 places for runs are taken; this run is number {} in line and starts by itself when one is free"
    for run, number in ((third, 1), (fourth, 2)):
        reach(registry, run, lambda seen, number=number: seen.queue.startswith(told.format(number)))
        assert registry.snapshot(run).state == "starting"
    registry.stop(first)
    reach(registry, third, trains)
    reach(registry, fourth, lambda seen: seen.queue.startswith(told.format(1)))
    registry.forget(fourth)
    registry.resume(first)
    registry.forget(second)
    reach(registry, first, trains)


def test_a_run_that_stands_still_gives_its_place_to_one_that_waits(fresh, monkeypatch):
    """After a while without a click; it goes on from where it stood."""
    monkeypatch.setattr(places, "RESTED_S", 0.0)
    registry = fresh(max_runs=1)
    first = registry.start(QUICK)
    reach(registry, first, trains)
    second = registry.start(QUICK.replace(seed=1))
    reach(registry, second, lambda seen: "number 1 in line" in seen.queue or trains(seen))
    registry.pause(first)
    reach(registry, second, trains)
    put_aside = registry.snapshot(first)
    assert put_aside.state == "stopped"
    assert put_aside.trouble.startswith("Put aside at step ")
    assert put_aside.trouble.endswith(" for others who wait; it can go on from there.")
    registry.forget(second)
    registry.resume(first)
    reach(registry, first, lambda seen: seen.step > put_aside.step)


def test_a_comparison_gets_all_its_places_together_and_nobody_passes_it(fresh):
    registry = fresh(max_runs=2)
    alone = registry.start(QUICK)
    reach(registry, alone, trains)
    pair = registry.start_together([QUICK.replace(seed=1), QUICK.replace(seed=2)])
    last = registry.start(QUICK.replace(seed=3))
    reach(registry, last, lambda seen: "number 3 in line" in seen.queue)
    assert all(registry.snapshot(run).state == "starting" for run in pair)
    registry.forget(alone)
    for run in pair:
        reach(registry, run, trains)
    assert registry.snapshot(last).state == "starting"


def test_memory_of_a_run_is_its_own(fresh):
    registry = fresh()
    run = registry.start(QUICK)
    reach(registry, run, trains)
    taken = registry.snapshot(run).memory_mb
    assert taken is None or 5 < taken < 400


def test_old_records_make_room(fresh):
    registry = fresh(max_records=2)
    runs = [registry.start(QUICK) for _ in range(3)]
    for run in runs:
        registry.stop(run)
    assert registry.wait_until(lambda: registry.snapshot(runs[0]) is None, PATIENCE_S)
    assert [registry.snapshot(run) is None for run in runs] == [True, False, False]
