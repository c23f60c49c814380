"""A child process as its parent sees it: a thread that hears it, one that writes to it."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import BinaryIO, Generic, TypeVar

from gan_core.messages.framing import ProtocolError, TruncatedError
from gan_core.processes.start import Process

PATIENCE_S = 3.0  # from the end of its stdin to SIGTERM, and from there to SIGKILL

Sent = TypeVar("Sent")
Heard = TypeVar("Heard")


@dataclass(frozen=True)
class Language(Generic[Sent, Heard]):
    """How messages to a child and from it travel."""

    write: Callable[[BinaryIO, Sent], None]
    read: Callable[[BinaryIO], Heard | None]  # None at the end; raises ProtocolError for what is no message


class ChildProcess(Generic[Sent, Heard]):
    """A child process, heard from after `listen`. No method but `close` waits for it."""

    def __init__(
        self,
        process: Process,  # just started
        language: Language[Sent, Heard],
        heard: Callable[[Heard], None],  # called for each message, from a thread of the child's own
        gone: Callable[[], None],  # called once after the process has ended, from the same thread
    ) -> None:
        self._language, self._heard, self._gone = language, heard, gone
        self._process = process
        self.corrupt = ""  # what was wrong with its bytes, if anything
        self._outbox: SimpleQueue[Sent | None] = SimpleQueue()
        self._ended = threading.Event()
        self._ending = threading.Lock()
        self._deadline = math.inf
        self._terminated = False

    def listen(self) -> None:
        """Begin to hear and to write."""
        for work in (self._hear, self._write):
            threading.Thread(target=work, name=f"child{work.__name__}", daemon=True).start()

    def send(self, message: Sent) -> None:
        """Put a message on its way; one to a process that has ended goes nowhere."""
        self._outbox.put(message)

    # ------------------------------------------------------------------------------------------ its end

    def end(self, last: Sent | None = None, patience_s: float = PATIENCE_S) -> None:
        """Have the process end by itself, after a `last` message if there is one; later calls change nothing. Whoever
        calls this also calls `press` until the process is gone, or `close`."""
        with self._ending:
            if self._deadline < math.inf:
                return
            self._deadline = time.monotonic() + patience_s
        if last is not None:
            self._outbox.put(last)
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

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def close(self) -> None:
        """End the process and wait until it is gone; it is heard from."""
        self.end()
        while not self.ended:
            self._ended.wait(self.press(time.monotonic()) - time.monotonic())

    @property
    def ended(self) -> bool:
        """Whether it has ended and nothing more will be heard."""
        return self._ended.is_set()

    @property
    def pid(self) -> int:
        """The process's id; see `Process`."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is there; when it is not, what it has written may still be heard."""
        return self._process.alive

    @property
    def exit_code(self) -> int | None:
        """How it ended: below 0 by that signal; None while it is alive, or where nobody knows."""
        return self._process.exit_code

    @property
    def exit_words(self) -> str:
        """How it ended, in words."""
        code = self.exit_code
        if self.corrupt:
            return f"its messages were garbled ({self.corrupt})"
        if code is not None and code < 0:
            name = {known.value: known.name for known in signal.Signals}.get(-code, f"signal {-code}")
            hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
            return f"it was killed by {name} (exit code {code}){hint}"
        return f"exit code {code}" if code is not None else "its exit code is not known"

    # ------------------------------------------------------------------------------------------ its threads

    def _write(self) -> None:
        stdin = self._process.stdin
        try:
            while (message := self._outbox.get()) is not None:
                self._language.write(stdin, message)
            stdin.close()
        except OSError:
            pass  # the process is gone, which the hearing thread notices and tells

    def _hear(self) -> None:
        stdout = self._process.stdout
        try:
            while (message := self._language.read(stdout)) is not None:
                self._heard(message)
        except TruncatedError:
            pass  # it died while writing; the exit code tells how
        except ProtocolError as error:
            self.corrupt = str(error)
            self._process.kill()
        finally:
            self._clean_up()

    def _clean_up(self) -> None:
        """Nothing more will be heard: see that the process and its pipes are gone."""
        self._outbox.put(None)
        if not self._process.wait(PATIENCE_S):
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._ended.set()
        self._gone()
