"""A Dask scheduler and its workers on this machine, as somebody starts them in a shell."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from distributed import Client
from live_runs import PATIENCE_S, ROOT


class Processes:
    """A scheduler and its workers, as somebody starts them in a shell."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", inside: str = "") -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        scheduler = self.start("scheduler", "--host", host, "--port", "0", inside=inside)
        assert scheduler.stderr is not None
        told = next(line for line in scheduler.stderr if "Scheduler at:" in line)
        self.address = told.split("Scheduler at:")[1].strip()
        self.drain(scheduler)

    def start(self, *command: str, inside: str = "", **environment: str) -> subprocess.Popen[str]:
        """One of them; `inside` a network namespace of this name, where one is given."""
        there = ["ip", "netns", "exec", inside] if inside else []
        process = subprocess.Popen(
            [*there, sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:], "--no-dashboard"],
            cwd=environment.get("PYTHONPATH", ROOT), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DASK_CONFIG": str(ROOT / ".dask.yaml"), **environment},
        )  # fmt: skip
        self.started.append(process)
        return process

    def worker(self, number: int, threads: int = 1, *, inside: str = "", **environment: str) -> subprocess.Popen[str]:
        process = self.start(
            "worker", self.address, "--nthreads", str(threads), "--no-nanny", "--name", str(number),
            "--local-directory", str(self.folder), inside=inside, **environment,
        )  # fmt: skip
        self.drain(process)
        return process

    def workers(self, count: int, threads: int = 1, **environment: str) -> dict[str, subprocess.Popen[str]]:
        """So many more workers, once they are there, by their addresses."""
        started = [self.worker(len(self.started), threads, **environment) for _ in range(count)]
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(client.nthreads()) + count, timeout=PATIENCE_S)
            pids = {pid: address for address, pid in client.run(os.getpid).items()}
        return {pids[process.pid]: process for process in started}

    def drain(self, process: subprocess.Popen[str]) -> None:
        """Nobody reads what it tells, and it must not wait for that."""
        assert process.stderr is not None
        threading.Thread(target=process.stderr.read, daemon=True).start()

    def close(self) -> None:
        for process in reversed(self.started):
            process.kill()
            process.wait()
