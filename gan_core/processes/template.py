"""The template as its server sees it: a process that has done what takes seconds, and forks a child for each module of
ours that is to run. A child is there in some hundredths of a second and shares what the template holds. Linux only.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

PROGRAM = "gan_core.processes.template_process"
PRELOADED = "gan_core.worker.preloaded:warm_up"  # what it does for its children: what takes seconds
PATIENCE_S = 3.0  # for its end, before it is killed
MOST = 100_000  # bytes of a message; Linux takes one of 200 kB


class Template:
    """The template process, started on first use, and anew after it has died; its children live on then.

    All methods may be called from any thread; none but `close` waits for a process.
    """

    def __init__(self, preloaded: str = PRELOADED) -> None:
        self._preloaded = preloaded
        self._lock = threading.Lock()
        self._process: _TemplateProcess | None = None

    def fork(self, module: str) -> Forked:
        """A child that runs a module, as `python -m` does, with this process's environment and folder of now.
        Raises OSError where it cannot be asked for."""
        with self._lock:
            if self._process is not None:
                with suppress(OSError):  # it has died
                    return self._process.fork(module)
            self._process = _TemplateProcess(self._preloaded)
            return self._process.fork(module)

    @property
    def pid(self) -> int | None:
        """The id of the process; None before first use."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the template, and wait until it is gone; not its children."""
        with self._lock:
            if self._process is not None:
                self._process.close()
                self._process = None


class Forked:
    """A child of the template: see `start.Process`. Its exit code is not known where the template died before it."""

    def __init__(self, stdin: int, stdout: int) -> None:
        self.stdin: BinaryIO = os.fdopen(stdin, "wb")
        self.stdout: BinaryIO = os.fdopen(stdout, "rb")
        self.exit_code: int | None = None
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._handle: int | None = None  # a pidfd, which stands for this process even when its id is given away
        self._signal: signal.Signals | None = None  # to be sent once it is there
        self._born, self._ended = threading.Event(), threading.Event()

    @property
    def pid(self) -> int:
        """See `start.Process`, as of all others here."""
        self._born.wait()
        if self._pid is None:
            raise ProcessLookupError("The process was never there: the template ended before it could fork it.")
        return self._pid

    @property
    def alive(self) -> bool:
        """See `start.Process`."""
        return not self._ended.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """See `start.Process`."""
        return self._ended.wait(timeout_s)

    def terminate(self) -> None:
        """See `start.Process`."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """See `start.Process`."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        with self._lock:
            self._signal = number
            if self._handle is not None:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._handle, number)

    def is_born(self, pid: int, handle: int) -> None:
        """The template has forked it."""
        with self._lock:
            self._pid, self._handle = pid, handle
        if self._signal is not None:
            self._send(self._signal)
        self._born.set()

    def has_ended(self, exit_code: int | None) -> None:
        """It is there no more."""
        with self._lock:
            self.exit_code = exit_code
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None
        self._ended.set()
        self._born.set()

    @property
    def handle(self) -> int | None:
        """What stands for the process while it is there; it becomes readable when the process ends."""
        return self._handle


class _TemplateProcess:
    """One process, and the thread that hears from it."""

    def __init__(self, preloaded: str) -> None:
        self._began_with = environment_of_a_child()
        self._socket, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its_end:
            self._process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(its_end.fileno()), preloaded],
                stdin=subprocess.DEVNULL, env=self._began_with, pass_fds=[its_end.fileno()], process_group=0,
            )  # fmt: skip
        self.pid = self._process.pid
        self._asked: deque[Forked] = deque()
        self._born: dict[int, Forked] = {}
        self._hearing = threading.Thread(target=self._hear, name=f"template-{self.pid}", daemon=True)
        self._hearing.start()

    def fork(self, module: str) -> Forked:
        now, then = environment_of_a_child(), self._began_with
        environment = {name: value for name, value in now.items() if then.get(name) != value}
        without = [name for name in then if name not in now]
        asked = {"module": module, "folder": os.getcwd(), "environment": environment, "without": without}
        its_stdin, stdin = os.pipe()
        stdout, its_stdout = os.pipe()
        child = Forked(stdin, stdout)
        self._asked.append(child)
        try:
            socket.send_fds(self._socket, [json.dumps(asked).encode()], [its_stdin, its_stdout])
        except OSError:
            self._asked.remove(child)
            child.stdin.close()
            child.stdout.close()
            raise
        finally:
            os.close(its_stdin)
            os.close(its_stdout)
        return child

    def close(self) -> None:
        with suppress(OSError):  # it has died
            self._socket.shutdown(socket.SHUT_WR)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:  # it was stopped, or still imports
            self._process.kill()
            self._process.wait()

    def _hear(self) -> None:
        """Pass on what it tells, in a thread of its own, until it has ended and all its children have."""
        while message := self._told():
            told, handles = message
            if "born" in told:
                child = self._born[told["born"]] = self._asked.popleft()
                child.is_born(told["born"], *handles)
            elif "ended" in told:
                self._born.pop(told["ended"]).has_ended(told["exit_code"])
            else:
                self._asked.popleft().has_ended(None)
        self._process.wait()
        with self._socket:
            pass  # from now on nothing can be asked
        for child in self._asked:
            child.has_ended(None)
        _wait_for_orphans({child.handle: child for child in self._born.values() if child.handle is not None})

    def _told(self) -> tuple[dict[str, int], list[int]] | None:
        try:
            message, handles, _, _ = socket.recv_fds(self._socket, MOST, 1)
        except ConnectionResetError:  # it died with requests unread
            return None
        return (json.loads(message), handles) if message else None


def _wait_for_orphans(orphans: dict[int, Forked]) -> None:
    """See the ends, each as it comes, of children that the template can tell nothing of any more."""
    ends = select.poll()
    for handle in orphans:
        ends.register(handle, select.POLLIN)
    while orphans:
        for handle, _ in ends.poll():
            ends.unregister(handle)
            orphans.pop(handle).has_ended(None)


def environment_of_a_child() -> dict[str, str]:
    """This process's environment, in which a child finds this package and begins with one thread."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
