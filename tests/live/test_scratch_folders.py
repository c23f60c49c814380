"""Folders of runs: gone with their run, and those of a killed server with the next server's start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from live_runs import PATIENCE_S, ROOT, gone

from gan_core.live.scratch_folders import ScratchFolder, found_folders, remove_if_left

fcntl = pytest.importorskip("fcntl", reason="no such locks on Windows")

SERVER = """
import sys
from gan_core.settings.experiment import Experiment
from gan_core.live.registry import registry
runs = registry()
run = runs.start(Experiment(width=0.125, image_size=8, device="cpu"), go=False)
checkpoint = runs.snapshot(run).checkpoint
runs.wait_until(checkpoint.exists, 120)
print(checkpoint.parent, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process and those it starts keep their temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)  # so that it is looked for anew
    return tmp_path


class Server:
    """A process with a registry and a run that has a checkpoint in `folder`."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )

    @property
    def folder(self) -> Path:
        return Path(self.process.stdout.readline().rstrip("\n"))

    def end(self) -> int:
        """The exit code after the end of its stdin; its registry closes first."""
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


@pytest.fixture
def server(temporary: Path) -> Iterator[Callable[[], Server]]:
    started = []

    def start() -> Server:
        started.append(Server())
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.communicate()


def wait_for(reached: Callable[[], bool]) -> None:
    """For what only the disk can tell."""
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_start_removes_what_a_killed_server_left_and_nothing_else(server, temporary, fresh):
    killed, living = server(), server()
    left, kept = killed.folder, living.folder
    killed.process.kill()
    assert killed.process.wait() == -9
    assert (left / "checkpoint.safetensors").exists()
    last = left.rename(temporary / "gan-run-~")  # by its name the last that is looked at

    registry = fresh()
    wait_for(lambda: not last.exists())
    assert [path for path in temporary.iterdir() if path.name.startswith("gan-run-")] == [kept]
    assert {path.name for path in kept.iterdir()} == {"owner", "checkpoint.safetensors"}
    registry.close()
    assert living.end() == 0
    assert not kept.exists()


def test_the_folder_of_a_living_process_stays(temporary):
    folder = ScratchFolder()
    assert found_folders() == [folder.path]
    assert (folder.path / "owner").read_text() == str(os.getpid())
    remove_if_left(folder.path)
    assert folder.path.exists()
    folder.remove()
    assert not folder.path.exists()
    remove_if_left(folder.path)


def handmade(temporary: Path, owner: str) -> Path:
    folder = temporary / "gan-run-handmade"
    folder.mkdir()
    (folder / "owner").write_text(owner)
    return folder


def test_a_process_id_that_another_process_has_by_now_protects_nothing(temporary):
    folder = handmade(temporary, str(os.getpid()))
    remove_if_left(folder)
    assert not folder.exists()


def test_a_process_id_that_nobody_here_has_endangers_nothing(temporary):
    """As that of a server in another container, which shares the folder of temporary files."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    folder = handmade(temporary, str(ended.pid))
    with (folder / "owner").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        remove_if_left(folder)
        assert folder.exists()
    remove_if_left(folder)
    assert not folder.exists()


def test_a_folder_that_names_no_process_stays(temporary):
    folder = handmade(temporary, "")  # its server is about to lock it
    remove_if_left(folder)
    assert folder.exists()
    (folder / "owner").unlink()
    remove_if_left(folder)
    assert folder.exists()


def test_a_link_to_a_folder_leaves_the_folder(temporary):
    target = handmade(temporary, "1").rename(temporary / "elsewhere")
    link = temporary / "gan-run-link"
    link.symlink_to(target)
    remove_if_left(link)
    assert (target / "owner").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_another_persons_folder_stays(temporary):
    folder = handmade(temporary, "1")
    os.chown(folder, 12345, -1)
    remove_if_left(folder)
    assert folder.exists()


def test_a_worker_does_not_hold_its_servers_lock(server, temporary):
    """One that hangs outlives its server, and must not protect the folder."""
    killed = server()
    left = killed.folder
    (worker,) = psutil.Process(killed.process.pid).children()
    worker.suspend()
    try:
        killed.process.kill()
        killed.process.wait()
        remove_if_left(left)
        assert not left.exists()
    finally:
        worker.resume()
    assert gone(worker.pid)
