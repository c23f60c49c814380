"""How much a second process brings, here and on a cluster: `PYTHONPATH=tests python -m tests.sweep_rates`.

The same number of runs of 300 steps for each process, `--rounds` times in turn: by one and two local processes and one
and two workers of Dask on this machine, and by processes that are handed all of their runs at once, so that nothing
is asked of anybody while they train. What these lose side by side, the machine loses. Only the processes of one place
are there at a time, and each has done a run before. A process counts until its last run has come back: what it idles
while another one ends is no part of its rate.

On stdout, as JSON: runs an hour in each round; the ratios that their medians come to; of each process's time, the share
that was training; and, of the last round, who took the processor, and memory. Run it where nothing else runs: `the
rest` tells whether that is so.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from dask_processes import Processes

from gan_core.processes.memory import own_mb
from gan_core.settings.experiment import Experiment
from gan_core.sweep.cluster import Cluster
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.machines import Machines, OwnCores
from gan_core.sweep.plan import SweepPlan
from gan_core.sweep.running import Sweeps

RUNS = 12  # of a round, for each process
WAYS = AT_ONCE, LOCAL, DASK = "handed all at once", "local", "Dask"
PLACES = [(how, count) for how in WAYS for count in (1, 2)]


@dataclass(frozen=True)
class Round:
    """What one place did in one round."""

    hourly: float  # runs of all of its processes
    training: float  # share of their time
    processor: dict[str, float]  # by who took it, in percent of a core
    mb: dict[str, float | None]


class StayingOpen:
    """Machines that are used for one sweep after the other, and when their answers came."""

    def __init__(self, machines: Machines) -> None:
        self.submit, self.slots, self.end = machines.submit, machines.slots, machines.end
        self._train = machines.train
        self.came: list[float] = []

    def train(self, e: Experiment) -> Future[Any]:
        future = self._train(e)
        future.add_done_callback(lambda _: self.came.append(time.perf_counter()))
        return future

    def close(self) -> None:
        """Not yet."""


def swept(machines: StayingOpen, e: Experiment, runs: int, folder: Path) -> tuple[list[float], float]:
    """When each of so many cells came back, and the seconds that they were trained."""
    plan = SweepPlan(e, {"lr_g": (e.lr_g,)}, tuple(range(runs)))
    kept = CellFolder(folder)
    sweeps = Sweeps(lambda: machines, kept)
    machines.came.clear()
    sweeps.begin("", plan)
    state = sweeps.seen("")
    while state is not None and state.open:
        state = sweeps.wait("", 60.0)
    sweeps.close()
    assert state is not None and not state.failed and not state.trouble, state
    seen = [kept.read(cell.experiment) for cell in plan.cells if cell.experiment is not None]
    return machines.came, sum(cell.seconds for cell in seen if cell is not None)


def handed_at_once(machines: StayingOpen, e: Experiment, runs: int, count: int) -> tuple[list[float], float]:
    """The same of runs that each of `count` processes is handed all at once."""
    begun = time.perf_counter()
    each = [[e.replace(seed=seed) for seed in range(number, runs, count)] for number in range(count)]
    seconds = [future.result() for future in [machines.submit("child_work:trained_in_a_row", some) for some in each]]
    return [begun + sum(some) for some in seconds], sum(map(sum, seconds))


@contextmanager
def opened(how: str, count: int, folder: Path) -> Iterator[tuple[StayingOpen, Processes | None]]:
    """The machines of a place, which end with the block."""
    if how != DASK:
        own = OwnCores(count)
        try:
            yield StayingOpen(own), None
        finally:
            own.close()
        return
    processes = Processes(folder)
    try:
        processes.workers(count)
        cluster = Cluster(processes.address)
        try:
            yield StayingOpen(cluster), processes
        finally:
            cluster.close()
    finally:
        processes.close()


def measured(how: str, count: int, e: Experiment, folder: Path) -> Round:
    with opened(how, count, folder / "dask") as (machines, dask):
        came: list[float] = []
        training = took = 0.0
        for name, runs in (("before", count), ("measured", count * RUNS)):
            idle, taken, begun = idle_s(), taken_s(dask), time.perf_counter()
            if how == AT_ONCE:
                came, training = handed_at_once(machines, e, runs, count)
            else:
                came, training = swept(machines, e, runs, folder / name)
            took = time.perf_counter() - begun
            idle, taken = idle_s() - idle, {who: s - taken.get(who, 0.0) for who, s in taken_s(dask).items()}
        # No cell waits any more when the last `count` come back: they are the last of each process.
        busy = sum(sorted(came)[-count:]) - count * begun
        taken["the rest"] = psutil.cpu_count() * took - idle - sum(taken.values())
        print(f"{how}, {count}: {count * RUNS} runs in {took:.1f} s", file=sys.stderr, flush=True)
        return Round(
            3600 * count * count * RUNS / busy,
            training / busy,
            {who: 100 * seconds / took for who, seconds in taken.items()},
            {f"{process.name()} {process.pid}": own_mb(process.pid) for process in psutil.Process().children(True)},
        )


def taken_s(dask: Processes | None) -> dict[str, float]:
    """The processor's seconds that this program's processes have taken, by what they are."""
    own = psutil.Process()
    found = {"coordinator": sum(own.cpu_times()[:2]), "training": 0.0}
    theirs = {process.pid for process in dask.started} if dask else set()
    for process in own.children(recursive=True):
        who = "scheduler and workers" if process.pid in theirs else "training"
        found[who] = found.get(who, 0.0) + sum(process.cpu_times()[:2])
    return found


def idle_s() -> float:
    """Seconds that the cores had nothing to do."""
    times = psutil.cpu_times()
    return times.idle + getattr(times, "iowait", 0.0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=300)
    given = parser.parse_args()
    rounds: dict[tuple[str, int], list[Round]] = {place: [] for place in PLACES}
    for _ in range(given.rounds):
        for how, count in PLACES:
            with tempfile.TemporaryDirectory() as folder:
                rounds[how, count].append(measured(how, count, Experiment(steps=given.steps), Path(folder)))
    rate = {place: statistics.median(one.hourly for one in found) for place, found in rounds.items()}
    told = {
        f"{how}, {count}": {
            "runs an hour": [round(one.hourly, 1) for one in found],
            "of one process that is handed all at once": round(rate[how, count] / rate[AT_ONCE, 1] / count, 3),
            "share of training": [round(one.training, 3) for one in found],
            "percent of a core": {who: round(share, 1) for who, share in found[-1].processor.items()},
            "MB": found[-1].mb,
        }
        for (how, count), found in rounds.items()
    }
    ratios = {
        **{f"{how}: each of two, of one": rate[how, 2] / (2 * rate[how, 1]) for how in WAYS},
        "one Dask worker, of a local process": rate[DASK, 1] / rate[LOCAL, 1],
        "two Dask workers, of local processes": rate[DASK, 2] / rate[LOCAL, 2],
    }
    json.dump({**told, **{what: round(ratio, 3) for what, ratio in ratios.items()}}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
