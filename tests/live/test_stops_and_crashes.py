"""A worker that was stopped, was killed or hangs, and how its run goes on."""

from __future__ import annotations

import os
import signal

import pytest
from live_runs import PATIENCE_S, QUICK, beyond, gone, reach, trains, worker_pids

from gan_core.live.registry import RunEnded


def test_stop_keeps_the_record_and_resume_goes_on(shared, run_id):
    shared.go(run_id)
    reach(shared, run_id, beyond(20))
    shared.stop(run_id)
    shared.stop(run_id)
    shared.pause(run_id)
    stopped = shared.snapshot(run_id)
    assert stopped.state == "stopped"
    assert "can go on" in stopped.trouble
    assert stopped.frame.step > 0
    with pytest.raises(RunEnded, match="resume"):
        shared.go(run_id)
    shared.resume(run_id, go=False)
    shared.resume(run_id, go=False)
    seen = reach(shared, run_id, lambda seen: seen.state == "paused")
    assert seen.step >= stopped.step
    assert [row.step for row in seen.rows] == list(range(0, seen.rows[-1].step + 1, 10))
    shared.go(run_id)
    reach(shared, run_id, beyond(seen.step))


def test_a_killed_worker_is_told_in_words_and_resumes_from_its_checkpoint(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, go=False)
    reach(registry, run_id, lambda seen: seen.state == "paused")
    for _ in range(12):
        registry.step(run_id)
    registry.pause(run_id)
    reach(registry, run_id, lambda seen: seen.step == 12)
    registry.go(run_id)
    before = reach(registry, run_id, beyond(40))
    os.kill(worker_pids(registry)[0], signal.SIGKILL)
    crashed = reach(registry, run_id, lambda seen: seen.state == "crashed")
    assert "SIGKILL (exit code -9)" in crashed.trouble
    assert crashed.frame.step >= before.frame.step
    assert crashed.rows[-1].step > 12

    registry.resume(run_id, go=False)
    resumed = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert resumed.step == 12  # the checkpoint of the pause; a later one would come after 5 s
    assert [row.step for row in resumed.rows] == [0, 10]
    assert resumed.frame.step == 12
    registry.go(run_id)
    rows = {row.step: row for row in reach(registry, run_id, beyond(40)).rows}
    assert rows[20] == next(row for row in crashed.rows if row.step == 20)
    assert rows[30] == next(row for row in crashed.rows if row.step == 30)


def test_a_worker_killed_before_its_first_picture_begins_anew(fresh):
    registry = fresh()
    run_id = registry.start(QUICK)
    assert registry.wait_until(lambda: worker_pids(registry), PATIENCE_S)
    os.kill(worker_pids(registry)[0], signal.SIGKILL)
    crashed = reach(registry, run_id, lambda seen: seen.state == "crashed")
    assert "step 0" in crashed.trouble
    assert crashed.frame is None
    registry.resume(run_id)
    reach(registry, run_id, trains)


def test_a_crashed_run_can_be_rewound(fresh):
    registry = fresh()
    run_id = registry.start(QUICK)
    reach(registry, run_id, trains)
    os.kill(worker_pids(registry)[0], signal.SIGKILL)
    reach(registry, run_id, lambda seen: seen.state == "crashed")
    registry.rewind(run_id, QUICK.replace(seed=3), go=False)
    seen = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert (seen.step, seen.experiment.seed, len(seen.frames)) == (0, 3, 1)


def test_a_worker_that_hangs_is_killed_and_nobody_waits(fresh):
    registry = fresh()
    run_id = registry.start(QUICK)
    reach(registry, run_id, trains)
    pid = worker_pids(registry)[0]
    os.kill(pid, signal.SIGSTOP)
    registry.pause(run_id)
    registry.set(run_id, {"lr_g": 0.1})
    registry.forget(run_id)
    assert registry.snapshot(run_id) is None
    assert gone(pid)
