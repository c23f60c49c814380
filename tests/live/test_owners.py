"""Whose a live run is: how many each may have, and a copy of another's."""

from __future__ import annotations

from pathlib import Path

import pytest
from live_runs import QUICK, reach
from tiny import tiny

from gan_core.live.errors import RunsFull
from gan_core.live.limits import Limits, LimitsError
from gan_core.saved_runs.store import Store


def test_each_owner_has_a_limit_and_nobody_has_none(fresh):
    registry = fresh(runs_each=2, max_runs=9)
    first = registry.start(QUICK, go=False, owner="a")
    assert registry.snapshot(first).owner == "a"
    with pytest.raises(RunsFull, match=r"^You have 1 live run already, and each visitor may have 2 at a time"):
        registry.start_together([QUICK, QUICK], go=False, owner="a")
    registry.start(QUICK, go=False, owner="a")
    with pytest.raises(RunsFull, match="You have 2 live runs already"):
        registry.copy(first, "a")
    registry.start(QUICK, go=False, owner="b")
    for _ in range(3):
        registry.start(QUICK, go=False)
    assert [run.owner for run in registry.everything()] == ["a", "a", "b", "", "", ""]
    registry.forget(first)
    registry.start(QUICK, go=False, owner="a")
    with pytest.raises(RunsFull, match="That is 3 runs, and each visitor may have 2"):
        registry.start_together([QUICK] * 3, go=False, owner="c")


def test_the_environment_says_how_many_each_may_have():
    assert Limits.from_environment({"GAN_RUNS_EACH": "5"}).runs_each == 5
    assert Limits.from_environment({"GAN_STEPS_EACH": "900"}).steps_each == 900
    with pytest.raises(LimitsError, match="GAN_RUNS_EACH='0' is not a limit"):
        Limits.from_environment({"GAN_RUNS_EACH": "0"})


def test_a_copy_goes_on_as_the_original_does(shared):
    e = tiny(steps=24, measure_every=4)
    original = shared.start(e, go=False, owner="a")
    for _ in range(9):
        shared.step(original)
    before = reach(shared, original, lambda seen: seen.state == "paused" and seen.frame.step == 9)
    copied = shared.copy(original, "b")
    opened = reach(shared, copied, lambda seen: seen.state == "paused")
    assert (opened.owner, opened.step, opened.experiment) == ("b", 9, e)
    assert opened.frame.fake_png == before.frame.fake_png and opened.rows == before.rows
    for run_id in (original, copied):
        shared.go(run_id)
    one, other = (reach(shared, run_id, lambda seen: seen.state == "finished") for run_id in (original, copied))
    assert one.rows == other.rows
    assert one.frame.fake_png == other.frame.fake_png
    for run_id in (original, copied):
        shared.forget(run_id)


def test_a_run_that_ended_before_it_was_written_leaves_no_folder(shared, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GAN_HOME", str(tmp_path))
    run_id = shared.start(QUICK, go=False)
    shared.save_thread.save_as(run_id, "soon gone")
    shared.forget(run_id)
    assert shared.wait_until(lambda: not any(path.name[0] != "." for path in tmp_path.iterdir()), 20)
    assert Store.from_environment().headings() == []
