"""Asking a worker and waiting for its answer."""

from __future__ import annotations

import time

from gan_core.live.errors import NotExamined, RunEnded, RunError
from gan_core.live.requests import Question
from gan_core.live.run import Run
from gan_core.live.scheduler import Keeper
from gan_core.messages.commands_and_reports import Collect, Collected, Examine, Examined, Remade, Remake


def examined(keeper: Keeper, command: Examine, timeout_s: float) -> Examined:
    """What a spare worker answers, within `timeout_s` seconds. Raises NotExamined."""
    question = Question(command)
    with keeper.lock:
        keeper.spares_wanted = max(keeper.spares_wanted, 1)
        keeper.questions.ask(question, keeper.warm_spare)
        keeper.duty.notify()
        keeper.news.wait_for(lambda: not question.open, timeout_s)
        keeper.questions.give_up(question)
    if question.answer is None:
        late = f"No worker was free within {timeout_s:g} seconds; ask again when fewer runs are starting."
        raise NotExamined(question.trouble or late)
    assert isinstance(question.answer, Examined)
    return question.answer


def answered(keeper: Keeper, run: Run, command: Collect | Remake, timeout_s: float) -> Collected | Remade:
    """What a run's own worker answers, within `timeout_s` seconds. Raises RunEnded where it has none any more, RunError
    where no answer comes."""
    question = Question(command)
    until = time.monotonic() + timeout_s
    with keeper.lock:
        if not run.alive:
            raise RunEnded("This run's worker has ended; resume the run first.")
        keeper.news.wait_for(lambda: run.worker is not None or not run.alive, timeout_s)
        if run.worker is not None:
            keeper.questions.ask_only(question, run.worker)
            keeper.news.wait_for(lambda: not question.open, max(0.0, until - time.monotonic()))
        elif not run.alive:
            raise RunEnded(run.trouble or "This run has ended.")
    if question.answer is None:
        raise RunError(question.trouble or f"The run did not answer within {timeout_s:g} seconds; ask again.")
    assert isinstance(question.answer, Collected | Remade)
    return question.answer
