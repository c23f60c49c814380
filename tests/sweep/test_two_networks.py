"""Two workers in networks of their own, as on two machines: the cable of one is pulled in the middle of a sweep."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_runs import PATIENCE_S, ROOT
from tiny import tiny

pytest.importorskip("distributed", reason="no dask: pip install -r requirements-cluster.txt")

from dask_processes import Processes

from gan_core.settings.experiment import Experiment
from gan_core.sweep.train_cell import train_cell

MARK = f"gan{os.getpid() % 100_000}"
# Namespaces: one for the scheduler and the sweep, one for each worker. This machine's own network stays as it is, since
# a browser that a test drives beside this one would load its page again.
HUB, NETWORKS = f"{MARK}h", (f"{MARK}a", f"{MARK}b")
HOSTS = """
import sys
from distributed import Client
client = Client(sys.argv[1])
client.wait_for_workers(2, timeout=float(sys.argv[2]))
print(*sorted(worker["host"] for worker in client.scheduler_info()["workers"].values()))
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def networks() -> Iterator[tuple[str, ...]]:
    """Each worker's with a cable to the hub's: 10.77.1.2 and 10.77.2.2 there, .1 at the hub's end."""
    if not shutil.which("ip"):
        pytest.skip("no ip: install iproute2")
    try:
        ip("netns", "add", HUB)
        ip("-netns", HUB, "link", "set", "lo", "up")
        for number, name in enumerate(NETWORKS, 1):
            ip("netns", "add", name)
            ip("-netns", HUB, "link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
            ip("-netns", HUB, "address", "add", f"10.77.{number}.1/24", "dev", name)
            ip("-netns", HUB, "link", "set", name, "up")
            ip("-netns", name, "address", "add", f"10.77.{number}.2/24", "dev", "cable")
            ip("-netns", name, "link", "set", "cable", "up")
            ip("-netns", name, "link", "set", "lo", "up")
            ip("-netns", name, "route", "add", "default", "via", f"10.77.{number}.1")
    except subprocess.CalledProcessError as error:
        remove()
        pytest.skip(f"this machine allows no network namespaces: {error.stderr.strip()}")
    yield NETWORKS
    remove()


def remove() -> None:
    for name in (HUB, *NETWORKS):
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def in_hub(*command: str | Path) -> list[str]:
    return ["ip", "netns", "exec", HUB, sys.executable, *map(str, command)]


def test_a_machine_that_falls_silent_costs_no_cell(networks: tuple[str, ...], tmp_path: Path) -> None:
    plan = {
        "base": tiny(measure_every=30).model_dump(mode="json"), "steps": 60, "vary": {"lr_g": [0.001, 0.01, 0.1]},
        "seeds": [0, 1, 2],
    }  # fmt: skip
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    processes = Processes(tmp_path / "dask", host="10.77.1.1", inside=HUB)
    try:
        for number, name in enumerate(networks):
            processes.worker(number, inside=name)
        asked = in_hub("-c", HOSTS, processes.address, str(PATIENCE_S))
        hosts = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
        assert hosts == ["10.77.1.2", "10.77.2.2"]
        sweep = in_hub("-m", "gan_core", "sweep", tmp_path / "plan.json", "--scheduler", processes.address)
        with subprocess.Popen(
            sweep, cwd=ROOT, env={**os.environ, "GAN_HOME": str(tmp_path / "home")}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None and process.stderr is not None
            told = ""
            while "1/9" not in told:
                told += (letter := process.stderr.read(1))
                assert letter, told
            ip("-netns", HUB, "link", "set", networks[1], "down")  # nobody says goodbye: the scheduler has to notice
            out, told = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, told
    finally:
        processes.close()
    cells = json.loads(out)["cells"]
    assert len(cells) == 9
    for cell in cells:
        base = Experiment(**plan["base"])  # type: ignore[arg-type]
        here = train_cell(base.replace(steps=60, seed=cell["seed"], **cell["settings"]))
        assert cell["measurements"] == here.rows[-1].measurements  # type: ignore[union-attr]
