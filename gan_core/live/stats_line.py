"""How busy a server is: for pages, and as a line on stderr every so often for whoever looks after it, with how much of
the machine it takes."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass

from gan_core.live.scheduler import Scheduler
from gan_core.processes.memory import own_mb
from gan_core.processes.processor_time import processor_s
from gan_core.processes.start import template_pid


@dataclass(frozen=True)
class Load:
    """What goes on now."""

    visitors: int  # tabs that have a run
    training: int  # runs with a turn
    waiting: int  # runs that wait for their turn, or for their process to start
    in_line: int  # runs that wait for a place
    resting: int  # paused, finished, or without a process
    steps_per_second: float  # of all together
    processes: tuple[int, ...]  # the ids of all that belong to this server, itself among them


@dataclass(frozen=True)
class Stats:
    """How busy this process is."""

    running: int  # runs that train on this machine
    waiting: int  # runs that wait for a turn there
    opening: int  # runs that have no picture yet
    looking: int  # visitors of runs that move, or are about to
    elsewhere: int  # runs that have a place on the cluster
    places_elsewhere: int  # how many it has


class StatsLine:
    """A thread that writes the line every `every_s` seconds until `close`."""

    def __init__(self, scheduler: Scheduler, every_s: float) -> None:
        self._scheduler, self._every_s = scheduler, every_s
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gan-stats", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write no more."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        before, at = _spent(load_of(self._scheduler)), time.monotonic()
        while not self._closed.wait(self._every_s):
            load, now = load_of(self._scheduler), time.monotonic()
            spent = _spent(load)
            # A process that is new has spent all its time since the last line.
            seconds = sum(value - before.get(pid, 0.0) for pid, value in spent.items())
            memory = sum(own_mb(pid) or 0.0 for pid in load.processes)
            share = seconds / ((now - at) * (os.cpu_count() or 1)) if spent else None
            sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line(load, memory or None, share)}\n")
            sys.stderr.flush()
            before, at = spent, now


def load_of(scheduler: Scheduler) -> Load:
    """What goes on now; takes the scheduler's lock."""
    with scheduler.lock:
        states = [(run, run.state(scheduler.has_turn(run))) for run in scheduler.runs.values()]
        workers = [*scheduler.runs_by_worker, *scheduler.ending, *scheduler.spares]
        template = template_pid()
        return Load(
            visitors=len(set().union(*(run.sessions for run, _ in states))),
            training=sum(state == "running" for _, state in states),
            waiting=sum(state in ("waiting", "starting") and not run.line for run, state in states),
            in_line=sum(bool(run.line) for run, _ in states),
            resting=sum(state not in ("running", "waiting", "starting") for _, state in states),
            steps_per_second=sum(run.steps_per_second for run, state in states if state == "running"),
            processes=(
                os.getpid(),
                *([] if template is None else [template]),
                *{worker.pid for worker in workers if worker.told and not worker.place},
            ),
        )


def _spent(load: Load) -> dict[int, float]:
    """Seconds of a core of each process, where the system tells."""
    return {pid: seconds for pid in load.processes if (seconds := processor_s(pid)) is not None}


def line(load: Load, memory_mb: float | None, share: float | None) -> str:
    """The line without its time. `share` is of all cores, from 0 to 1; None for what is not known."""
    memory = f"{memory_mb:.0f} MB" if memory_mb is not None else "memory not known"
    processor = f"{share:.0%} of {os.cpu_count() or 1} cores" if share is not None else "cores not known"
    return (
        f"gan: visitors {load.visitors}, training {load.training}, waiting {load.waiting}, in line {load.in_line}, "
        f"resting {load.resting}, steps/s {load.steps_per_second:.0f}, {memory}, {processor}"
    )
