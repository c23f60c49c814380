"""Starting a module of ours in a process of its own: forked from the template where that is safe, else as
`python -m` does it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from gan_core.processes.only_one import only_one
from gan_core.processes.template import Template, environment_of_a_child

# A driver of GPUs does not survive a fork. Its device files tell that there is one; asking PyTorch would wake it.
DRIVERS = ("/dev/nvidiactl", "/dev/kfd")


class Process(Protocol):
    """A process whose stdin and stdout are pipes to this one."""

    stdin: BinaryIO
    stdout: BinaryIO

    @property
    def pid(self) -> int:
        """Its id; waits for one that is still to be forked. Raises ProcessLookupError where there never was one."""

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""

    @property
    def exit_code(self) -> int | None:
        """How it ended: below 0 by that signal; None while it is alive, or where nobody knows."""

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it has ended, `timeout_s` seconds at most; whether it has."""

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""

    def kill(self) -> None:
        """End it at once (SIGKILL)."""


class Started:
    """A process that began with a program of its own. Raises OSError where it cannot be started."""

    def __init__(self, program: Sequence[str]) -> None:
        # A process group of its own: Ctrl-C in the server's terminal is for the server, which ends its children. Not
        # a session of its own: Linux shares the processor out between sessions first, and the child's niceness would
        # count for nothing beside the server.
        self._process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment_of_a_child(),
            process_group=0 if os.name == "posix" else None,
        )
        self.stdin, self.stdout = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        self.pid = self._process.pid

    @property
    def alive(self) -> bool:
        """See `Process`, as of all others here."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """See `Process`."""
        return self._process.returncode

    def wait(self, timeout_s: float | None = None) -> bool:
        """See `Process`."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def terminate(self) -> None:
        """See `Process`."""
        self._process.terminate()

    def kill(self) -> None:
        """See `Process`."""
        self._process.kill()


def forks() -> bool:
    """Whether modules are forked from the template. GAN_FORK=0 has each import all by itself."""
    return (
        sys.platform == "linux"
        and os.environ.get("GAN_FORK", "1") != "0"
        and not any(Path(driver).exists() for driver in DRIVERS)
    )


def template_pid() -> int | None:
    """The id of the process that forks the others; None where there is none."""
    return only_one("template", Template).pid if forks() else None


def start(module: str) -> Process:
    """Run a module of ours, such as "gan_core.worker". Raises OSError where it cannot be started."""
    if forks():
        return only_one("template", Template).fork(module)
    return Started([sys.executable, "-m", module])
