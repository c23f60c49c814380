"""The spare worker: it takes a run at once, and examines untrained generators meanwhile."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from live_runs import PATIENCE_S, QUICK, reach, spare_pids, trains, warm_spares, worker_pids

from gan_core.engine.untrained import contrast_map, untrained
from gan_core.live.errors import NotExamined


def test_the_spare_worker_is_used_and_replaced(fresh):
    registry = fresh()
    assert spare_pids(registry) == ()
    registry.warm()
    registry.warm()
    assert registry.wait_until(lambda: warm_spares(registry), PATIENCE_S)
    (spare,) = spare_pids(registry)
    run_id = registry.start(QUICK)
    assert worker_pids(registry) == (spare,)
    reach(registry, run_id, trains)
    assert registry.wait_until(lambda: warm_spares(registry), PATIENCE_S)
    assert spare not in spare_pids(registry)


def test_two_spare_workers_start_a_pair_and_one_is_replaced(fresh):
    registry = fresh()
    registry.warm(2)
    registry.warm()  # somebody else, who needs only one, takes none away
    assert registry.wait_until(lambda: warm_spares(registry) == 2, PATIENCE_S)
    spares = spare_pids(registry)
    pair = [registry.start(QUICK) for _ in range(2)]
    assert sorted(worker_pids(registry)) == sorted(spares)
    for run_id in pair:
        reach(registry, run_id, trains)
    assert registry.wait_until(lambda: warm_spares(registry) == 1, PATIENCE_S)
    for _ in range(5):  # by now, a second one would be on its way
        registry.examine(QUICK, timeout_s=PATIENCE_S)
    assert len(spare_pids(registry)) == 1


def test_a_spare_worker_that_dies_is_not_missed(fresh):
    registry = fresh()
    registry.warm()
    assert registry.wait_until(lambda: warm_spares(registry), PATIENCE_S)
    os.kill(*spare_pids(registry), signal.SIGKILL)
    assert registry.wait_until(lambda: spare_pids(registry) == (), PATIENCE_S)
    run_id = registry.start(QUICK)
    reach(registry, run_id, trains)


def test_an_examination_leaves_the_spare_worker(fresh):
    registry = fresh()
    seen = registry.examine(QUICK, timeout_s=PATIENCE_S)  # no worker yet: waits for the spare one to be warm
    assert seen == untrained(QUICK)
    (spare,) = spare_pids(registry)
    assert warm_spares(registry)
    inits = ("pytorch", "zeros")
    assert registry.contrasts(QUICK, 3.0, inits) == contrast_map(QUICK, inits=inits, gain=3.0)
    assert spare_pids(registry) == (spare,)
    run_id = registry.start(QUICK)
    assert worker_pids(registry) == (spare,)
    reach(registry, run_id, trains)


def test_an_examination_that_cannot_be_says_why(shared, tmp_path):
    with pytest.raises(NotExamined, match="gain"):
        shared.examine(QUICK, -1.0, timeout_s=PATIENCE_S)
    with pytest.raises(NotExamined, match="cannot be found"):
        shared.examine(QUICK.replace(dataset="folder", folder=str(tmp_path / "none")), timeout_s=PATIENCE_S)
    assert shared.examine(QUICK, timeout_s=PATIENCE_S) == untrained(QUICK)


def test_examinations_of_many_sessions_at_once(shared):
    """Each gets the answer to its own request."""
    seeds = range(6)
    seen = {}

    def ask(seed):
        seen[seed] = shared.examine(QUICK.replace(seed=seed), timeout_s=PATIENCE_S)

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
            outcome.append(registry.examine(QUICK, timeout_s=PATIENCE_S, **given))
        except NotExamined as error:
            outcome.append(str(error))

    session = threading.Thread(target=ask)
    session.start()
    return session


def frozen_spare(registry):
    """The spare worker's id; it does not answer any more, nor does anybody know."""
    registry.warm()
    assert registry.wait_until(lambda: warm_spares(registry), PATIENCE_S)
    (spare,) = spare_pids(registry)
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
    assert registry.examine(QUICK, timeout_s=PATIENCE_S) == untrained(QUICK)  # not after 30 s only


def test_a_spare_worker_that_gets_a_run_still_answers(fresh):
    registry = fresh()
    spare = frozen_spare(registry)
    with pytest.raises(NotExamined):
        registry.examine(QUICK.replace(seed=9), timeout_s=0.01)  # asked, and its answer wanted no more
    outcome = []
    session = asked(registry, outcome, gain=2.0)
    assert not registry.wait_until(lambda: bool(outcome), 0.05)
    run_id = registry.start(QUICK, go=False)
    os.kill(spare, signal.SIGCONT)
    session.join()
    assert outcome == [untrained(QUICK, 2.0)]
    seen = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert (seen.trouble, seen.step) == ("", 0)
