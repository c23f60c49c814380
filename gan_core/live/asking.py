"""Asking a worker and waiting for its answer."""

from __future__ import annotations

import time

from gan_core.live.errors import NotExamined, RunEnded, RunError
from gan_core.live.requests import WorkerRequest
from gan_core.live.run import Run
from gan_core.live.scheduler import Scheduler
from gan_core.messages.commands_and_reports import Collect, Collected, Examine, Examined, Remade, Remake


def examined(scheduler: Scheduler, command: Examine, timeout_s: float) -> Examined:
    """What a spare worker answers, within `timeout_s` seconds. Raises NotExamined."""
    request = WorkerRequest(command)
    with scheduler.lock:
        scheduler.spares_wanted = max(scheduler.spares_wanted, 1)
        scheduler.requests.ask(request, scheduler.warm_spare)
        scheduler.work.notify()
        scheduler.changed.wait_for(lambda: not request.open, timeout_s)
        scheduler.requests.give_up(request)
    if request.answer is None:
        late = f"No worker was free within {timeout_s:g} seconds; ask again when fewer runs are starting."
        raise NotExamined(request.trouble or late)
    assert isinstance(request.answer, Examined)
    return request.answer


def answered(scheduler: Scheduler, run: Run, command: Collect | Remake, timeout_s: float) -> Collected | Remade:
    """What a run's own worker answers, within `timeout_s` seconds. Raises RunEnded where it has none any more, RunError
    where no answer comes."""
    request = WorkerRequest(command)
    until = time.monotonic() + timeout_s
    with scheduler.lock:
        if not run.alive:
            raise RunEnded("This run's worker has ended; resume the run first.")
        scheduler.changed.wait_for(lambda: run.worker is not None or not run.alive, timeout_s)
        if run.worker is not None:
            scheduler.requests.ask_only(request, run.worker)
            scheduler.changed.wait_for(lambda: not request.open, max(0.0, until - time.monotonic()))
        elif not run.alive:
            raise RunEnded(run.trouble or "This run has ended.")
    if request.answer is None:
        raise RunError(request.trouble or f"The run did not answer within {timeout_s:g} seconds; ask again.")
    assert isinstance(request.answer, Collected | Remade)
    return request.answer
