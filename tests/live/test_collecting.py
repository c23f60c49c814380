"""Samples of a live run, and saved ones made again, as a page asks for them."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest
from live_runs import PATIENCE_S, QUICK, alone, beyond, reach, trains, worker_pids
from shown_pictures import decoded

from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.live.registry import MOST_ORIGIN, RunEnded, RunError, UnknownRun
from gan_core.messages.samples import MOST
from gan_core.outputs.saved_pictures import saved_grid


def expected(steps, count, **settings):
    trainer = Trainer(QUICK.replace(**settings))
    for _ in range(steps):
        trainer.train_step()
    return collect(trainer, count)


def assert_same(found, wanted):
    assert found.step == wanted.step
    assert found.experiment == wanted.experiment
    assert np.array_equal(found.latent, wanted.latent)
    assert np.array_equal(found.values, wanted.values)


def test_samples_of_a_run_that_stands_still(shared, run_id):
    assert_same(shared.collect(run_id, 64, PATIENCE_S), expected(0, 64))
    shared.step(run_id)
    assert_same(shared.collect(run_id, 1, PATIENCE_S), expected(1, 1))
    shared.set(run_id, {"sample_mode": "eval"})
    assert_same(shared.collect(run_id, 5, PATIENCE_S), expected(1, 5, sample_mode="eval"))
    assert shared.snapshot(run_id).trouble == ""


def test_samples_of_a_run_that_trains(shared, run_id):
    shared.go(run_id)
    reach(shared, run_id, trains)
    found = shared.collect(run_id, 8, PATIENCE_S)
    assert_same(found, expected(found.step, 8))
    seen = reach(shared, run_id, beyond(found.step))
    assert seen.state == "running"
    assert seen.frame == alone(QUICK, seen.frame.step)


def test_a_run_that_is_just_starting_is_waited_for(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, go=False)  # there is no worker yet
    assert_same(registry.collect(run_id, 2, PATIENCE_S), expected(0, 2))


def test_sessions_that_ask_at_once_get_their_own_answers(shared, run_id):
    """Examinations by the spare worker go on beside it."""
    found = {}

    def ask(count):
        found[count] = shared.collect(run_id, count, PATIENCE_S).values

    sessions = [threading.Thread(target=ask, args=(count,)) for count in range(1, 7)]
    for session in sessions:
        session.start()
    shared.examine(QUICK, timeout_s=PATIENCE_S)
    for session in sessions:
        session.join()
    wanted = expected(0, 6).values
    for count, values in found.items():
        assert np.array_equal(values, wanted[:count])


def test_a_saved_picture_is_made_again_until_the_run_has_gone_on(shared, run_id):
    shared.step(run_id)
    saved = saved_grid(shared.collect(run_id, MOST, PATIENCE_S), "png", None)
    assert np.array_equal(decoded(shared.remake(run_id, saved.text, PATIENCE_S)), decoded(saved.picture))
    shared.step(run_id)
    with pytest.raises(RunError, match=r"^The picture is of step 1, but the weights are of step 2: train the same"):
        shared.remake(run_id, saved.text, PATIENCE_S)
    with pytest.raises(RunError, match="does not say where a picture comes from"):
        shared.remake(run_id, "no JSON", PATIENCE_S)
    with pytest.raises(RunError, match="was changed"):
        shared.remake(run_id, " " * (MOST_ORIGIN + 1), PATIENCE_S)
    assert shared.snapshot(run_id).trouble == ""


def test_what_cannot_be_collected_is_told_in_one_sentence(shared, run_id):
    for count in (0, 65):
        with pytest.raises(RunError, match=rf"^count must be 1 to 64, but is {count}\.$"):
            shared.collect(run_id, count, PATIENCE_S)
    assert shared.snapshot(run_id).trouble == ""  # the run itself is in order
    with pytest.raises(UnknownRun):
        shared.collect("nosuchrun", 1)
    shared.stop(run_id)
    with pytest.raises(RunEnded, match="resume the run first"):
        shared.collect(run_id, 1)
    refused = shared.start(QUICK.replace(dataset="folder", folder="/nowhere"))
    with pytest.raises(RunError, match="no run yet"):
        shared.collect(refused, 1, PATIENCE_S)
    shared.forget(refused)


def test_a_worker_that_hangs_or_is_killed_meanwhile_is_told(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, go=False)
    reach(registry, run_id, lambda seen: seen.state == "paused")
    (worker,) = worker_pids(registry)
    os.kill(worker, signal.SIGSTOP)
    with pytest.raises(RunError, match=r"^The run did not answer within 0\.01 seconds; ask again\.$"):
        registry.collect(run_id, 1, 0.01)
    outcome = []

    def ask():
        with pytest.raises(RunError) as caught:
            registry.collect(run_id, 1, PATIENCE_S)
        outcome.append(str(caught.value))

    session = threading.Thread(target=ask)
    session.start()
    os.kill(worker, signal.SIGKILL)
    session.join()
    assert "SIGKILL" in outcome[0] or "resume" in outcome[0]
    registry.resume(run_id, go=False)
    assert_same(registry.collect(run_id, 2, PATIENCE_S), expected(0, 2))
