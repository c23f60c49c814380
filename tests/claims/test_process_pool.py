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
from gan_core.claims.process_pool import Busy, Laboratory

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
def lab(gate: Path) -> Iterator[Laboratory]:
    found = Laboratory([sys.executable, "-c", PROGRAM, str(gate)])
    yield found
    found.close()


def until(lab: Laboratory, reached: Callable[[], bool]) -> None:
    """Wait until something about the laboratory is so."""
    with lab._news:
        assert lab._news.wait_for(reached, PATIENCE_S)


def at_work(lab: Laboratory, visitor: str) -> None:
    """Wait until a visitor's claim is being run."""
    until(lab, lambda: lab.seen(visitor).steps == 7)


def test_a_claim_is_run_and_a_second_one_in_the_same_process() -> None:
    lab = Laboratory()
    try:
        lab.ask("somebody", QUICK)
        first = lab.wait("somebody", PATIENCE_S)
        assert first.result["measured_verdict"] == CLAIMS[QUICK].verdict and not first.trouble
        pids = lab.pids()
        lab.ask("somebody", OTHER)
        assert lab.wait("somebody", PATIENCE_S).result["id"] == OTHER
        assert lab.pids() == pids and len(pids) == 1
    finally:
        lab.close()
    assert all(gone(pid) for pid in pids)


def test_a_visitor_has_one_claim_at_a_time(lab: Laboratory, gate: Path) -> None:
    lab.ask("somebody", QUICK)
    with pytest.raises(Busy, match=QUICK):
        lab.ask("somebody", OTHER)
    gate.touch()
    assert lab.wait("somebody", PATIENCE_S).result == {"id": QUICK}
    lab.ask("somebody", OTHER)
    assert lab.wait("somebody", PATIENCE_S).result == {"id": OTHER}


def test_visitors_take_turns_and_quick_ones_do_not_wait_for_training(lab: Laboratory, gate: Path) -> None:
    lab.ask("first", TRAINING)
    at_work(lab, "first")
    for visitor in ("second", "third"):
        lab.ask(visitor, TRAINING)
    assert [lab.seen(visitor).ahead for visitor in ("first", "second", "third")] == [0, 1, 2]
    lab.leave("second")
    assert lab.seen("second") is None and lab.seen("third").ahead == 1
    lab.ask("quick", QUICK)
    at_work(lab, "quick")  # at work, though training is
    gate.touch()
    for visitor in ("first", "third", "quick"):
        assert lab.wait(visitor, PATIENCE_S).result is not None


def test_whoever_leaves_stops_what_runs_and_the_next_goes_on(lab: Laboratory, gate: Path) -> None:
    lab.ask("somebody", TRAINING)
    at_work(lab, "somebody")
    (pid,) = lab.pids()
    lab.ask("next", TRAINING)
    lab.leave("somebody")
    assert gone(pid)
    gate.touch()
    assert lab.wait("next", PATIENCE_S).result == {"id": TRAINING}


@pytest.mark.parametrize("word", ["die", "nonsense"])
def test_a_process_that_fails_gets_one_sentence_and_the_next_claim_a_new_one(
    lab: Laboratory, gate: Path, word: str
) -> None:
    gate.write_text(word)
    lab.ask("somebody", QUICK)
    asked = lab.wait("somebody", PATIENCE_S)
    assert asked.result is None and asked.trouble.startswith("The process that ran it ended (exit code ")
    gate.write_text("")
    lab.ask("somebody", QUICK)
    assert lab.wait("somebody", PATIENCE_S).result == {"id": QUICK}


def test_a_killed_process_gets_one_sentence(lab: Laboratory) -> None:
    lab.ask("somebody", QUICK)
    at_work(lab, "somebody")
    os.kill(lab.pids()[0], signal.SIGKILL)
    assert "exit code -9" in lab.wait("somebody", PATIENCE_S).trouble


def test_a_program_that_cannot_start_gets_one_sentence(tmp_path: Path) -> None:
    lab = Laboratory([str(tmp_path / "missing")])
    lab.ask("somebody", QUICK)
    assert lab.wait("somebody", PATIENCE_S).trouble.startswith("A process for it could not be started")
    lab.close()


def test_an_idle_process_is_ended_and_started_again(gate: Path) -> None:
    gate.touch()
    lab = Laboratory([sys.executable, "-c", PROGRAM, str(gate)], idle_s=0.05)
    lab.ask("somebody", QUICK)
    assert lab.wait("somebody", PATIENCE_S).result is not None
    until(lab, lambda: not lab.pids())
    lab.ask("somebody", OTHER)
    assert lab.wait("somebody", PATIENCE_S).result == {"id": OTHER}
    lab.close()


def test_one_that_is_warm_answers_from_the_process_that_was_there(lab: Laboratory, gate: Path) -> None:
    gate.touch()
    lab.warm()
    until(lab, lambda: bool(lab.pids()))
    (pid,) = lab.pids()
    lab.ask("somebody", QUICK)
    assert lab.wait("somebody", PATIENCE_S).result is not None
    assert lab.pids() == [pid]


def test_a_killed_server_leaves_no_process() -> None:
    program = f"""
import time
from gan_core.claims.process_pool import laboratory
laboratory().ask("somebody", {TRAINING!r})
while not laboratory().pids(): time.sleep(0.01)
print(*laboratory().pids(), flush=True)
time.sleep(600)
"""
    server = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in server.stdout.readline().split()]
    assert pids and all(psutil.pid_exists(pid) for pid in pids)
    server.kill()
    server.wait()
    server.stdout.close()
    assert all(gone(pid) for pid in pids)


def test_there_is_one_laboratory_without_torch() -> None:
    program = """
import sys
from gan_core.claims.process_pool import laboratory
first = laboratory()
for name in [name for name in sys.modules if name.startswith("gan_core.")]:
    del sys.modules[name]
from gan_core.claims.process_pool import laboratory
print(laboratory() is first, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
