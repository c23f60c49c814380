"""Live runs beyond this machine's places, on two real workers of a real scheduler: started, driven, lost and left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from live_runs import PATIENCE_S, QUICK, ROOT, alone, beyond, gone, reach, trains
from PIL import Image
from tiny import tiny

pytest.importorskip("distributed", reason="no dask: pip install -r requirements-cluster.txt")

from dask_processes import Processes

from gan_core.engine.checkpoint import save_checkpoint
from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.live.registry import Registry
from gan_core.live.run import Snapshot
from gan_core.settings.experiment import Experiment

Make = Callable[..., Registry]
THREADS = 3


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(tmp_path / "dask")
    yield processes
    processes.close()


def connected(make: Make, processes: Processes, places: int, **limits: object) -> Registry:
    """A registry that knows of so many places there."""
    registry = make(scheduler=processes.address, **limits)
    assert registry.wait_until(lambda: registry.stats().places_elsewhere == places, PATIENCE_S)
    return registry


def there(registry: Registry, experiment: Experiment) -> str:
    """A run on the cluster, which stands at step 0: the only place here is taken."""
    here = registry.start(QUICK, go=False)
    run_id = registry.start(experiment, go=False)
    seen = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert seen.place and not reach(registry, here, lambda seen: seen.state == "paused").place
    return run_id


def stepped(registry: Registry, run_id: str, until: int) -> Path:
    """Its checkpoint, once it stands at a step to which it went one by one."""
    seen = registry.snapshot(run_id)
    assert seen is not None
    for _ in range(until - seen.step):
        registry.step(run_id)
    registry.pause(run_id)
    saving = registry._scheduler.runs[run_id].saving
    assert registry.wait_until(lambda: saving.checkpointed == until, PATIENCE_S)
    return seen.checkpoint


def undisturbed(experiment: Experiment, steps: int, folder: Path) -> bytes:
    """The checkpoint of a run that nobody watched."""
    trainer = Trainer(experiment)
    for _ in range(steps):
        trainer.train_step()
    save_checkpoint(trainer, folder / "alone.safetensors")
    return (folder / "alone.safetensors").read_bytes()


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes of runs that a Dask worker has."""
    found = psutil.Process(process.pid).children(recursive=True)
    return [child for child in found if child.name().startswith("gan_core.worker")]


@pytest.mark.timeout(900)  # three times PyTorch is imported, and six runs share whatever the machine has left
def test_runs_beyond_the_places_here_train_there_and_outlive_their_machine(
    processes: Processes, fresh: Make, tmp_path: Path
) -> None:
    workers = processes.workers(2, THREADS)
    registry = connected(fresh, processes, 2 * THREADS, max_runs=3)
    experiments = [QUICK.replace(seed=seed) for seed in range(6)]
    ids = [registry.start(experiment, go=False) for experiment in experiments]
    places = [reach(registry, run_id, lambda seen: seen.state == "paused").place for run_id in ids]
    assert places[:3] == ["", "", ""] and {*places[3:]} == {*workers}
    for run_id in ids[3:]:
        stepped(registry, run_id, 12)
    for run_id in ids:
        registry.go(run_id)
    for run_id in ids[3:]:
        reach(registry, run_id, beyond(40))  # also while those here take turns

    place = places[3]
    os.kill(workers[place].pid, signal.SIGKILL)
    lost = [number for number in range(6) if places[number] == place]
    for number in lost:
        crashed = reach(registry, ids[number], lambda seen: seen.state == "crashed")
        assert f"the machine {place} is lost" in crashed.trouble and crashed.frame is not None
    for number in {*range(6)} - {*lost}:
        seen = registry.snapshot(ids[number])
        assert seen is not None and seen.state in ("running", "waiting")

    for number in lost:
        registry.resume(ids[number], go=False)
        again = reach(registry, ids[number], lambda seen: seen.state == "paused")
        at = again.step  # 12, or that of a later checkpoint: one is due every five seconds
        assert at >= 12 and again.place and again.place != place
        assert [row.step for row in again.rows] == [*range(0, at + 1, 10)]
        checkpoint = stepped(registry, ids[number], at + 8)
        assert checkpoint.read_bytes() == undisturbed(experiments[number], at + 8, tmp_path)
        frame = alone(experiments[number], at + 8)
        seen = reach(registry, ids[number], lambda seen, at=at: seen.frame is not None and seen.frame.step == at + 8)
        assert seen.frame is not None and seen.frame.fake_png == frame.fake_png
        registry.go(ids[number])
        reach(registry, ids[number], beyond(at + 28))


def test_it_obeys_there_as_it_does_here(processes: Processes, fresh: Make, tmp_path: Path) -> None:
    processes.workers(1)
    registry = connected(fresh, processes, 1, max_runs=1)
    run_id = there(registry, QUICK)
    registry.go(run_id)
    reach(registry, run_id, trains)
    registry.pause(run_id)
    saving = registry._scheduler.runs[run_id].saving
    still = reach(registry, run_id, lambda seen: saving.checkpointed == seen.step > 0)  # what a pause leaves
    registry.step(run_id, "d")
    reach(registry, run_id, lambda seen: seen.step == still.step + 1)
    registry.set(run_id, {"lr_g": 0.0123})
    changed = reach(registry, run_id, lambda seen: seen.experiment.lr_g == 0.0123)
    assert [change.step for change in changed.changes] == [changed.step]
    registry.set(run_id, {"lr_g": -1.0})
    assert "lr_g" in reach(registry, run_id, lambda seen: seen.trouble).trouble

    registry.rewind(run_id, QUICK.replace(seed=7), go=False)
    reach(registry, run_id, lambda seen: seen.state == "paused" and seen.experiment.seed == 7 and seen.step == 0)
    checkpoint = stepped(registry, run_id, 5)
    assert checkpoint.read_bytes() == undisturbed(QUICK.replace(seed=7), 5, tmp_path)
    trainer = Trainer(QUICK.replace(seed=7))
    for _ in range(5):
        trainer.train_step()
    assert np.array_equal(registry.collect(run_id, 4).values, collect(trainer, 4).values)

    registry.stop(run_id)
    reach(registry, run_id, lambda seen: seen.state == "stopped")
    registry.resume(run_id, go=False)
    again = reach(registry, run_id, lambda seen: seen.state == "paused")
    assert again.place and (again.step, again.experiment.seed) == (5, 7)


def test_pictures_that_its_machine_lacks_are_sent(processes: Processes, fresh: Make, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(40):
        Image.new("L", (8, 8), 6 * number).save(folder / f"{number}.png")
    cache = str(tmp_path / "cache")
    processes.workers(1, GAN_ONLY_FOLDERS=str(tmp_path / "nowhere"), GAN_CACHE=cache)  # it may not read that folder
    registry = connected(fresh, processes, 1, max_runs=1)
    e = QUICK.replace(dataset="folder", folder=str(folder))
    run_id = there(registry, e)
    assert stepped(registry, run_id, 3).read_bytes() == undisturbed(e, 3, tmp_path)
    registry.rewind(run_id, e.replace(folder=str(tmp_path / "gone")), go=False)
    refused = reach(registry, run_id, lambda seen: seen.trouble)
    assert "gone" in refused.trouble and refused.step == 3


def test_a_checkpoint_that_cannot_be_written_here_is_told(processes: Processes, fresh: Make) -> None:
    processes.workers(1)
    registry = connected(fresh, processes, 1, max_runs=1)
    run_id = there(registry, QUICK)
    seen = registry.snapshot(run_id)
    assert seen is not None
    shutil.rmtree(seen.checkpoint.parent)
    registry.step(run_id)
    registry.pause(run_id)
    assert "could not be written" in reach(registry, run_id, lambda seen: seen.trouble).trouble


def test_a_server_that_ends_leaves_nothing_there(processes: Processes, fresh: Make, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (worker,) = processes.workers(1, threads=2, TMPDIR=str(temporary)).values()
    registry = connected(fresh, processes, 2, max_runs=1)
    registry.go(there(registry, QUICK))
    (child,) = children(worker)
    registry.close()
    assert gone(child.pid) and worker.poll() is None
    assert not [*temporary.glob("gan-run-*")]


def test_a_server_that_is_killed_leaves_no_process_there(processes: Processes) -> None:
    (worker,) = processes.workers(1, threads=2).values()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, processes.address], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdout.readline() == "trains there\n"
    (child,) = children(worker)
    server.kill()
    server.wait()
    assert gone(child.pid) and worker.poll() is None


SERVER = """
import sys, threading
from live_runs import PATIENCE_S, QUICK, reach, trains
from gan_core.live.limits import Limits
from gan_core.live.registry import Registry
registry = Registry(Limits(max_workers=1, max_runs=1, scheduler=sys.argv[1]))
assert registry.wait_until(lambda: registry.stats().places_elsewhere == 2, PATIENCE_S)
registry.start(QUICK)
reach(registry, registry.start(QUICK), trains)
print("trains there", flush=True)
threading.Event().wait()
"""


def test_what_is_wrong_with_the_cluster_is_told_to_who_waits_for_it(
    processes: Processes, fresh: Make, tmp_path: Path
) -> None:
    registry = fresh(scheduler=processes.address, max_runs=1)
    registry.start(QUICK)
    run_id = registry.start(QUICK)
    seen = reach(registry, run_id, waits_for("has no worker"))
    assert "number 1 in line" in seen.queue
    (tmp_path / "empty").mkdir()
    (stranger,) = processes.workers(1, PYTHONPATH=str(tmp_path / "empty")).values()
    reach(registry, run_id, waits_for("does not find gan_core"))
    stranger.kill()
    reach(registry, run_id, waits_for("has no worker"))
    shutil.copytree(ROOT / "gan_core", tmp_path / "gan_core")
    with (tmp_path / "gan_core" / "__init__.py").open("a") as file:
        file.write("# Another version.\n")
    processes.workers(1, PYTHONPATH=str(tmp_path))
    reach(registry, run_id, waits_for("install the same there"))


def test_a_wrong_address_is_told_too(fresh: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gan_core.cluster.connection.CONNECT_S", 0.5)
    registry = fresh(scheduler="tcp://127.0.0.1:1", max_runs=1)
    registry.start(tiny(steps=1_000_000))
    reach(registry, registry.start(QUICK), waits_for("No Dask scheduler answers at 'tcp://127.0.0.1:1'"))


def waits_for(words: str) -> Callable[[Snapshot], bool]:
    return lambda seen: seen.state == "starting" and words in seen.queue
