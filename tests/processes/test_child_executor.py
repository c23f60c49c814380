"""An executor over real children: answers, errors, a child that dies, and an end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, as_completed
from pathlib import Path

import pytest
from live_runs import PATIENCE_S, gone

from gan_core.processes.child_executor import MODULE, ChildExecutor, ChildLost
from gan_core.processes.named_call import call_named
from gan_core.processes.start import Process, start
from gan_core.processes.task_frames import TaskFailed
from gan_core.settings.experiment import Experiment
from tests.child_work import dies, dies_once, meets


@pytest.fixture(scope="module")
def executor() -> Iterator[ChildExecutor]:
    with ChildExecutor(2) as executor:
        yield executor


def test_answers_and_errors_come_from_other_processes(executor: ChildExecutor) -> None:
    assert {executor.submit(os.getpid).result(PATIENCE_S) for _ in range(2)}.isdisjoint({os.getpid()})
    assert [*executor.map(pow, (2, 3), (5, 2), timeout=PATIENCE_S)] == [32, 9]
    assert executor.submit(call_named, "math:gcd", 12, 18).result(PATIENCE_S) == 6
    with pytest.raises(FileNotFoundError, match="nowhere"):
        executor.submit(os.stat, "/nowhere").result(PATIENCE_S)
    with pytest.raises(TaskFailed, match="SettingsError: experiment="):  # it cannot be unpacked again
        executor.submit(Experiment.from_json, "[]").result(PATIENCE_S)
    with pytest.raises(Exception, match="pickle"):
        executor.submit(lambda: None).result(PATIENCE_S)
    with pytest.raises(ImportError):
        executor.submit(call_named, "gan_core.nowhere:nothing").result(PATIENCE_S)
    assert executor.submit(os.getpid).result(PATIENCE_S) != os.getpid()  # all is as before


def test_two_children_and_no_more(executor: ChildExecutor, tmp_path: Path) -> None:
    tasks = []
    for number in range(3):
        os.mkfifo(pipe := tmp_path / str(number))
        tasks += [executor.submit(meets, str(pipe), mode) for mode in "rw"]  # either waits for the other
    assert len({future.result() for future in as_completed(tasks, PATIENCE_S)}) == 2


def test_what_a_dead_child_did_is_done_by_another(executor: ChildExecutor, tmp_path: Path) -> None:
    mark = tmp_path / "first"
    assert executor.submit(dies_once, str(mark)).result(PATIENCE_S) == "done"
    with pytest.raises(ChildLost, match="exit code -9"):
        executor.submit(dies).result(PATIENCE_S)


def test_a_task_that_nobody_wants_ends_with_its_child(executor: ChildExecutor) -> None:
    sleeping = executor.submit(time.sleep, 3600)
    (pid,) = _pids(executor)
    executor.end(sleeping)
    with pytest.raises(ChildLost, match="stopped"):
        sleeping.result(PATIENCE_S)
    assert gone(pid)


def test_a_task_that_nobody_wants_is_not_begun_by_a_child_that_is_being_started() -> None:
    starting, go_on = threading.Event(), threading.Event()

    def start_slowly() -> Process:
        starting.set()
        assert go_on.wait(PATIENCE_S)
        return start(MODULE)

    executor = ChildExecutor(1, start_one=start_slowly)
    sleeping = executor.submit(time.sleep, 3600)
    assert starting.wait(PATIENCE_S)
    executor.end(sleeping)
    go_on.set()
    with pytest.raises(ChildLost, match="stopped"):
        sleeping.result(PATIENCE_S)
    executor.close()


def test_closed_it_leaves_no_process_and_no_waiting_task() -> None:
    executor = ChildExecutor(1)
    sleeping, waiting = executor.submit(time.sleep, 3600), executor.submit(os.getpid)
    (pid,) = _pids(executor)
    executor.close()
    assert gone(pid)
    with pytest.raises(CancelledError):
        waiting.result(0)
    assert isinstance(sleeping.exception(0), ChildLost)
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(os.getpid)


def _pids(executor: ChildExecutor) -> list[int]:
    """Those at work, once there is one."""
    until = time.monotonic() + PATIENCE_S
    while not (pids := executor.pids()):
        assert time.monotonic() < until
        time.sleep(0.01)  # a child's birth tells nobody
    return pids
