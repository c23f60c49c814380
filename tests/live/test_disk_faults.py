"""Ten runs that are saved at once where there is no room, no right to write, or no folder any more; two servers on one
folder; a save that fails. What was saved before stays byte for byte, and nobody waits for ever."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_runs import QUICK, reach

from gan_core.engine import take_frame
from gan_core.engine.trainer import Trainer
from gan_core.files.atomic_write import NotWritten
from gan_core.live.errors import RunError
from gan_core.live.limits import Limits
from gan_core.live.registry import Registry
from gan_core.saved_runs import run_folder
from gan_core.saved_runs.run_folder import Heading
from gan_core.saved_runs.store import Store

RUNS = 10


def _mount(*arguments: object) -> bool:
    call = ["mount", *map(str, arguments)]
    return bool(shutil.which("mount")) and subprocess.run(call, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A GAN_HOME of little room, which can be made read-only: a file system of its own."""
    home = tmp_path / "home"
    home.mkdir()
    if sys.platform != "linux" or not _mount("-t", "tmpfs", "-o", "size=400k", "none", home):
        pytest.skip("needs the right to mount a file system (root on Linux)")
    monkeypatch.setenv("GAN_HOME", str(home))
    yield home
    subprocess.run(["umount", "-l", home], check=True)


@pytest.fixture(scope="module")
def ten() -> Iterator[tuple[Registry, list[str]]]:
    """Ten runs at step 1."""
    registry = Registry(Limits(max_workers=2, max_runs=RUNS))
    run_ids = [registry.start(QUICK.replace(seed=seed), go=False) for seed in range(RUNS)]
    for run_id in run_ids:
        registry.step(run_id)
    for run_id in run_ids:
        reach(registry, run_id, lambda seen: seen.step == 1)
    yield registry, run_ids
    registry.close()


def bytes_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def all_saved(registry: Registry, run_ids: list[str]) -> list[str]:
    """Have all saved anew, and wait until something came of each: why it is not saved."""
    troubles = []
    asked = []
    for number, run_id in enumerate(run_ids):
        try:
            registry.save_thread.save_as(run_id, f"run {number}")
            asked.append(run_id)
        except (RunError, ValueError) as error:
            troubles.append(str(error))
    for run_id in asked:
        seen = reach(registry, run_id, lambda seen: seen.save_state and not seen.save_state.busy)
        assert seen.save_state.step == 1 or seen.save_state.trouble
        # One that follows may find no room for the second time, and stands where it stood then.
        troubles.append("" if seen.save_state.step == 1 else seen.save_state.trouble)
    return troubles


def listed(store: Store) -> int:
    """How many there are; all are whole."""
    found = store.headings()
    assert all(isinstance(entry, Heading) and store.read(entry.run_id).step == 1 for entry in found)
    return len(found)


def test_on_a_full_disk_what_has_room_is_saved_and_the_rest_is_told(small: Path, ten) -> None:
    registry, run_ids = ten
    troubles = all_saved(registry, run_ids)
    told = [trouble for trouble in troubles if trouble]
    assert told and all("there is no room left" in trouble and "\n" not in trouble for trouble in told)
    store = Store.from_environment()
    assert listed(store) == RUNS - len(told)
    before = bytes_of(small)
    again = all_saved(registry, run_ids)
    assert all(before[path] == content for path, content in bytes_of(small).items() if path in before)
    assert listed(store) == 2 * RUNS - len(told) - sum(map(bool, again))
    assert not list(small.rglob("*.part"))
    assert _mount("-o", "remount,size=64m", small)
    assert all_saved(registry, run_ids) == [""] * RUNS


def test_where_nothing_may_be_written_it_is_told_and_nothing_changes(small: Path, ten) -> None:
    registry, run_ids = ten
    assert _mount("-o", "remount,size=64m", small)
    assert all_saved(registry, run_ids) == [""] * RUNS
    before = bytes_of(small)
    # Another view of the same folder, since files in this one are open for writing: those that say who writes.
    assert _mount("--bind", small, small) and _mount("-o", "remount,bind,ro", small)
    store = Store.from_environment()
    for run_id in run_ids:  # which follow
        registry.save_thread.save(run_id)
    for run_id in run_ids:
        seen = reach(registry, run_id, lambda seen: seen.save_state and not seen.save_state.busy)
        assert "read-only" in seen.save_state.trouble and seen.save_state.step == 1
    with pytest.raises(NotWritten, match="read-only"):
        registry.save_thread.save_as(run_ids[0], "one more")
    for ask in (store.delete, lambda run_id: store.rename(run_id, "x")):
        with pytest.raises(NotWritten, match="read-only"):
            ask(store.headings()[0].run_id)
    assert bytes_of(small) == before and listed(store) == RUNS
    subprocess.run(["umount", small], check=True)
    assert all_saved(registry, run_ids) == [""] * RUNS


def test_a_home_that_is_removed_is_told_and_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ten) -> None:
    registry, run_ids = ten
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    assert all_saved(registry, run_ids[:3]) == [""] * 3
    shutil.rmtree(tmp_path / "home")
    for run_id in run_ids[:3]:
        registry.save_thread.save(run_id)
    for run_id in run_ids[:3]:
        seen = reach(registry, run_id, lambda seen: not seen.save_state.busy and seen.save_state.trouble)
        assert "was deleted" in seen.save_state.trouble
    assert not (tmp_path / "home").exists()
    assert all_saved(registry, run_ids[:3]) == [""] * 3
    assert listed(Store.from_environment()) == 3


def test_two_servers_on_one_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ten, fresh) -> None:
    registry, run_ids = ten
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    assert all_saved(registry, run_ids[:2]) == [""] * 2
    store = Store.from_environment()
    other = fresh()
    opened = [other.reopen(store.read(heading.run_id)) for heading in store.headings()]
    for run_id in opened:
        reach(other, run_id, lambda seen: seen.state == "paused")
        with pytest.raises(ValueError, match="another run"):
            other.save_thread.follow(run_id, True)
    assert all_saved(other, opened) == [""] * 2
    assert listed(store) == 4


def test_a_save_that_fails_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh) -> None:
    """The run came from the command line and was cut off before its first checkpoint."""
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    store = Store.from_environment()
    run_folder.begin(store.home / "begun", QUICK, take_frame.opening(Trainer(QUICK)))
    (store.home / "begun" / "notes.txt").write_text("mine")
    before = bytes_of(store.home)
    registry = fresh()
    run_id = registry.reopen(store.read("begun"))
    reach(registry, run_id, lambda seen: seen.state == "paused")
    monkeypatch.setenv("GAN_HOME_MB", "0.000001")
    registry.save_thread.save(run_id)
    seen = reach(registry, run_id, lambda seen: not seen.save_state.busy and seen.save_state.trouble)
    assert "GAN_HOME_MB" in seen.save_state.trouble
    assert {path: content for path, content in bytes_of(store.home).items() if path in before} == before
    assert os.listdir(store.home) == ["begun"]
