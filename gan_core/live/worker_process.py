"""The process that owns a live run, as the page's process sees it."""

from __future__ import annotations

import time
from collections.abc import Callable

from gan_core.live.remote_process import RemoteProcess
from gan_core.messages import framing
from gan_core.messages.commands_and_reports import Command, Report
from gan_core.processes.child_process import ChildProcess, Language
from gan_core.processes.memory import own_mb
from gan_core.processes.start import start

MODULE = "gan_core.worker"
MEMORY_S = 5.0  # how old a measurement of memory may be


class WorkerProcess(ChildProcess[Command, Report]):
    """A worker, started at once and heard from after `listen`. Raises OSError where it cannot be started.

    `there` is the process of one on a machine of the cluster.
    """

    def __init__(
        self,
        heard: Callable[[WorkerProcess, Report], None],
        gone: Callable[[WorkerProcess], None],
        there: RemoteProcess | None = None,
    ) -> None:
        self._there = there
        self.place = there.place if there else ""  # that machine's address; "" is this one
        language = Language[Command, Report](framing.write, framing.read_report)
        self._memory: tuple[float, float | None] = (-MEMORY_S, None)  # when it was measured, and what
        self.told = False  # whether it has told anything yet: before, it may not even be forked

        def hears(report: Report) -> None:
            self.told = True
            heard(self, report)

        super().__init__(there or start(MODULE), language, hears, lambda: gone(self))

    @property
    def memory_mb(self) -> float | None:
        """Megabytes that it takes, of a few seconds ago; None where that is not known."""
        if not self.told or self.place:
            return None  # whoever asks for its id would wait until it is there
        now = time.monotonic()
        if now - self._memory[0] >= MEMORY_S:
            self._memory = now, own_mb(self.pid)
        return self._memory[1]

    @property
    def exit_words(self) -> str:
        """See ChildProcess; of one elsewhere, what became of its machine."""
        return (self._there.trouble if self._there else "") or super().exit_words
