"""How much of this machine the runs may take; read from the environment, so that a server can be told."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from gan_core.processes.memory import available_mb

# A run of the default network has 25 MB to itself, a DCGAN of colour pictures of 32 pixels 90 MB.
RUN_MB = 75
SHARE = 0.7  # of the free memory
LEAST_RUNS = 4


class LimitsError(ValueError):
    """An environment variable that is not a limit, in one sentence."""


@dataclass(frozen=True)
class Limits:
    """What all live runs together may take."""

    max_workers: int  # runs that train at the same time; the others wait for their turn
    max_runs: int = 16  # runs that hold a worker process; more wait in line
    max_waiting: int = 200  # runs in that line
    grace_s: float = 90.0  # how long a run waits for its people to come back
    idle_minutes: float = 30.0  # without any command, until a run's worker is ended
    slice_s: float = 0.7  # length of a turn
    max_records: int = 32  # ended runs that are kept for looking back
    scheduler: str = ""  # the address of a Dask cluster that takes the runs beyond max_runs; "" for none
    stats_s: float = 0.0  # how often a line on stderr tells how busy the server is; 0 for never
    # Of one visitor, on a server that others reach:
    runs_each: int = 3  # runs that hold a worker process
    steps_each: int = 500_000  # steps that these have yet to train, as steps of the usual run: see cost

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """The limits that GAN_MAX_WORKERS (default: this machine's processors), GAN_MAX_RUNS (default: what fits into
        the memory that is free now), GAN_RUNS_EACH, GAN_STEPS_EACH, GAN_GRACE_SECONDS, GAN_IDLE_MINUTES and
        GAN_STATS_SECONDS set, and GAN_SCHEDULER. Raises LimitsError for a value that makes no sense."""
        return cls(
            max_workers=_count(environment, "GAN_MAX_WORKERS", os.cpu_count() or 1),
            max_runs=_count(environment, "GAN_MAX_RUNS", _fitting(available_mb(), cls.max_runs)),
            runs_each=_count(environment, "GAN_RUNS_EACH", cls.runs_each),
            steps_each=_count(environment, "GAN_STEPS_EACH", cls.steps_each),
            scheduler=environment.get("GAN_SCHEDULER", ""),
            grace_s=_duration(environment, "GAN_GRACE_SECONDS", cls.grace_s),
            stats_s=_duration(environment, "GAN_STATS_SECONDS", cls.stats_s),
            idle_minutes=_duration(environment, "GAN_IDLE_MINUTES", cls.idle_minutes),
        )


def _fitting(free_mb: float | None, usual: int) -> int:
    """How many runs fit into so much memory; the usual number where that is not known."""
    return usual if free_mb is None else max(LEAST_RUNS, int(SHARE * free_mb / RUN_MB))


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise LimitsError(f"{name}={text!r} is not a limit: use a whole number of at least 1.")
    return count


def _duration(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, str(default))
    try:
        duration = float(text)
    except ValueError:
        duration = -1.0
    if not 0 <= duration < math.inf:
        raise LimitsError(f"{name}={text!r} is not a duration: use a number of at least 0.")
    return duration
