"""Runs claims for pages, outside their process: `laboratory()` is the one of this server.

Two processes at most, one for quick claims, so that they never wait for those that train. Each takes what it is asked
in turn, one claim of a visitor at a time; it is started when it is needed, and ended when it was not for a while.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import types
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

from gan_core.claims.claim import Claim, Speed
from gan_core.claims.ledger import CLAIMS
from gan_core.live.worker_process import environment

PROGRAM = (sys.executable, "-m", "gan_core.claims.worker")
IDLE_S = 60.0
START_S, SLOWER = 60.0, 20  # a claim may take so long to start, and so many times the seconds that are expected
END_S = 3.0


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


class Laboratory:
    """All methods may be called from any thread; none but `close` and `wait` waits for a process."""

    def __init__(self, program: Sequence[str] = PROGRAM, idle_s: float = IDLE_S) -> None:
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._last: dict[str, _Request] = {}
        self._lanes: dict[Speed, _Lane] = {
            speed: _Lane(speed, program, idle_s, self._news) for speed in ("quick", "training")
        }

    def ask(self, visitor: str, claim_id: str) -> None:
        """Run a claim for a visitor, as soon as it is its turn. Raises Busy, and KeyError for no claim's id."""
        claim = CLAIMS[claim_id]
        with self._lock:
            last = self._last.get(visitor)
            if last is not None and last.open:
                raise Busy(f"Claim {last.claim.id} is still running: wait for it, or stop it.")
            self._last[visitor] = request = _Request(claim)
            self._lanes[claim.speed].take(request)

    def warm(self) -> None:
        """Somebody may soon ask for a quick claim: have its process ready, until it idles."""
        with self._lock:
            self._lanes["quick"].open()

    def seen(self, visitor: str) -> Asked | None:
        """How it stands with a visitor's last claim; None where there was none."""
        with self._lock:
            request = self._last.get(visitor)
            if request is None:
                return None
            ahead = self._lanes[request.claim.speed].ahead(request)
            return Asked(request.claim.id, ahead, request.steps, request.result, request.trouble)

    def leave(self, visitor: str) -> None:
        """The visitor waits no longer; a claim that is running is stopped."""
        with self._lock:
            request = self._last.pop(visitor, None)
            if request is not None and request.open:
                request.trouble = "Stopped."
                self._lanes[request.claim.speed].drop(request)

    def wait(self, visitor: str, timeout_s: float) -> Asked | None:
        """As `seen`, but first wait until there is nothing to wait for, `timeout_s` seconds at most."""
        with self._lock:
            self._news.wait_for(lambda: visitor not in self._last or not self._last[visitor].open, timeout_s)
        return self.seen(visitor)

    def pids(self) -> list[int]:
        """The ids of its living processes."""
        with self._lock:
            return [lane.process.pid for lane in self._lanes.values() if lane.process is not None]

    def close(self) -> None:
        """End the processes, and wait until they are gone."""
        with self._lock:
            for lane in self._lanes.values():
                lane.closed = True
                lane.stop()
            threads = [lane.thread for lane in self._lanes.values() if lane.thread is not None]
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


class _Lane:
    """One queue with its process and thread; all that is public is used under the laboratory's lock."""

    def __init__(self, name: str, program: Sequence[str], idle_s: float, news: threading.Condition) -> None:
        self.name, self.program, self.idle_s, self.news = name, program, idle_s, news
        self.queue: deque[_Request] = deque()
        self.current: _Request | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.thread: threading.Thread | None = None
        self.closed = False

    def take(self, request: _Request) -> None:
        self.queue.append(request)
        self.open()

    def open(self) -> None:
        if self.thread is None and not self.closed:
            self.thread = threading.Thread(target=self._work, name=f"claims-{self.name}", daemon=True)
            self.thread.start()
        self.news.notify_all()

    def ahead(self, request: _Request) -> int:
        waiting = [self.current, *self.queue] if self.current is not None else list(self.queue)
        return waiting.index(request) if request in waiting else 0

    def drop(self, request: _Request) -> None:
        if request in self.queue:
            self.queue.remove(request)
        elif request is self.current:
            self.stop()
        self.news.notify_all()

    def stop(self) -> None:
        """Kill the process; whoever reads from it then sees its end."""
        if self.process is not None:
            self.process.kill()

    def _work(self) -> None:
        with contextlib.suppress(OSError), self.news:  # told when a claim is asked for
            self._living()
        while True:
            with self.news:
                self.news.wait_for(lambda: self.queue or self.closed, self.idle_s)
                if self.closed or not self.queue:
                    self.thread, process, self.process = None, self.process, None
                    self.news.notify_all()
                    break
                self.current = request = self.queue.popleft()
            trouble = self._run(request)
            with self.news:
                if request.open:
                    request.trouble = trouble
                self.current = None
                self.news.notify_all()
        if process is not None:
            _end(process)

    def _run(self, request: _Request) -> str:
        """Have it run; what went wrong, if anything did."""
        try:
            process = self._process(request)
        except OSError as error:
            return f"A process for it could not be started: {error}."
        if process is None:
            return ""
        limit = START_S + SLOWER * request.claim.seconds
        alarm = threading.Timer(limit, process.kill)
        alarm.start()
        try:
            stdin, stdout = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            stdin.write(f"{request.claim.id}\n".encode())
            stdin.flush()
            for line in stdout:
                if self._heard(request, json.loads(line)):
                    return ""
        except (OSError, ValueError):
            process.kill()
        finally:
            late = alarm.finished.is_set()
            alarm.cancel()
        with self.news:
            self.process = None
        code = _end(process)
        if late:
            return f"It took more than {limit:g} seconds and was ended."
        return f"The process that ran it ended (exit code {code}); run it again."

    def _heard(self, request: _Request, message: dict[str, Any]) -> bool:
        """Note what the process told; whether that was its last word on this claim."""
        with self.news:
            if request.open:
                request.steps = message.get("steps", request.steps)
                request.result = message.get("result")
                request.trouble = message.get("trouble", "")
                self.news.notify_all()
            return "steps" not in message

    def _process(self, request: _Request) -> subprocess.Popen[bytes] | None:
        """The living process, a new one if need be; None where nobody waits any more."""
        with self.news:
            return self._living() if request.open else None

    def _living(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.process.poll() is not None:
            _end(self.process)
            self.process = None
        if self.process is None:
            # A process group of its own: Ctrl-C in the server's terminal is for the server, which ends it.
            self.process = subprocess.Popen(
                self.program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(),
                process_group=0 if os.name == "posix" else None,
            )  # fmt: skip
            self.news.notify_all()
        return self.process


def _end(process: subprocess.Popen[bytes]) -> int:
    """See that a process and its pipes are gone; returns its exit code."""
    with contextlib.suppress(OSError):
        cast(IO[bytes], process.stdin).close()
    try:
        code = process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    cast(IO[bytes], process.stdout).close()
    return code


# Not a file, so that no file watcher drops it; see runs.py.
_ANCHOR = "gan_core_laboratory"


def laboratory() -> Laboratory:
    """The laboratory of this process, made on first use; its processes end with it."""
    anchor = sys.modules.setdefault(_ANCHOR, types.ModuleType(_ANCHOR)).__dict__
    with anchor.setdefault("lock", threading.Lock()):
        if "laboratory" not in anchor:
            anchor["laboratory"] = Laboratory()
            atexit.register(anchor["laboratory"].close)
    found: Laboratory = anchor["laboratory"]
    return found
