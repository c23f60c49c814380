"""Where the cells of a sweep, claims and runs of the study are trained: on this machine's cores, or on a cluster."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from gan_core.processes.child_executor import ChildExecutor
from gan_core.processes.named_call import call_named
from gan_core.settings.experiment import Experiment

TRAIN = "gan_core.sweep.train_cell:train_cell"


class Machines(Protocol):
    """An executor of concurrent.futures, and what a sweep needs to know of it."""

    def submit(self, function: str, *arguments: Any) -> Future[Any]:
        """Have a function done, by its name: see call_named."""

    def train(self, e: Experiment) -> Future[Any]:
        """Have a cell trained: the future of a TrainedCell or RefusedCell."""

    def slots(self) -> int:
        """How many are done at the same time."""

    def end(self, future: Future[Any]) -> None:
        """Nobody wants this answer any more."""

    def close(self) -> None:
        """End all that goes on."""


class OwnCores:
    """This machine's cores, a child process for each."""

    def __init__(self, processes: int, niceness: int = 0) -> None:
        self._slots = processes
        self._executor = ChildExecutor(self._slots, niceness)

    def submit(self, function: str, *arguments: Any) -> Future[Any]:
        """See Machines, as of all others here."""
        return self._executor.submit(call_named, function, *arguments)

    def train(self, e: Experiment) -> Future[Any]:
        """See Machines."""
        return self.submit(TRAIN, e)

    def slots(self) -> int:
        """See Machines."""
        return self._slots

    def end(self, future: Future[Any]) -> None:
        """See Machines."""
        self._executor.end(future)

    def pids(self) -> list[int]:
        """The ids of the processes at work."""
        return self._executor.pids()

    def close(self) -> None:
        """See Machines."""
        self._executor.close()
