"""The app as a process, and the worker processes it starts."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from live_runs import PATIENCE_S, ROOT

GRACE_S = 5


@dataclass(frozen=True)
class Server:
    """A running app; `folder` is where it keeps its temporary files."""

    url: str
    process: psutil.Process
    folder: Path

    def workers(self) -> list[psutil.Process]:
        """The living worker processes, oldest first. A visitor's run takes the spare one, and then a new
        spare is started: with one run, the first is that run's."""
        found = []
        for child in self.process.children(recursive=True):
            try:
                names = (child.name(), *child.cmdline())  # forked, or started as a program
                if "gan_core.worker" in names and child.status() != psutil.STATUS_ZOMBIE:
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return sorted(found, key=psutil.Process.create_time)

    def checkpoints(self) -> list[Path]:
        return list(self.folder.glob("gan-run-*/checkpoint.safetensors"))

    def files_are_gone(self) -> None:
        """Wait until nothing is left of any run."""
        until = time.monotonic() + PATIENCE_S
        while self.checkpoints():
            assert time.monotonic() < until, self.checkpoints()
            time.sleep(0.05)  # a folder that is removed tells nobody

    def imports(self, library: str) -> bool:
        """Whether the server's process has loaded a shared library with this in its path."""
        return any(library in mapped.path for mapped in self.process.memory_maps())


STREAMLIT = ("-m", "streamlit")
# What a server that is too busy to send at once does: it sends now and then.
SLOW = (
    "-c", "from streamlit.runtime import runtime; from streamlit.web import cli\n"
    "runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0.6\n"
    "cli.main(prog_name='streamlit')",
)  # fmt: skip


@contextmanager
def serve(folder: Path, *, kill: bool, program: Sequence[str] = STREAMLIT, **environment: str) -> Iterator[Server]:
    """Start the app and end it again; asserts that its workers end too and, unless it is killed, that
    nothing is left of its runs on the disk."""
    (folder / "temporary").mkdir(parents=True)
    port = _free_port()
    limits = {
        "GAN_HOME": str(folder / "home"),
        "GAN_GRACE_SECONDS": str(GRACE_S),
        "GAN_MAX_WORKERS": "2",
    }
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [
                sys.executable, *program, "run", "app.py", "--server.port", str(port),
                "--server.address", "127.0.0.1",
            ],
            cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(folder / "temporary"), **limits, **environment},
        )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid), folder / "temporary")
    try:
        _wait_for_health(process, port, folder / "log.txt")
        yield server
    finally:
        assert process.poll() is None, f"the server ended by itself, exit code {process.returncode}"
        workers = server.workers()
        process.kill() if kill else process.terminate()
        process.wait(PATIENCE_S)
    _, alive = psutil.wait_procs(workers, PATIENCE_S)
    assert not alive, f"workers outlive their server: {alive}"
    if not kill:
        assert not list(server.folder.glob("gan-run-*"))
    told = (folder / "log.txt").read_text()
    assert f'File "{ROOT}/' not in told, told  # a traceback through our code; Streamlit has some of its own


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_health(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended: {log.read_text()}"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)  # there is nothing yet that could be waited for
        finally:
            connection.close()
    raise AssertionError(f"the server does not answer: {log.read_text()}")
