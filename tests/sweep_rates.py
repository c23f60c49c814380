"""How much a second process brings, here and on a cluster: `PYTHONPATH=tests python -m tests.sweep_rates`.

The same number of runs of 300 steps with one and two local processes, and with one and two workers of Dask on this
machine, in turn, `--rounds` times; each process has done a run before. On stdout, as JSON: runs an hour, medians over
the rounds; of each process's time, the share that was training; the ratios that these come to; and memory.
Run it where nothing else runs.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


class StayingOpen:
    """Machines that are used for one sweep after the other."""

    def __init__(self, machines: Machines) -> None:
        self.submit, self.train, self.slots, self.end = machines.submit, machines.train, machines.slots, machines.end

    def close(self) -> None:
        """Not yet."""


def trained(machines: Machines, steps: int, runs: int, folder: Path) -> tuple[float, float]:
    """Seconds that so many runs take, and those of their training."""
    plan = SweepPlan(Experiment(steps=steps), {"lr_g": (0.002,)}, tuple(range(runs)))
    kept = CellFolder(folder)
    sweeps = Sweeps(lambda: StayingOpen(machines), kept)
    begun = time.perf_counter()
    sweeps.begin("", plan)
    state = sweeps.seen("")
    while state is not None and state.open:
        state = sweeps.wait("", 60.0)
    took = time.perf_counter() - begun
    sweeps.close()
    assert state is not None and not state.failed and not state.trouble, state
    seen = [kept.read(cell.experiment) for cell in plan.cells if cell.experiment is not None]
    return took, sum(cell.seconds for cell in seen if cell is not None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clusters = [Processes(folder / "one"), Processes(folder / "two")]
        workers = [process for count, one in enumerate(clusters, 1) for process in one.workers(count).values()]
        places: dict[str, tuple[int, Callable[[], Machines]]] = {
            "1 local process": (1, lambda: OwnCores(1)),
            "2 local processes": (2, lambda: OwnCores(2)),
            "1 Dask worker": (1, lambda: Cluster(clusters[0].address)),
            "2 Dask workers": (2, lambda: Cluster(clusters[1].address)),
        }
        opened = {where: make() for where, (_, make) in places.items()}
        hourly: dict[str, list[float]] = {where: [] for where in places}
        shares: dict[str, list[float]] = {where: [] for where in places}
        try:
            for number in range(given.rounds + 1):
                for where, (count, _) in places.items():
                    runs = count * (RUNS if number else 1)  # the first round only has the processes started
                    took, training = trained(opened[where], given.steps, runs, folder / f"{number} {where}")
                    print(f"{where}: {runs} runs in {took:.1f} s", file=sys.stderr, flush=True)
                    if number:
                        hourly[where].append(3600 * runs / took)
                        shares[where].append(training / (took * count))
            memory = {
                f"{process.name()} {process.pid}": own_mb(process.pid)
                for worker in workers
                for process in [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
            }
        finally:
            for machines in opened.values():
                machines.close()
            for one in clusters:
                one.close()
    rate = {where: statistics.median(found) for where, found in hourly.items()}
    local, dask = rate["1 local process"], rate["1 Dask worker"]
    json.dump(
        {
            "runs an hour": {where: round(found, 1) for where, found in rate.items()},
            "share of training": {where: round(statistics.median(found), 3) for where, found in shares.items()},
            "per local process, of one": round(rate["2 local processes"] / (2 * local), 3),
            "per Dask worker, of one": round(rate["2 Dask workers"] / (2 * dask), 3),
            "one Dask worker, of a local process": round(dask / local, 3),
            "two Dask workers, of local processes": round(rate["2 Dask workers"] / rate["2 local processes"], 3),
            "MB": memory,
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
