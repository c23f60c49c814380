"""A real scheduler and two real workers on this machine: the same cells as here, one worker killed in the middle."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from live_runs import PATIENCE_S
from PIL import Image
from tiny import tiny

pytest.importorskip("distributed", reason="no dask: pip install -r requirements-cluster.txt")

from dask_processes import Processes
from distributed import Client, Scheduler, Worker

from gan_core.__main__ import main
from gan_core.cluster import connection
from gan_core.cluster.errors import ClusterError
from gan_core.processes.named_call import call_named
from gan_core.sweep import cluster as cluster_module
from gan_core.sweep.cluster import Cluster
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.machines import OwnCores
from gan_core.sweep.plan import SweepPlan
from gan_core.sweep.running import Sweeps
from gan_core.sweep.train_cell import train_cell


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    processes = Processes(tmp_path_factory.mktemp("dask"))
    yield processes
    processes.close()


@pytest.fixture(scope="module")
def workers(processes: Processes) -> list[subprocess.Popen[str]]:
    found = [processes.worker(number) for number in (0, 1)]
    with Client(processes.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE_S)
    return found


@pytest.fixture
def cluster(processes: Processes, workers: list[subprocess.Popen[str]]) -> Iterator[Cluster]:
    found = Cluster(processes.address)
    yield found
    found.close()


def test_a_function_is_done_by_a_child_of_a_worker(cluster: Cluster, workers: list[subprocess.Popen[str]]) -> None:
    pids = {process.pid for process in workers} | {os.getpid()}
    assert cluster.submit("os:getpid").result(PATIENCE_S) not in pids
    assert cluster.slots() == 2


def test_scheduler_and_workers_leave_the_processor_to_what_trains(cluster: Cluster) -> None:
    """As `.dask.yaml` has it: no profile, and one look a second at the event loop instead of fifty."""

    def of_a_worker(dask_worker: Worker) -> tuple[bool, float]:
        return "profile" in dask_worker.periodic_callbacks, dask_worker.periodic_callbacks["tick"].callback_time

    def of_the_scheduler(dask_scheduler: Scheduler) -> float:
        found: float = dask_scheduler.periodic_callbacks["tick"].callback_time
        return found

    with Client(cluster.address, set_as_default=False) as client:
        assert {*client.run(of_a_worker).values()} == {(False, 1000.0)}
        assert client.run_on_scheduler(of_the_scheduler) == 1000.0


def test_a_cell_is_the_same_byte_for_byte_as_here(cluster: Cluster) -> None:
    e = tiny(steps=6)
    there, here = cluster.train(e).result(PATIENCE_S), train_cell(e)
    assert replace(there, seconds=0) == replace(here, seconds=0)


def test_pictures_that_workers_lack_are_sent(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a folder that is on this machine alone, as far as a worker can tell."""
    for number in range(40):
        Image.new("L", (8, 8), 6 * number).save(tmp_path / f"{number}.png")
    e = tiny(steps=3, dataset="folder", folder=str(tmp_path))
    here = train_cell(e)
    monkeypatch.setattr(cluster_module, "has_images", lambda *_: False)
    future = cluster.train(e)
    digest, sent = cluster._images(e)
    assert sent is not None and digest
    hidden = tmp_path.rename(tmp_path.with_name("hidden"))
    try:
        there = future.result(PATIENCE_S)
        again = cluster.train(e.replace(seed=1)).result(PATIENCE_S)
    finally:
        hidden.rename(tmp_path)
    assert replace(there, seconds=0) == replace(here, seconds=0)
    assert replace(again, seconds=0) == replace(train_cell(e.replace(seed=1)), seconds=0)


def test_other_versions_are_refused_in_words(
    cluster: Cluster, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = cluster_module.versions()
    monkeypatch.setattr(cluster_module, "versions", lambda: {**here, "torch": "1.0"})
    with pytest.raises(ClusterError, match=f"PyTorch {here['torch']} instead of 1.0.*install the same there"):
        cluster.submit("os:getpid").result(PATIENCE_S)


def test_claims_and_the_study_run_there_as_here(
    processes: Processes, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims", "--run", "003-05", "--scheduler", processes.address]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result["id"] == "003-05" and result["agrees"]
    rows, _, drawn = cluster.submit("tests.study:train", tiny(steps=4), ()).result(PATIENCE_S)
    here = train_cell(tiny(steps=4))
    assert (tuple(rows), drawn) == (here.rows, here.png)  # type: ignore[union-attr]


def test_a_worker_that_is_killed_costs_no_cell(
    processes: Processes, workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    plan = SweepPlan(tiny(steps=60, measure_every=30), {"lr_g": (0.001, 0.01, 0.1), "n_dis": (1, 2)}, (0, 1))
    kept, written = CellFolder(tmp_path / "there"), []
    keep = kept.write
    kept.write = lambda e, cell: (written.append(e.digest), keep(e, cell))[1]  # type: ignore[method-assign]
    sweeps = Sweeps(lambda: Cluster(processes.address), kept)
    sweeps.begin("", plan)
    state = sweeps.wait("", PATIENCE_S)
    assert state is not None and state.open
    workers[0].kill()
    while state is not None and state.open:
        state = sweeps.wait("", PATIENCE_S)
    sweeps.close()
    assert state is not None and (state.done, state.failed, state.trouble) == (12, {}, "")
    assert sorted(written) == sorted({cell.experiment.digest for cell in plan.cells if cell.experiment})
    some = plan.cells[5].experiment
    assert some is not None
    found, here = kept.read(some), train_cell(some)
    assert found is not None and found.png == here.png and found.measurements == here.rows[-1].measurements  # type: ignore[union-attr]


def test_a_scheduler_without_workers_is_refused_in_words(tmp_path: Path) -> None:
    processes = Processes(tmp_path / "dask")
    try:
        with pytest.raises(ClusterError, match=f"scheduler at {processes.address} has no worker"):
            _without_workers(processes.address)
    finally:
        processes.close()


def _without_workers(address: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "WORKERS_S", 0.2)
        Cluster(address)


def test_own_cores_and_a_cluster_are_asked_alike() -> None:
    with_one = OwnCores(1)
    assert with_one.submit("math:gcd", 4, 6).result(PATIENCE_S) == call_named("math:gcd", 4, 6) == 2
    with_one.close()
