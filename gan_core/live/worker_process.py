"""One worker as seen from the page's process: a child process, a thread that hears it, one that writes."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, cast

from gan_core.messages import framing
from gan_core.messages.commands_and_reports import Command, Report, Stop
from gan_core.messages.framing import ProtocolError, TruncatedError

PATIENCE_S = 3.0  # from the end of its stdin to SIGTERM, and from there to SIGKILL
CHECKPOINT_PATIENCE_S = 10.0  # for a last checkpoint, before the same


class WorkerProcess:
    """A child process that is started at once and heard from after `listen`. No method waits for the child.

    `heard(worker, report)` is called for each report and `gone(worker)` once after the process has ended,
    both from the worker's own thread. Raises OSError where the process cannot be started.
    """

    def __init__(self, heard: Callable[[WorkerProcess, Report], None], gone: Callable[[WorkerProcess], None]) -> None:
        self._heard, self._gone = heard, gone
        # A process group of its own: Ctrl-C in the server's terminal is for the server, which ends its workers. Not
        # a session of its own: Linux shares the processor out between sessions first, and the worker's niceness
        # would count for nothing beside the server.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gan_core.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            process_group=0 if os.name == "posix" else None,
        )
        self.pid = self._process.pid
        self.ended = False
        self.corrupt = ""  # what was wrong with its bytes, if anything
        self._outbox: SimpleQueue[Command | None] = SimpleQueue()
        self._ending = threading.Lock()
        self._deadline = math.inf
        self._terminated = False

    def listen(self) -> None:
        """Begin to hear and to write."""
        for work in (self._hear, self._write):
            threading.Thread(target=work, name=f"worker-{self.pid}-{work.__name__}", daemon=True).start()

    def send(self, command: Command) -> None:
        """Put a command on its way; one to a worker that has ended goes nowhere."""
        self._outbox.put(command)

    def end(self, checkpoint: bool = False) -> None:
        """Have the process end by itself, now or after a last checkpoint; later calls change nothing. Whoever
        calls this also calls `press` until the process is gone."""
        with self._ending:
            if self._deadline < math.inf:
                return
            self._deadline = time.monotonic() + (CHECKPOINT_PATIENCE_S if checkpoint else PATIENCE_S)
        if checkpoint:
            self._outbox.put(Stop())
        self._outbox.put(None)

    def press(self, now: float) -> float:
        """Terminate, then kill a process that did not end in time; returns when to call again (monotonic)."""
        if self.ended:
            return math.inf
        if now >= self._deadline:
            self._deadline = now + PATIENCE_S
            if self._terminated:
                self._process.kill()
            else:
                self._terminated = True
                self._process.terminate()
        return self._deadline

    @property
    def exit_words(self) -> str:
        """How the process ended."""
        code = self._process.returncode
        if self.corrupt:
            return f"its messages were garbled ({self.corrupt})"
        if code is not None and code < 0:
            name = {known.value: known.name for known in signal.Signals}.get(-code, f"signal {-code}")
            hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
            return f"it was killed by {name} (exit code {code}){hint}"
        return f"exit code {code}"

    def _write(self) -> None:
        stdin = cast(BinaryIO, self._process.stdin)
        try:
            while (command := self._outbox.get()) is not None:
                framing.write(stdin, command)
            stdin.close()
        except OSError:
            pass  # the process is gone, which the hearing thread notices and tells

    def _hear(self) -> None:
        stdout = cast(BinaryIO, self._process.stdout)
        try:
            while (report := framing.read_report(stdout)) is not None:
                self._heard(self, report)
        except TruncatedError:
            pass  # it died while writing; the exit code tells how
        except ProtocolError as error:
            self.corrupt = str(error)
            self._process.kill()
        finally:
            self._bury()

    def _bury(self) -> None:
        """Nothing more will be heard: see that the process and its pipes are gone."""
        self._outbox.put(None)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        cast(BinaryIO, self._process.stdout).close()
        self.ended = True
        self._gone(self)


def environment() -> dict[str, str]:
    """This process's environment, in which the child finds this package and begins with one thread."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
