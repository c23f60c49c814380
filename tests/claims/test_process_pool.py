"""The processes that run claims for pages: in turn, bounded, and gone when nobody needs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from live_runs import PATIENCE_S, ROOT, gone

from gan_core.claims.ledger import CLAIMS
from gan_core.claims.process_pool import Busy, ClaimPool
from gan_core.processes.start import Started

QUICK, OTHER = "003-05", "003-03"
TRAINING = next(claim.id for claim in CLAIMS.values() if claim.speed == "training")

# Stands in for the worker: waits for a file before it answers, and dies or talks nonsense when the id says so.
PROGRAM = """
import json, pathlib, sys, time
gate = pathlib.Path(sys.argv[1])
for line in sys.stdin:
    print(json.dumps({"steps": 7}), flush=True)
    while not gate.exists():
        time.sleep(0.01)
    word = gate.read_text()
    if word == "die":
        sys.exit(3)
    print("nonsense" if word == "nonsense" else json.dumps({"result": {"id": line.strip()}}), flush=True)
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def pool(gate: Path) -> Iterator[ClaimPool]:
    found = ClaimPool(lambda: Started([sys.executable, "-c", PROGRAM, str(gate)]))
    yield found
    found.close()


def until(pool: ClaimPool, reached: Callable[[], bool]) -> None:
    """Wait until something about the pool is so."""
    with pool._news:
        assert pool._news.wait_for(reached, PATIENCE_S)


def at_work(pool: ClaimPool, visitor: str) -> None:
    """Wait until a visitor's claim is being run."""
    until(pool, lambda: pool.seen(visitor).steps == 7)


def test_a_claim_is_run_and_a_second_one_in_the_same_process() -> None:
    pool = ClaimPool()
    try:
        pool.ask("somebody", QUICK)
        first = pool.wait("somebody", PATIENCE_S)
        assert first.result["measured_verdict"] == CLAIMS[QUICK].verdict and not first.trouble
        pids = pool.pids()
        pool.ask("somebody", OTHER)
        assert pool.wait("somebody", PATIENCE_S).result["id"] == OTHER
        assert pool.pids() == pids and len(pids) == 1
    finally:
        pool.close()
    assert all(gone(pid) for pid in pids)


def test_a_visitor_has_one_claim_at_a_time(pool: ClaimPool, gate: Path) -> None:
    pool.ask("somebody", QUICK)
    with pytest.raises(Busy, match=QUICK):
        pool.ask("somebody", OTHER)
    gate.touch()
    assert pool.wait("somebody", PATIENCE_S).result == {"id": QUICK}
    pool.ask("somebody", OTHER)
    assert pool.wait("somebody", PATIENCE_S).result == {"id": OTHER}


def test_visitors_take_turns_and_quick_ones_do_not_wait_for_training(pool: ClaimPool, gate: Path) -> None:
    pool.ask("first", TRAINING)
    at_work(pool, "first")
    for visitor in ("second", "third"):
        pool.ask(visitor, TRAINING)
    assert [pool.seen(visitor).ahead for visitor in ("first", "second", "third")] == [0, 1, 2]
    pool.leave("second")
    assert pool.seen("second") is None and pool.seen("third").ahead == 1
    pool.ask("quick", QUICK)
    at_work(pool, "quick")  # at work, though training is
    gate.touch()
    for visitor in ("first", "third", "quick"):
        assert pool.wait(visitor, PATIENCE_S).result is not None


def test_whoever_leaves_stops_what_runs_and_the_next_goes_on(pool: ClaimPool, gate: Path) -> None:
    pool.ask("somebody", TRAINING)
    at_work(pool, "somebody")
    (pid,) = pool.pids()
    pool.ask("next", TRAINING)
    pool.leave("somebody")
    assert gone(pid)
    gate.touch()
    assert pool.wait("next", PATIENCE_S).result == {"id": TRAINING}


@pytest.mark.parametrize("word", ["die", "nonsense"])
def test_a_process_that_fails_gets_one_sentence_and_the_next_claim_a_new_one(
    pool: ClaimPool, gate: Path, word: str
) -> None:
    gate.write_text(word)
    pool.ask("somebody", QUICK)
    asked = pool.wait("somebody", PATIENCE_S)
    assert asked.result is None and asked.trouble.startswith("The process that ran it ended (")
    gate.write_text("")
    pool.ask("somebody", QUICK)
    assert pool.wait("somebody", PATIENCE_S).result == {"id": QUICK}


def test_a_killed_process_gets_one_sentence(pool: ClaimPool) -> None:
    pool.ask("somebody", QUICK)
    at_work(pool, "somebody")
    os.kill(pool.pids()[0], signal.SIGKILL)
    assert "killed by SIGKILL (exit code -9)" in pool.wait("somebody", PATIENCE_S).trouble


def test_a_program_that_cannot_start_gets_one_sentence(tmp_path: Path) -> None:
    pool = ClaimPool(lambda: Started([str(tmp_path / "missing")]))
    pool.ask("somebody", QUICK)
    assert pool.wait("somebody", PATIENCE_S).trouble.startswith("A process for it could not be started")
    pool.close()


def test_an_idle_process_is_ended_and_started_again(gate: Path) -> None:
    gate.touch()
    pool = ClaimPool(lambda: Started([sys.executable, "-c", PROGRAM, str(gate)]), idle_s=0.05)
    pool.ask("somebody", QUICK)
    assert pool.wait("somebody", PATIENCE_S).result is not None
    until(pool, lambda: not pool.pids())
    pool.ask("somebody", OTHER)
    assert pool.wait("somebody", PATIENCE_S).result == {"id": OTHER}
    pool.close()


def test_one_that_is_warm_answers_from_the_process_that_was_there(pool: ClaimPool, gate: Path) -> None:
    gate.touch()
    pool.warm()
    until(pool, lambda: bool(pool.pids()))
    (pid,) = pool.pids()
    pool.ask("somebody", QUICK)
    assert pool.wait("somebody", PATIENCE_S).result is not None
    assert pool.pids() == [pid]


def test_a_killed_server_leaves_no_process() -> None:
    program = f"""
import time
from gan_core.claims.process_pool import claim_pool
claim_pool().ask("somebody", {TRAINING!r})
while not claim_pool().pids(): time.sleep(0.01)
print(*claim_pool().pids(), flush=True)
time.sleep(600)
"""
    server = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in server.stdout.readline().split()]
    assert pids and all(psutil.pid_exists(pid) for pid in pids)
    server.kill()
    server.wait()
    server.stdout.close()
    assert all(gone(pid) for pid in pids)


def test_there_is_one_pool_without_torch() -> None:
    program = """
import sys
from gan_core.claims.process_pool import claim_pool
first = claim_pool()
for name in [name for name in sys.modules if name.startswith("gan_core.")]:
    del sys.modules[name]
from gan_core.claims.process_pool import claim_pool
print(claim_pool() is first, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
