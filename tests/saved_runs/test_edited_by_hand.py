"""Saved runs that somebody edited by hand: each is told in one sentence, nothing hangs, and nothing else is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from untrained_runs import E, checkpoint, history, saved

from gan_core.files.atomic_write import NotWritten
from gan_core.saved_runs import run_folder
from gan_core.saved_runs.as_dicts import as_dicts
from gan_core.saved_runs.label import LABEL
from gan_core.saved_runs.run_folder import Heading, SavedRunError, read_run, write_run
from gan_core.saved_runs.search import Search
from gan_core.saved_runs.store import DELETED, KEPT_S, Damaged, Store, StoreError
from gan_core.saved_runs.watched_runs import WATCH

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files"),
    pytest.mark.timeout(60),
]

FILES = (LABEL, run_folder.CHECKPOINT, run_folder.ROWS, run_folder.FRAMES, run_folder.OPENING, run_folder.REAL,
         "frames/step-000040.png")  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two runs, of which the tests spoil the one that is called `spoilt`."""
    store = Store(tmp_path / "home")
    for name in ("spoilt", "whole"):
        (store.home / name).mkdir(parents=True)
        saved(store.home / name, 40)
        os.utime(store.home / name / run_folder.CHECKPOINT, (1e9, 1e9))
    store.rename("spoilt", "a name")  # so that it has a label
    return store


def trouble(store: Store) -> str:
    """The sentence about the spoilt run, in the list or when it is opened; the other is as it was."""
    listed = {entry.run_id: entry for entry in store.headings()}
    assert isinstance(listed["whole"], Heading)
    assert store.read("whole").until(40) == history(40)
    store.size(), as_dicts(store, Search.parse(""))
    with pytest.raises(SavedRunError) as caught:
        store.read("spoilt")
    if isinstance(found := listed["spoilt"], Damaged):
        assert found.words == str(caught.value) and found.ours
    assert "\n" not in str(caught.value)
    return str(caught.value)


def pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def endless(path: Path, _: Path) -> None:
    path.symlink_to("/dev/zero")


def elsewhere(path: Path, beside: Path) -> None:
    path.symlink_to(beside)


def nowhere(path: Path, _: Path) -> None:
    path.symlink_to("nowhere")


def folder(path: Path, _: Path) -> None:
    path.mkdir()


def large(path: Path, _: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**30)  # sparse: it takes no room


@pytest.mark.parametrize("how", [pipe, endless, elsewhere, nowhere, folder, large], ids=lambda how: how.__name__)
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_ordinary_file_is_told_by_its_name(store: Store, name: str, how) -> None:
    path = store.home / "spoilt" / name
    path.unlink()
    how(path, store.home / "whole" / name)
    assert Path(name).name in trouble(store)
    store.delete("spoilt")
    store.empty()
    assert not (store.home / "spoilt").exists()
    assert store.read("whole").until(40) == history(40)


def test_a_watched_run_too(store: Store) -> None:
    os.mkfifo(store.home / "spoilt" / "x.json")
    (store.home / "spoilt" / WATCH).symlink_to("x.json")
    assert {entry.run_id for entry in store.headings() if isinstance(entry, Heading)} == {"spoilt", "whole"}
    (store.home / "spoilt" / WATCH).unlink()
    (store.home / "spoilt" / WATCH).write_bytes(b"{" * 100_000)
    assert store.watched() == []


def test_pictures_elsewhere_are_neither_read_nor_thinned_out(store: Store, tmp_path: Path) -> None:
    frames = store.home / "spoilt" / "frames"
    for picture in frames.iterdir():
        picture.unlink()
    frames.rmdir()
    frames.symlink_to(store.home / "whole" / "frames")
    assert "frames is a link" in trouble(store)
    with pytest.raises(NotWritten, match="frames is a link"):
        write_run(store.home / "spoilt", checkpoint(tmp_path / "c", 60), lambda _: history(60, pictures=60))
    assert store.read("whole").until(40) == history(40)
    assert run_folder.read_heading(store.home / "spoilt").step == 40


def test_a_file_of_a_time_that_is_none_is_told(store: Store) -> None:
    os.utime(store.home / "spoilt" / run_folder.CHECKPOINT, ns=(2**62, 2**62))
    store.headings()  # some systems keep such a time, and it is a date
    store.read("whole")


def test_what_a_killed_server_never_saved_is_told_and_may_be_deleted(store: Store) -> None:
    begun = store.new("never saved")
    (found,) = [entry for entry in store.headings() if isinstance(entry, Damaged)]
    assert found == Damaged(
        begun.name,
        f"{begun.name} is not a run that can be opened: its server ended before it was saved; it is empty and can be "
        f"deleted.",
        ours=True,
    )
    store.delete(begun.name)


@pytest.mark.parametrize("how", [pipe, endless, nowhere, large], ids=lambda how: how.__name__)
def test_where_the_deleted_ones_lie_is_no_folder(store: Store, how) -> None:
    how(store.home / DELETED, store.home)
    assert store.deleted() == []
    store.check_room(0)
    store.empty()
    with pytest.raises(NotWritten):
        store.delete("whole")
    assert store.read("whole").until(40) == history(40)


def test_a_link_among_the_deleted_ones_stops_nobody_from_saving(store: Store) -> None:
    (store.home / DELETED).mkdir()
    link = store.home / DELETED / "link"
    link.symlink_to(store.home / "whole")
    yesterday = time.time() - KEPT_S - 9
    os.utime(link, (yesterday, yesterday), follow_symlinks=False)
    os.utime(store.home / "whole", (yesterday, yesterday))
    store.new("one more")
    store.empty()
    assert store.read("whole").until(40) == history(40)


def test_two_servers_that_forget_the_same_run_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one removes each file just before this one does."""
    store.delete("whole")
    yesterday = time.time() - KEPT_S - 9
    os.utime(store.home / DELETED / "whole", (yesterday, yesterday))
    other, scan = Store(store.home), os.scandir

    def first(path):
        if str(path).endswith("whole"):
            monkeypatch.setattr(os, "scandir", scan)
            other.check_room(0)
        return scan(path)

    monkeypatch.setattr(os, "scandir", first)
    store.new("one more")
    assert store.deleted() == []


def test_a_home_that_is_removed_meanwhile(store: Store) -> None:
    headings = store.headings()
    Store(store.home).home.rename(store.home.with_name("away"))
    assert (store.headings(), store.watched(), store.deleted(), store.size()) == ([], [], [], 0)
    for ask in (store.read, store.delete, store.restore, lambda run_id: store.rename(run_id, "x")):
        with pytest.raises(StoreError):
            ask("whole")
    for heading in headings:
        assert isinstance(heading, Heading)
        with pytest.raises(SavedRunError):
            read_run(heading.folder)
    assert store.new("one more").is_dir()  # it is made anew
    assert run_folder.read_heading(store.home.with_name("away") / "whole").experiment == E
