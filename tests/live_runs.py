"""What the tests of live runs share: a quick experiment, a worker to talk to, waiting for a state or an end."""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
from tiny import tiny

from gan_core.engine import take_frame
from gan_core.engine.trainer import Trainer
from gan_core.live.registry import Registry
from gan_core.live.run import Snapshot
from gan_core.messages import frame, framing
from gan_core.messages.commands_and_reports import Command, Opened, Report, Start
from gan_core.processes.start import Started, start
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players
from gan_core.sweep.server_sweeps import sweeps

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120.0  # generous, since the machine may be busy: nothing is asserted on it but an end

QUICK = tiny(steps=1_000_000, measure_every=10)

Kind = TypeVar("Kind")


class Client:
    """A worker process on the other end of two pipes, read in order."""

    def __init__(self, program: list[str] | None = None) -> None:
        self.process = Started([sys.executable, *program]) if program else start("gan_core.worker")
        self.heard: list[Report] = []

    def send(self, *commands: Command) -> None:
        for command in commands:
            framing.write(self.process.stdin, command)

    def send_json(self, command: dict[str, Any]) -> None:
        """A command as its JSON, which may say what no command can."""
        text = json.dumps(command).encode()
        self.process.stdin.write(struct.pack(">II", len(text), 0) + text)
        self.process.stdin.flush()

    def until(self, kind: type[Kind], **fields: Any) -> Kind:
        """The next report of a kind, its fields as given; a field may be a function that tests it."""
        while True:
            report = framing.read_report(self.process.stdout)
            assert report is not None, f"the worker ended; it had told {self.heard[-3:]}"
            self.heard.append(report)
            if isinstance(report, kind) and all(_fits(getattr(report, name), fields[name]) for name in fields):
                return report

    def start(self, experiment: Experiment, folder: Path, resume: Path | None = None) -> Opened:
        path = str(folder / "checkpoint.safetensors")
        self.send(Start(experiment, path, str(resume) if resume else None))
        return self.until(Opened)

    def ended(self) -> int:
        """The exit code, once it has ended by itself."""
        assert self.process.wait(PATIENCE_S)
        code = self.process.exit_code
        assert code is not None
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def _fits(value: Any, wanted: Any) -> bool:
    return wanted(value) if callable(wanted) else value == wanted


def gone(pid: int) -> bool:
    """Whether a process ends within the tests' patience; a zombie has ended."""
    try:
        process = psutil.Process(pid)
        for _ in range(int(PATIENCE_S * 10)):
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
            try:
                process.wait(0.1)
            except psutil.TimeoutExpired:
                continue
            return True
    except psutil.NoSuchProcess:
        return True
    return False


def worker_pids(registry: Registry) -> tuple[int, ...]:
    """The process ids of the workers that have a run, those that are ending included."""
    return tuple(worker.pid for worker in registry._scheduler.runs_by_worker)


def spare_pids(registry: Registry) -> tuple[int, ...]:
    """The process ids of the workers that have no run yet, oldest first."""
    return tuple(worker.pid for worker in registry._scheduler.spares)


def warm_spares(registry: Registry) -> int:
    """How many of those are ready to start a run at once."""
    return len(registry._scheduler.warm)


def reach(registry: Registry, run_id: str, test: Callable[[Snapshot], object]) -> Snapshot:
    """The snapshot once the test holds for it."""
    found: list[Snapshot] = []

    def reached() -> bool:
        seen = registry.snapshot(run_id)
        if seen is not None and test(seen):
            found.append(seen)
        return bool(found)

    assert registry.wait_until(reached, PATIENCE_S), registry.snapshot(run_id)
    return found[0]


def trains(seen: Snapshot) -> bool:
    return seen.state == "running" and seen.step > 0


def beyond(step: int) -> Callable[[Snapshot], bool]:
    return lambda seen: seen.step > step and seen.frame.step > step


def alone(experiment: Experiment, steps: int, players: Players = "both") -> frame.Frame:
    """The frame of a trainer that nobody watched."""
    trainer = Trainer(experiment)
    for _ in range(steps):
        trainer.train_step(players)
    return take_frame.take(trainer)


def end_sweeps() -> None:
    """End all sweeps of the pages' server, and wait until none of them writes a cell any more."""
    for owner in [*sweeps()._sweeps]:
        sweeps().stop(owner)
    if (thread := sweeps()._thread) is not None:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
