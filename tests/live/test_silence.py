"""A process that was stopped (SIGSTOP) does not answer: that is told, others go on, and its run can go on too."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from live_runs import PATIENCE_S, QUICK, beyond, gone, reach, trains, worker_pids

from gan_core.live import run as run_module
from gan_core.live import save_thread
from gan_core.processes.only_one import only_one
from gan_core.processes.start import forks
from gan_core.processes.template import Template
from gan_core.saved_runs.store import Store

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="there is no signal that stops a process")


@pytest.fixture
def soon(monkeypatch):
    """Silence is noticed after a moment."""
    monkeypatch.setattr(run_module, "SILENT_S", 2.0)
    monkeypatch.setattr(run_module, "SILENT_STEPS", 0.0)


def silent(seen):
    return "has not answered" in seen.trouble


def stopped(registry, go: bool = True) -> tuple[str, int]:
    """A run whose worker is stopped, after a checkpoint at step 3, and the worker's id."""
    run_id = registry.start(QUICK, go=False)
    for _ in range(3):
        registry.step(run_id)
    registry.pause(run_id)
    reach(registry, run_id, lambda seen: seen.step == 3)
    if go:
        registry.go(run_id)
        reach(registry, run_id, beyond(10))
    pid = worker_pids(registry)[0]
    os.kill(pid, signal.SIGSTOP)
    return run_id, pid


def noticed(registry, run_id, test):
    """As `reach`, for what no report tells: the time passes."""
    reached = threading.Event()
    asker = threading.Timer(0.0, lambda: None)

    def ask() -> None:
        nonlocal asker
        seen = registry.snapshot(run_id)
        if seen is not None and test(seen):
            reached.set()
        else:
            asker = threading.Timer(0.05, ask)
            asker.start()

    ask()
    assert reached.wait(PATIENCE_S), registry.snapshot(run_id)
    return registry.snapshot(run_id)


def test_it_is_told_others_go_on_and_it_wakes(fresh, soon):
    registry = fresh(max_workers=1, slice_s=0.2)
    run_id, pid = stopped(registry)
    other = registry.start(QUICK)
    seen = noticed(registry, run_id, silent)
    assert "Pause, which ends it" in seen.trouble and seen.steps_per_second == 0
    reach(registry, other, trains)
    reach(registry, other, beyond(registry.snapshot(other).step + 50))
    os.kill(pid, signal.SIGCONT)
    woken = reach(registry, run_id, lambda now: not silent(now) and now.step > seen.step + 20)
    assert woken.trouble == ""


@pytest.mark.parametrize("how", ["pause", "rewind"])
def test_it_is_ended_at_a_click_and_goes_on(fresh, soon, how):
    registry = fresh()
    run_id, pid = stopped(registry)
    noticed(registry, run_id, silent)
    if how == "pause":
        registry.pause(run_id)
        ended = registry.snapshot(run_id)
        assert ended.state == "stopped" and "did not answer" in ended.trouble
        registry.resume(run_id, go=False)
    else:
        registry.rewind(run_id, QUICK, go=False)
    assert gone(pid)
    seen = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert seen.step == (3 if how == "pause" else 0)


def test_it_does_not_hold_up_what_others_save(fresh, tmp_path, monkeypatch):
    """Its worker is stopped between a checkpoint and the word that it is written."""
    monkeypatch.setattr(save_thread, "REPORTS_S", 0.5)
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    registry = fresh()
    run_id, pid = stopped(registry, go=False)
    run = registry._scheduler.runs[run_id]
    with registry._scheduler.lock:
        run.saving.checkpointed = -1  # as before the word
    registry.save_thread.save_as(run_id, "stopped")
    with registry._scheduler.lock:
        run.saving.due = True  # as where it follows: each checkpoint is written
        registry._scheduler.saves.notify()
    other = registry.start(QUICK, go=False)
    reach(registry, other, lambda seen: seen.state == "paused")
    registry.save_thread.save_as(other, "the other")
    reach(registry, other, lambda seen: seen.save_state and seen.save_state.step == 0)
    assert "does not answer" in registry.snapshot(run_id).save_state.trouble
    assert [heading.name for heading in Store.from_environment().headings()] == ["the other"]
    os.kill(pid, signal.SIGKILL)


def test_nobody_waits_for_a_template_that_is_stopped(fresh):
    if not forks():
        pytest.skip("children are not forked beside a driver of GPUs")
    registry = fresh()
    first = registry.start(QUICK)
    reach(registry, first, trains)
    template = only_one("template", Template).pid
    os.kill(template, signal.SIGSTOP)
    try:
        later = registry.start(QUICK)
        assert registry.wait_until(lambda: registry._scheduler.runs[later].worker is not None, PATIENCE_S)
        seen = []
        looking = threading.Thread(target=lambda: seen.append(registry.snapshot(later)), daemon=True)
        looking.start()
        looking.join(PATIENCE_S)
        assert seen and seen[0].state == "starting" and seen[0].memory_mb is None
        reach(registry, first, beyond(registry.snapshot(first).step + 20))
    finally:
        os.kill(template, signal.SIGCONT)
    reach(registry, later, trains)
