"""One run and what a page may ask of it: go, pause, step, change, rewind; and how a run can turn out."""

from __future__ import annotations

import dataclasses
import threading

import pytest
import torch
from live_runs import PATIENCE_S, QUICK, beyond, reach, trains, worker_pids

from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment


def test_the_first_picture_comes_before_any_training(shared, run_id):
    seen = shared.snapshot(run_id)
    assert (seen.step, seen.frame.step, seen.steps) == (0, 0, QUICK.steps)
    assert (seen.experiment, seen.device_name) == (QUICK, "cpu")
    assert seen.frame_age_s >= 0
    assert (seen.queue, seen.trouble, seen.steps_per_second) == ("", "", 0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        seen.step = 1


def test_default_experiments_run_too(shared):
    run_id = shared.start(Experiment(steps=5))
    assert reach(shared, run_id, lambda seen: seen.state == "finished").opening.tile == 28
    shared.forget(run_id)


def test_go_pause_and_go_on(shared, run_id):
    shared.go(run_id)
    shared.go(run_id)
    assert reach(shared, run_id, lambda seen: seen.steps_per_second > 0).state == "running"
    shared.pause(run_id)
    shared.pause(run_id)
    assert shared.snapshot(run_id).state == "paused"
    stands = reach(shared, run_id, lambda seen: seen.frame.step == seen.step > 0)
    shared.go(run_id)
    reach(shared, run_id, beyond(stands.step))


@pytest.mark.parametrize("players", ["d", "g", "both"])
def test_single_steps(shared, run_id, players):
    shared.step(run_id, players)
    shared.step(run_id, players)
    trainer = Trainer(QUICK)
    trainer.train_step(players)
    trainer.train_step(players)
    seen = reach(shared, run_id, lambda seen: seen.frame.step == 2)
    assert seen.state == "paused"
    torch.testing.assert_close(seen.frame.measurements["loss_" + players[-1].replace("h", "g")],
                               trainer.measure()["loss_" + players[-1].replace("h", "g")])  # fmt: skip


def test_a_step_of_a_running_run_pauses_it(shared, run_id):
    shared.go(run_id)
    reach(shared, run_id, trains)
    shared.step(run_id)
    assert shared.snapshot(run_id).state == "paused"
    reach(shared, run_id, lambda seen: seen.frame.step == seen.step)


def test_a_live_change_applies_and_a_wrong_one_is_told(shared, run_id):
    shared.go(run_id)
    shared.set(run_id, {"lr_g": 0.01})
    assert reach(shared, run_id, lambda seen: seen.experiment.lr_g == 0.01).experiment == QUICK.replace(lr_g=0.01)
    shared.set(run_id, {"width": 4.0})
    told = reach(shared, run_id, lambda seen: seen.trouble)
    assert "width" in told.trouble
    assert told.state == "running"
    shared.set(run_id, {"lr_g": 0.02})
    assert reach(shared, run_id, lambda seen: seen.experiment.lr_g == 0.02).trouble == ""


def test_a_rewind_shows_the_same_first_picture(shared, run_id):
    first = shared.snapshot(run_id)
    shared.go(run_id)
    reach(shared, run_id, beyond(20))
    shared.rewind(run_id, QUICK, go=False)
    again = reach(shared, run_id, lambda seen: seen.state == "paused")
    assert [row.step for row in first.rows] == [0]
    assert (again.frame, again.opening, again.frames) == (first.frame, first.opening, first.frames)
    assert again.rows == first.rows
    shared.rewind(run_id, QUICK.replace(seed=5), go=True)
    assert reach(shared, run_id, trains).experiment.seed == 5


def test_a_finished_run_goes_on_with_more_steps(shared, run_id):
    shared.rewind(run_id, QUICK.replace(steps=25))
    seen = reach(shared, run_id, lambda seen: seen.state == "finished")
    assert [row.step for row in seen.rows] == [0, 10, 20, 25]
    assert (seen.frames[0].step, seen.frames[-1].step, seen.steps) == (0, 25, 25)
    shared.set(run_id, {"steps": 40})
    shared.go(run_id)
    reach(shared, run_id, lambda seen: seen.state == "finished" and seen.step == 40)


def test_a_broken_run_says_so_and_a_rewind_mends_it(shared, run_id):
    exploding = QUICK.replace(loss="wasserstein", optimiser="sgd", lr_g=1.0, lr_d=1.0, norm_g="none", init="he_normal")
    shared.rewind(run_id, exploding)
    seen = reach(shared, run_id, lambda seen: seen.state == "broken")
    assert "infinite or NaN" in seen.trouble
    assert seen.rows[-1].measurements["finite"] == 0
    shared.go(run_id)
    assert shared.snapshot(run_id).state == "broken"
    shared.rewind(run_id, QUICK)
    assert reach(shared, run_id, trains).trouble == ""


def test_a_refused_start_says_why_and_can_be_mended(shared, tmp_path):
    run_id = shared.start(QUICK.replace(dataset="folder", folder=str(tmp_path / "none")))
    refused = reach(shared, run_id, lambda seen: seen.state == "refused")
    assert "none" in refused.trouble
    shared.go(run_id)
    shared.pause(run_id)
    shared.step(run_id)
    shared.stop(run_id)
    shared.resume(run_id)
    assert "none" in reach(shared, run_id, lambda seen: seen.state == "refused").trouble
    shared.rewind(run_id, QUICK)
    assert reach(shared, run_id, trains).trouble == ""
    shared.forget(run_id)


def test_a_run_can_start_from_a_saved_checkpoint(shared, run_id, tmp_path):
    shared.step(run_id)
    shared.step(run_id)
    shared.pause(run_id)
    shared.stop(run_id)
    assert shared.wait_until(lambda: not worker_pids(shared), PATIENCE_S)
    run = shared.start(QUICK, go=False, checkpoint=shared.snapshot(run_id).checkpoint)
    assert reach(shared, run, lambda seen: seen.frame).step == 2
    shared.forget(run)
    with pytest.raises(FileNotFoundError):
        shared.start(QUICK, checkpoint=tmp_path / "none")


def test_commands_before_the_worker_is_there_are_kept(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, go=False)
    registry.set(run_id, {"lr_g": 0.5})
    registry.step(run_id)
    registry.step(run_id)
    assert registry.snapshot(run_id).state == "starting"
    seen = reach(registry, run_id, lambda seen: seen.frame and seen.frame.step == 2)
    assert seen.experiment.lr_g == 0.5
    assert seen.state == "paused"


def test_many_hands_at_once_do_no_harm(shared, run_id):
    def click():
        for action in (shared.go, shared.pause, shared.step, shared.go):
            action(run_id)
        shared.rewind(run_id, QUICK)

    hands = [threading.Thread(target=click) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    reach(shared, run_id, trains)
