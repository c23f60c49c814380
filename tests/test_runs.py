"""The registry of runs, with real workers."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading

import pytest
import torch
from live import PATIENCE_S, QUICK, ROOT, gone

from gan_core.experiment import Experiment
from gan_core.limits import Limits
from gan_core.runs import NotExamined, Registry, RunEnded, RunsFull, UnknownRun
from gan_core.training import Trainer
from gan_core.untrained import contrast_map, untrained


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


@pytest.fixture(scope="module")
def shared():
    """One registry for all tests that need no limits of their own; each leaves it without runs."""
    registry = Registry(Limits(max_workers=2))
    registry.warm()
    yield registry
    registry.close()


@pytest.fixture
def run_id(shared):
    """A run that has shown its first picture and stands still."""
    run_id = shared.start(QUICK, "somebody", go=False)
    reach(shared, run_id, lambda seen: seen.state == "paused")
    yield run_id
    shared.forget(run_id)


def reach(registry, run_id, test):
    """The snapshot once the test holds for it."""
    found = []

    def reached():
        seen = registry.snapshot(run_id)
        if seen is not None and test(seen):
            found.append(seen)
        return bool(found)

    assert registry.wait_until(reached, PATIENCE_S), registry.snapshot(run_id)
    return found[0]


def trains(seen):
    return seen.state == "running" and seen.step > 0


def beyond(step):
    return lambda seen: seen.step > step and seen.frame.step > step


# -------------------------------------------------------------------------------- one run


def test_the_first_picture_comes_before_any_training(shared, run_id):
    seen = shared.snapshot(run_id)
    assert (seen.step, seen.frame.step, seen.steps) == (0, 0, QUICK.steps)
    assert (seen.owner, seen.experiment, seen.device_name) == ("somebody", QUICK, "cpu")
    assert seen.frame_age_s >= 0
    assert (seen.queue, seen.trouble, seen.steps_per_second) == ("", "", 0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        seen.step = 1


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
    run_id = shared.start(QUICK.replace(dataset="folder", folder=str(tmp_path / "none")), "somebody")
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
    assert shared.wait_until(lambda: not shared.stats().worker_pids, PATIENCE_S)
    run = shared.start(QUICK, "somebody", go=False, checkpoint=shared.snapshot(run_id).checkpoint)
    assert reach(shared, run, lambda seen: seen.frame).step == 2
    shared.forget(run)
    with pytest.raises(FileNotFoundError):
        shared.start(QUICK, "somebody", checkpoint=tmp_path / "none")


def test_commands_before_the_worker_is_there_are_kept(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, "somebody", go=False)
    registry.set(run_id, {"lr_g": 0.5})
    registry.step(run_id)
    registry.step(run_id)
    assert registry.snapshot(run_id).state == "starting"
    seen = reach(registry, run_id, lambda seen: seen.frame and seen.frame.step == 2)
    assert seen.experiment.lr_g == 0.5
    assert seen.state == "paused"


# -------------------------------------------------------------------------------- stop, crash, resume


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
    run_id = registry.start(QUICK, "somebody", go=False)
    reach(registry, run_id, lambda seen: seen.state == "paused")
    for _ in range(12):
        registry.step(run_id)
    registry.pause(run_id)
    reach(registry, run_id, lambda seen: seen.step == 12)
    registry.go(run_id)
    before = reach(registry, run_id, beyond(40))
    os.kill(registry.stats().worker_pids[0], signal.SIGKILL)
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
    run_id = registry.start(QUICK, "somebody")
    assert registry.wait_until(lambda: registry.stats().worker_pids, PATIENCE_S)
    os.kill(registry.stats().worker_pids[0], signal.SIGKILL)
    crashed = reach(registry, run_id, lambda seen: seen.state == "crashed")
    assert "step 0" in crashed.trouble
    assert crashed.frame is None
    registry.resume(run_id)
    reach(registry, run_id, trains)


def test_a_crashed_run_can_be_rewound(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, "somebody")
    reach(registry, run_id, trains)
    os.kill(registry.stats().worker_pids[0], signal.SIGKILL)
    reach(registry, run_id, lambda seen: seen.state == "crashed")
    registry.rewind(run_id, QUICK.replace(seed=3), go=False)
    seen = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert (seen.step, seen.experiment.seed, len(seen.frames)) == (0, 3, 1)


def test_a_worker_that_hangs_is_killed_and_nobody_waits(fresh):
    registry = fresh()
    run_id = registry.start(QUICK, "somebody")
    reach(registry, run_id, trains)
    pid = registry.stats().worker_pids[0]
    os.kill(pid, signal.SIGSTOP)
    registry.pause(run_id)
    registry.set(run_id, {"lr_g": 0.1})
    registry.forget(run_id)
    assert registry.snapshot(run_id) is None
    assert gone(pid)


# -------------------------------------------------------------------------------- many runs


@pytest.mark.parametrize("places", [1, 2])
def test_everybody_advances_in_turn(fresh, places):
    registry = fresh(max_workers=places, slice_s=0.2)
    runs = [registry.start(QUICK.replace(seed=seed), "class") for seed in range(4)]
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
    assert registry.runs_of("class") == tuple(runs)

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
    run_id = registry.start(QUICK, "somebody")
    with pytest.raises(RunsFull, match=r"^All 1 places for runs are taken; .*\.$"):
        registry.start(QUICK, "somebody else")
    registry.stop(run_id)
    other = registry.start(QUICK, "somebody else")
    with pytest.raises(RunsFull):
        registry.resume(run_id)
    with pytest.raises(RunsFull):
        registry.rewind(run_id, QUICK)
    registry.forget(other)
    registry.resume(run_id)
    reach(registry, run_id, trains)


def test_old_records_make_room(fresh):
    registry = fresh(max_records=2)
    runs = [registry.start(QUICK, "somebody") for _ in range(3)]
    for run in runs:
        registry.stop(run)
    assert registry.wait_until(lambda: registry.stats().records == 2, PATIENCE_S)
    assert [registry.snapshot(run) is None for run in runs] == [True, False, False]


def test_the_spare_worker_is_used_and_replaced(fresh):
    registry = fresh()
    assert registry.stats().spare_pid is None
    registry.warm()
    registry.warm()
    assert registry.wait_until(lambda: registry.stats().spare_ready, PATIENCE_S)
    spare = registry.stats().spare_pid
    run_id = registry.start(QUICK, "somebody")
    assert registry.stats().worker_pids == (spare,)
    reach(registry, run_id, trains)
    assert registry.wait_until(lambda: registry.stats().spare_ready, PATIENCE_S)
    assert registry.stats().spare_pid != spare


def test_a_spare_worker_that_dies_is_not_missed(fresh):
    registry = fresh()
    registry.warm()
    assert registry.wait_until(lambda: registry.stats().spare_ready, PATIENCE_S)
    os.kill(registry.stats().spare_pid, signal.SIGKILL)
    assert registry.wait_until(lambda: registry.stats().spare_pid is None, PATIENCE_S)
    run_id = registry.start(QUICK, "somebody")
    reach(registry, run_id, trains)


def test_an_examination_leaves_the_spare_worker(fresh):
    registry = fresh()
    seen = registry.examine(QUICK, timeout_s=PATIENCE_S)  # no worker yet: waits for the spare one to be warm
    assert seen.untrained == untrained(QUICK)
    assert seen.contrasts == ()
    spare = registry.stats().spare_pid
    assert registry.stats().spare_ready
    assert registry.examine(QUICK, 3.0, contrasts=True).contrasts == contrast_map(QUICK, gain=3.0)
    assert registry.stats().spare_pid == spare
    run_id = registry.start(QUICK, "somebody")
    assert registry.stats().worker_pids == (spare,)
    reach(registry, run_id, trains)


def test_an_examination_that_cannot_be_says_why(shared, tmp_path):
    with pytest.raises(NotExamined, match="gain"):
        shared.examine(QUICK, -1.0, timeout_s=PATIENCE_S)
    with pytest.raises(NotExamined, match="cannot be found"):
        shared.examine(QUICK.replace(dataset="folder", folder=str(tmp_path / "none")), timeout_s=PATIENCE_S)
    assert shared.examine(QUICK, timeout_s=PATIENCE_S).untrained == untrained(QUICK)


def test_examinations_of_many_sessions_at_once(shared):
    """Each gets the answer to its own question."""
    seeds = range(6)
    seen = {}

    def ask(seed):
        seen[seed] = shared.examine(QUICK.replace(seed=seed), timeout_s=PATIENCE_S).untrained

    sessions = [threading.Thread(target=ask, args=(seed,)) for seed in seeds]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert seen == {seed: untrained(QUICK.replace(seed=seed)) for seed in seeds}


def asked(registry, outcome, **given):
    """A session that waits for an examination; its outcome goes into a list."""

    def ask():
        try:
            outcome.append(registry.examine(QUICK, timeout_s=PATIENCE_S, **given).untrained)
        except NotExamined as error:
            outcome.append(str(error))

    session = threading.Thread(target=ask)
    session.start()
    return session


def frozen_spare(registry):
    """The spare worker's id; it does not answer any more, nor does anybody know."""
    registry.warm()
    assert registry.wait_until(lambda: registry.stats().spare_ready, PATIENCE_S)
    spare = registry.stats().spare_pid
    os.kill(spare, signal.SIGSTOP)
    return spare


def test_a_spare_worker_killed_meanwhile_is_told_and_the_next_one_answers(fresh):
    registry = fresh()
    spare = frozen_spare(registry)
    outcome = []
    session = asked(registry, outcome)
    with pytest.raises(NotExamined, match=r"^No worker was free within 0.01 seconds; .*\.$"):
        registry.examine(QUICK, timeout_s=0.01)
    os.kill(spare, signal.SIGKILL)
    session.join()
    assert outcome == [untrained(QUICK)] or "SIGKILL" in outcome[0]
    assert registry.examine(QUICK, timeout_s=PATIENCE_S).untrained == untrained(QUICK)  # not after 30 s only


def test_a_spare_worker_that_gets_a_run_still_answers(fresh):
    registry = fresh()
    spare = frozen_spare(registry)
    with pytest.raises(NotExamined):
        registry.examine(QUICK.replace(seed=9), timeout_s=0.01)  # asked, and its answer wanted no more
    outcome = []
    session = asked(registry, outcome, gain=2.0)
    assert not registry.wait_until(lambda: bool(outcome), 0.05)
    run_id = registry.start(QUICK, "somebody", go=False)
    os.kill(spare, signal.SIGCONT)
    session.join()
    assert outcome == [untrained(QUICK, 2.0)]
    seen = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert (seen.trouble, seen.step) == ("", 0)


def test_many_hands_at_once_do_no_harm(shared, run_id):
    def click():
        for action in (shared.go, shared.pause, shared.step, shared.touch, shared.go):
            action(run_id)
        shared.rewind(run_id, QUICK)

    hands = [threading.Thread(target=click) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    reach(shared, run_id, trains)


# -------------------------------------------------------------------------------- people who leave


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
    run_id = registry.start(QUICK, "somebody")
    registry.attach(run_id, "one")
    folder = reach(registry, run_id, trains).checkpoint.parent
    pid = registry.stats().worker_pids[0]
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
            registry.touch(run_id)

    run_id = registry.start(QUICK, "somebody")
    busily(lambda: trains(registry.snapshot(run_id)))
    pid = registry.stats().worker_pids[0]
    stopped = reach(registry, run_id, lambda seen: seen.state == "stopped")
    assert "after 0.05 minutes without a click" in stopped.trouble
    assert stopped.frame is not None
    assert gone(pid)
    registry.resume(run_id)
    busily(lambda: registry.snapshot(run_id).state == "running")
    assert registry.snapshot(run_id).step >= stopped.step


# -------------------------------------------------------------------------------- the process


def python(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_page_needs_no_torch():
    assert python("import sys, gan_core.runs; print('torch' in sys.modules)") == "False\n"


def test_there_is_one_registry_also_after_a_reload():
    program = """
import sys
from gan_core.runs import registry
first = registry()
for name in [name for name in sys.modules if name.startswith("gan_core.")]:
    del sys.modules[name]
from gan_core.runs import registry
print(registry() is first, first.limits.max_runs)
"""
    assert python(program, GAN_MAX_RUNS="7") == "True 7\n"


def test_a_malformed_limit_is_told_in_one_sentence():
    program = """
from gan_core.limits import LimitsError
from gan_core.runs import registry
try:
    registry()
except LimitsError as error:
    print(error)
"""
    told = python(program, GAN_MAX_WORKERS="many")
    assert told == "GAN_MAX_WORKERS='many' is no limit: a whole number of at least 1 is expected.\n"


def test_the_end_of_the_process_ends_its_workers():
    program = """
import glob, os, tempfile
from gan_core.experiment import Experiment
from gan_core.runs import registry
runs = registry()
run = runs.start(Experiment(width=0.125, image_size=8, steps=10), "somebody")
runs.wait_until(lambda: runs.stats().worker_pids, 60)
print(runs.stats().worker_pids[0], runs.snapshot(run).checkpoint.parent)
"""
    pid, folder = python(program).split()
    assert gone(int(pid))
    assert not os.path.exists(folder)


def test_default_experiments_run_too(shared):
    run_id = shared.start(Experiment(steps=5), "somebody")
    assert reach(shared, run_id, lambda seen: seen.state == "finished").opening.tile == 28
    shared.forget(run_id)
