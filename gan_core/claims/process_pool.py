"""Runs claims for pages, outside their process: `claim_pool()` is the one of this server.

Two processes at most, one for quick claims, so that they never wait for those that train. Each takes what it is asked
in turn, one claim of a visitor at a time; it is started when it is needed, and ended when it was not for a while.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from gan_core.claims.claim import Claim, Speed
from gan_core.claims.ledger import CLAIMS
from gan_core.messages.framing import ProtocolError, TruncatedError
from gan_core.processes.child_process import ChildProcess, Language
from gan_core.processes.only_one import only_one
from gan_core.processes.start import Process, start

MODULE = "gan_core.claims.worker"
IDLE_S = 60.0
START_S, SLOWER = 60.0, 20  # a claim may take so long to start, and so many times the seconds that are expected


class Busy(RuntimeError):
    """This visitor's last claim is still running."""


@dataclass(frozen=True)
class Asked:
    """What came of a visitor's last claim: how many are `ahead` of it, `steps` of training done; in the end its
    `result`, or the `trouble` in one sentence."""

    claim_id: str
    ahead: int = 0
    steps: int = 0
    result: dict[str, Any] | None = None
    trouble: str = ""

    @property
    def open(self) -> bool:
        """Whether there is still something to wait for."""
        return self.result is None and not self.trouble


class ClaimPool:
    """The processes that run claims.

    All methods may be called from any thread; none but `close` and `wait` waits for a process.
    """

    def __init__(self, start_one: Callable[[], Process] = lambda: start(MODULE), idle_s: float = IDLE_S) -> None:
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._last: dict[str, _Request] = {}
        self._queues: dict[Speed, _Queue] = {
            speed: _Queue(speed, start_one, idle_s, self._news) for speed in ("quick", "training")
        }

    def ask(self, visitor: str, claim_id: str) -> None:
        """Run a claim for a visitor, as soon as it is its turn. Raises Busy, and KeyError for no claim's id."""
        claim = CLAIMS[claim_id]
        with self._lock:
            last = self._last.get(visitor)
            if last is not None and last.open:
                raise Busy(f"Claim {last.claim.id} is still running: wait for it, or stop it.")
            self._last[visitor] = request = _Request(claim)
            self._queues[claim.speed].take(request)

    def warm(self) -> None:
        """Somebody may soon ask for a quick claim: have its process ready, until it idles."""
        with self._lock:
            self._queues["quick"].open()

    def seen(self, visitor: str) -> Asked | None:
        """How it stands with a visitor's last claim; None where there was none."""
        with self._lock:
            request = self._last.get(visitor)
            if request is None:
                return None
            ahead = self._queues[request.claim.speed].ahead(request)
            return Asked(request.claim.id, ahead, request.steps, request.result, request.trouble)

    def leave(self, visitor: str) -> None:
        """The visitor waits no longer; a claim that is running is stopped."""
        with self._lock:
            request = self._last.pop(visitor, None)
            if request is not None and request.open:
                request.trouble = "Stopped."
                self._queues[request.claim.speed].drop(request)

    def wait(self, visitor: str, timeout_s: float) -> Asked | None:
        """As `seen`, but first wait until there is nothing to wait for, `timeout_s` seconds at most."""
        with self._lock:
            self._news.wait_for(lambda: visitor not in self._last or not self._last[visitor].open, timeout_s)
        return self.seen(visitor)

    def pids(self) -> list[int]:
        """The ids of its living processes."""
        with self._lock:
            return [queue.process.pid for queue in self._queues.values() if queue.process is not None]

    def close(self) -> None:
        """End the processes, and wait until they are gone."""
        with self._lock:
            for queue in self._queues.values():
                queue.closed = True
                queue.stop()
            threads = [queue.thread for queue in self._queues.values() if queue.thread is not None]
            self._news.notify_all()
        for thread in threads:
            thread.join()


class _Request:
    """One claim that somebody asked for."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.steps = 0
        self.result: dict[str, Any] | None = None
        self.trouble = ""

    @property
    def open(self) -> bool:
        return self.result is None and not self.trouble


class _Queue:
    """The claims that wait for one process, and the thread that has it run them. All is used under the pool's lock."""

    def __init__(self, name: str, start_one: Callable[[], Process], idle_s: float, news: threading.Condition) -> None:
        self.name, self.start_one, self.idle_s, self.news = name, start_one, idle_s, news
        self.waiting: deque[_Request] = deque()
        self.current: _Request | None = None
        self.answered = False  # the process has told its last of the current one
        self.process: _Process | None = None
        self.thread: threading.Thread | None = None
        self.closed = False

    def take(self, request: _Request) -> None:
        self.waiting.append(request)
        self.open()

    def open(self) -> None:
        if self.thread is None and not self.closed:
            self.thread = threading.Thread(target=self._work, name=f"claims-{self.name}", daemon=True)
            self.thread.start()
        self.news.notify_all()

    def ahead(self, request: _Request) -> int:
        line = [self.current, *self.waiting] if self.current is not None else list(self.waiting)
        return line.index(request) if request in line else 0

    def drop(self, request: _Request) -> None:
        if request in self.waiting:
            self.waiting.remove(request)
        elif request is self.current:
            self.stop()
        self.news.notify_all()

    def stop(self) -> None:
        """Kill the process; whoever waits for it then sees its end."""
        if self.process is not None:
            self.process.kill()

    def _work(self) -> None:
        with self.news:
            with contextlib.suppress(OSError):  # told when a claim is asked for
                self._living()
            while True:
                self.news.wait_for(lambda: self.waiting or self.closed, self.idle_s)
                if self.closed or not self.waiting:
                    break
                self.current = request = self.waiting.popleft()
                trouble = self._run(request)
                if request.open:
                    request.trouble = trouble
                self.current = None
                self.news.notify_all()
            self.thread, process, self.process = None, self.process, None
            self.news.notify_all()
        if process is not None:
            process.close()

    def _run(self, request: _Request) -> str:
        """Have it run, without the lock while it does; what went wrong, if anything did."""
        try:
            process = self._living()
        except OSError as error:
            return f"A process for it could not be started: {error}."
        self.answered = False
        process.send(request.claim.id)
        limit = START_S + SLOWER * request.claim.seconds
        in_time = self.news.wait_for(lambda: self.answered or process.ended, limit)
        if self.answered:
            return ""
        process.kill()
        self.process = None
        self.news.wait_for(lambda: process.ended)
        if not in_time:
            return f"It took more than {limit:g} seconds and was ended."
        return f"The process that ran it ended ({process.exit_words}); run it again."

    def _living(self) -> _Process:
        """The process, a new one where there is none that is alive. Raises OSError."""
        if self.process is None or not self.process.alive:
            self.process = process = ChildProcess(self.start_one(), _LANGUAGE, self._heard, self._gone)
            process.listen()
            self.news.notify_all()
        return self.process

    def _heard(self, message: dict[str, Any]) -> None:
        """Note what the process told; called from its thread."""
        with self.news:
            self.answered = "steps" not in message
            if self.current is not None and self.current.open:
                self.current.steps = message.get("steps", self.current.steps)
                self.current.result = message.get("result")
                self.current.trouble = message.get("trouble", "")
            self.news.notify_all()

    def _gone(self) -> None:
        """The process has ended; called from its thread."""
        with self.news:
            self.news.notify_all()


def _write(stream: BinaryIO, claim_id: str) -> None:
    stream.write(f"{claim_id}\n".encode())
    stream.flush()


def _read(stream: BinaryIO) -> dict[str, Any] | None:
    """What worker.py tells: a line of JSON."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        if line:
            raise TruncatedError(f"The stream ended inside a line of {len(line)} bytes.")
        return None
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise ProtocolError(f"The stream holds something else than messages: {line[:40]!r}")
    return message


_Process = ChildProcess[str, dict[str, Any]]
_LANGUAGE = Language[str, dict[str, Any]](_write, _read)


def claim_pool() -> ClaimPool:
    """The pool of this process, made on first use; its processes end with it."""
    return only_one("claims", ClaimPool)
