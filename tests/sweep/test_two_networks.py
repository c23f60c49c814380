"""Two workers in networks of their own, as on two machines: the cable of one is pulled in the middle of a sweep."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_runs import PATIENCE_S
from tiny import tiny

pytest.importorskip("distributed", reason="no dask: pip install -r requirements-cluster.txt")

from dask_processes import Processes
from distributed import Client

from gan_core.sweep.cluster import Cluster
from gan_core.sweep.kept_cells import CellFolder
from gan_core.sweep.plan import SweepPlan
from gan_core.sweep.running import Sweeps
from gan_core.sweep.train_cell import train_cell

MARK = f"gan{os.getpid() % 100_000}"
NETWORKS = (f"{MARK}a", f"{MARK}b")  # also what this end of each cable is called


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def networks() -> Iterator[tuple[str, ...]]:
    """Two network namespaces, each with a cable to this one: 10.77.1.2 and 10.77.2.2 there, .1 here."""
    if not shutil.which("ip"):
        pytest.skip("no ip: install iproute2")
    try:
        for number, name in enumerate(NETWORKS, 1):
            ip("netns", "add", name)
            ip("link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
            ip("address", "add", f"10.77.{number}.1/24", "dev", name)
            ip("link", "set", name, "up")
            for words in (
                ["address", "add", f"10.77.{number}.2/24", "dev", "cable"],
                ["link", "set", "cable", "up"],
                ["link", "set", "lo", "up"],
                ["route", "add", "default", "via", f"10.77.{number}.1"],
            ):
                ip("-netns", name, *words)
    except subprocess.CalledProcessError as error:
        remove()
        pytest.skip(f"this machine allows no network namespaces: {error.stderr.strip()}")
    yield NETWORKS
    remove()


def remove() -> None:
    for name in NETWORKS:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", name], check=False, capture_output=True)


def test_a_machine_that_falls_silent_costs_no_cell(networks: tuple[str, ...], tmp_path: Path) -> None:
    processes = Processes(tmp_path / "dask", host="10.77.1.1")
    try:
        for number, name in enumerate(networks):
            processes.worker(number, inside=name)
        with Client(processes.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE_S)
            hosts = {worker["host"] for worker in client.scheduler_info()["workers"].values()}
        assert hosts == {"10.77.1.2", "10.77.2.2"}
        plan = SweepPlan(tiny(steps=60, measure_every=30), {"lr_g": (0.001, 0.01, 0.1)}, (0, 1, 2))
        kept = CellFolder(tmp_path / "kept")
        sweeps = Sweeps(lambda: Cluster(processes.address), kept)
        sweeps.begin("", plan)
        state = sweeps.wait("", PATIENCE_S)
        assert state is not None and state.open
        ip("link", "set", networks[1], "down")  # nothing says goodbye: the scheduler has to notice
        while state is not None and state.open:
            state = sweeps.wait("", PATIENCE_S)
        sweeps.close()
        assert state is not None and (state.done, state.failed, state.trouble) == (9, {}, "")
        for cell in plan.cells:
            assert cell.experiment is not None
            found, here = kept.read(cell.experiment), train_cell(cell.experiment)
            assert found is not None and found.png == here.png  # type: ignore[union-attr]
    finally:
        processes.close()
