"""Requests to workers and their answers: the spare one is asked for untrained generators, a run's for its samples."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from gan_core.live.worker_process import WorkerProcess
from gan_core.messages.commands_and_reports import (
    Collect,
    Collected,
    Crashed,
    Examine,
    Examined,
    Refused,
    Remade,
    Remake,
    Report,
)

_KINDS = (Examine.kind, Collect.kind, Remake.kind)


@dataclass(eq=False)
class WorkerRequest:
    """Something that a worker is asked for; it is open until there is an answer, or trouble."""

    command: Examine | Collect | Remake
    answer: Examined | Collected | Remade | None = None
    trouble: str = ""  # what went wrong, in words

    @property
    def open(self) -> bool:
        """Whether there is still something to wait for."""
        return self.answer is None and not self.trouble


class WorkerRequests:
    """Who waits for what, to be used under the scheduler's lock. A worker answers in the order of the requests,
    also one that has got a run meanwhile."""

    def __init__(self) -> None:
        self._waiting: list[WorkerRequest] = []  # for a worker
        self._asked: dict[WorkerProcess, deque[WorkerRequest]] = {}

    @property
    def waiting(self) -> bool:
        """Whether a request has no worker yet."""
        return bool(self._waiting)

    def ask(self, request: WorkerRequest, worker: WorkerProcess | None) -> None:
        """Put a request to a worker that is warm; without one, it waits."""
        self._waiting.append(request)
        if worker is not None:
            self.hand_over(worker)

    def ask_only(self, request: WorkerRequest, worker: WorkerProcess) -> None:
        """Put a request to this worker, who alone can answer it."""
        self._asked.setdefault(worker, deque()).append(request)
        worker.send(request.command)

    def hand_over(self, worker: WorkerProcess) -> None:
        """Put all that waits to this worker."""
        for request in self._waiting:
            self.ask_only(request, worker)
        self._waiting = []

    def give_up(self, request: WorkerRequest) -> None:
        """Nobody waits for it any more; an answer that is under way is dropped when it comes."""
        if request in self._waiting:
            self._waiting.remove(request)

    def heard(self, worker: WorkerProcess, report: Report) -> bool:
        """A worker told something; whether that was an answer, and so concerns no run."""
        asked = self._asked.get(worker)
        refused = isinstance(report, Refused) and report.command in _KINDS
        if isinstance(report, Crashed) and asked:
            self._fail(asked, f"The worker that was asked failed ({report.words}).")
        elif isinstance(report, Examined | Collected | Remade) and asked:
            asked.popleft().answer = report
        elif isinstance(report, Refused) and refused and asked:
            asked.popleft().trouble = report.words
        return refused or isinstance(report, Examined | Collected | Remade)

    def gone(self, worker: WorkerProcess, how: str) -> None:
        """A worker's process has ended: what it was asked stays without an answer."""
        self._fail(self._asked.pop(worker, deque()), f"The worker that was asked ended ({how}); ask again.")

    def fail(self, words: str) -> None:
        """No worker will come for those that wait."""
        self._fail(self._waiting, words)
        self._waiting = []

    def _fail(self, requests: list[WorkerRequest] | deque[WorkerRequest], words: str) -> None:
        for request in requests:
            if request.open:
                request.trouble = words
