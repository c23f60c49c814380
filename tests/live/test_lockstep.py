"""Runs that go together: never further apart than a stretch, with pictures of exactly the same steps."""

from __future__ import annotations

import psutil
import pytest
from live_runs import QUICK, alone, gone, reach, worker_pids

from gan_core.live.lockstep import LONGEST, STRETCHES, stretch
from gan_core.live.registry import RunsFull
from gan_core.settings.experiment import Experiment

SHORT = QUICK.replace(steps=100, measure_every=50)
SLOWER = SHORT.replace(architecture="dcgan", width=0.5)
LONG = SHORT.replace(steps=20_000)
EXPLODING = SHORT.replace(loss="wasserstein", optimiser="sgd", lr_g=1.0, lr_d=1.0, norm_g="none", init="he_normal")


@pytest.fixture
def together(fresh):
    """Starts runs in lock-step in a registry of their own, and notes how far apart they ever are."""

    class Started:
        def __init__(self, experiments: list[Experiment], **limits: int) -> None:
            self.registry = fresh(**limits)
            self.ids = self.registry.start_together(experiments)
            self.every = stretch(experiments)
            self.apart = 0

        def look(self):
            return [self.registry.snapshot(run_id) for run_id in self.ids]

        def until(self, test) -> None:
            def reached() -> bool:
                going = [seen.step for seen in self.look() if seen and seen.state not in ("broken", "crashed")]
                self.apart = max(self.apart, max(going) - min(going))
                return test(self.look())

            assert self.registry.wait_until(reached, 120), self.look()

    return Started


def finished(runs) -> bool:
    return all(seen.state == "finished" for seen in runs)


def test_fast_and_slow_reach_every_stretch_together_though_they_share_one_place(together):
    group = together([SHORT, SLOWER], max_workers=1)
    group.until(finished)
    assert 0 < group.apart <= group.every
    expected = list(range(0, 101, group.every))
    for seen in group.look():
        assert [frame.step for frame in seen.frames] == expected
        assert [row.step for row in seen.rows] == list(range(0, 101, 50))


def test_they_are_what_each_would_be_alone_and_their_time_of_training_grows(together):
    experiments = [SHORT, SHORT.replace(output_activation="linear")]
    group = together(experiments)
    group.until(finished)
    assert group.apart <= group.every
    for seen, experiment in zip(group.look(), experiments, strict=True):
        for frame in (seen.frames[1], seen.frames[7], seen.frames[-1]):
            assert frame == alone(experiment, frame.step)
        seconds = [frame.trained_s for frame in seen.frames]
        assert seconds[0] == 0
        assert seconds == sorted(set(seconds))


def test_nobody_waits_for_one_that_broke(together):
    group = together([EXPLODING, SHORT])
    group.until(lambda runs: runs[0].state == "broken" and runs[1].state == "finished")
    assert group.look()[0].step < 100


def test_nobody_waits_for_one_whose_process_died(together):
    group = together([LONG, LONG.replace(seed=1)])
    group.until(lambda runs: all(seen.step > 0 for seen in runs))
    victim = worker_pids(group.registry)[0]
    psutil.Process(victim).kill()
    assert gone(victim)
    group.until(lambda runs: any(seen.state == "crashed" for seen in runs))
    (other,) = [seen for seen in group.look() if seen.state != "crashed"]
    far = other.step + 3 * group.every
    group.until(lambda runs: any(seen.step >= far for seen in runs))


def test_nobody_waits_for_one_that_was_forgotten(together):
    group = together([LONG, LONG.replace(seed=1)])
    group.registry.pause(group.ids[1])
    group.registry.forget(group.ids[1])
    reach(group.registry, group.ids[0], lambda seen: seen.step >= 2 * group.every)


def test_all_wait_for_one_that_is_paused_and_go_on_with_it(together):
    one, other = (QUICK.replace(steps=1200, seed=seed) for seed in (0, 1))
    group = together([one, other])
    group.until(lambda runs: runs[1].step > 0)
    group.registry.pause(group.ids[1])
    stands = reach(group.registry, group.ids[1], lambda seen: seen.state == "paused").step
    reach(group.registry, group.ids[0], lambda seen: seen.step == (stands // group.every + 1) * group.every)
    group.registry.go(group.ids[1])
    group.until(finished)
    assert group.apart <= group.every
    assert [frame.step for frame in group.look()[0].frames] == [frame.step for frame in group.look()[1].frames]


def test_rewound_they_begin_together_again(together):
    group = together([SHORT, SLOWER])
    group.until(finished)
    first = [seen.frames for seen in group.look()]
    for run_id, experiment in zip(group.ids, (SHORT, SLOWER), strict=True):
        group.registry.rewind(run_id, experiment)
    group.until(lambda runs: all(seen.step < 100 for seen in runs))
    group.apart = 0
    group.until(finished)
    assert group.apart <= group.every
    assert [seen.frames for seen in group.look()] == first


def test_others_keep_their_turn_beside_them(together):
    group = together([LONG, LONG.replace(seed=1)], max_workers=1)
    solo = group.registry.start(QUICK.replace(seed=2))
    reach(group.registry, solo, lambda seen: seen.step > 0)
    steps = [seen.step for seen in group.look()]
    group.until(lambda runs: all(seen.step > step for seen, step in zip(runs, steps, strict=True)))
    assert group.apart <= group.every


def test_without_room_for_all_none_is_started(fresh):
    registry = fresh(max_runs=2)
    with pytest.raises(RunsFull, match="This server has 2 places for runs, and 3 are needed: compare fewer"):
        registry.start_together([QUICK] * 3)
    with pytest.raises(RunsFull, match="2 places"):  # still none
        registry.start_together([QUICK] * 3)


@pytest.mark.parametrize(
    ("steps", "measure_every"), [(2000, 50), (200, 50), (1_000_000, 50), (7, 50), (0, 10), (999, 7), (2000, 10_000)]
)
def test_a_stretch_is_short_enough_to_watch_and_meets_the_rows(steps, measure_every):
    every = stretch([Experiment(steps=steps, measure_every=measure_every), Experiment(steps=steps // 2)])
    assert steps / every <= 2 * STRETCHES or every > LONGEST / 2
    assert every <= LONGEST
    assert every % measure_every == 0 or measure_every % every == 0
