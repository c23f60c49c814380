"""The process that owns a live run, as the page's process sees it."""

from __future__ import annotations

from collections.abc import Callable

from gan_core.messages import framing
from gan_core.messages.commands_and_reports import Command, Report
from gan_core.processes.child_process import ChildProcess, Language
from gan_core.processes.start import start

MODULE = "gan_core.worker"


class WorkerProcess(ChildProcess[Command, Report]):
    """A worker, started at once and heard from after `listen`. Raises OSError where it cannot be started."""

    def __init__(self, heard: Callable[[WorkerProcess, Report], None], gone: Callable[[WorkerProcess], None]) -> None:
        language = Language[Command, Report](framing.write, framing.read_report)
        super().__init__(start(MODULE), language, lambda report: heard(self, report), lambda: gone(self))
