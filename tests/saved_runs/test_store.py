"""The saved runs of a machine: which there are, how they are found, renamed, deleted, restored, limited."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from untrained_runs import E, history, saved

from gan_core.files.atomic_write import NotWritten
from gan_core.files.folders import folder_size
from gan_core.saved_runs import run_folder
from gan_core.saved_runs.label import MOST_NAME
from gan_core.saved_runs.run_folder import Heading
from gan_core.saved_runs.search import Search, SearchError, changed_settings, suggested_name
from gan_core.saved_runs.store import DELETED, KEPT_S, Damaged, Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a" / "home")


def put(store: Store, name: str, step: int = 40, **settings: object) -> str:
    return saved(store.new(name), step, E.replace(**settings)).name


def names(store: Store) -> list[str]:
    return [entry.name if isinstance(entry, Heading) else entry.run_id for entry in store.headings()]


def test_a_home_that_is_not_there_yet_is_empty(store: Store) -> None:
    assert (store.headings(), store.deleted(), store.size()) == ([], [], 0)
    store.check_room(10)
    assert not store.home.exists()


def test_the_run_saved_last_comes_first_and_reads_as_it_was(store: Store) -> None:
    first, second = put(store, "first"), put(store, "second", lr_g=0.01)
    os.utime(store.home / first / run_folder.CHECKPOINT, (time.time() + 60, time.time() + 60))
    assert names(store) == ["first", "second"]
    os.utime(store.home / second / run_folder.CHECKPOINT, (time.time() + 90, time.time() + 90))
    assert names(store) == ["second", "first"]
    found = store.read(second)
    assert found.experiment == E.replace(lr_g=0.01)
    assert found.until(40) == history(40)


def test_a_list_sees_what_another_process_changed(store: Store) -> None:
    run_id = put(store, "one")
    assert [entry.step for entry in store.headings() if isinstance(entry, Heading)] == [40]
    saved(store.home / run_id, 60, E.replace(lr_g=0.5))
    (heading,) = store.headings()
    assert isinstance(heading, Heading)
    assert (heading.step, heading.experiment.lr_g) == (60, 0.5)
    assert store.summary(heading).picture == history(60).frames[-1].fake_png
    Store(store.home).rename(run_id, "two")
    assert names(store) == ["two"]
    assert store.size() == folder_size(store.home)


@pytest.mark.parametrize("name", ["", "  ", "a" * (MOST_NAME + 1), "zero\x00byte", "bell\x07"])
def test_what_is_no_name_is_refused(store: Store, name: str) -> None:
    run_id = put(store, "good")
    with pytest.raises(StoreError, match="A name has 1 to 80 characters"):
        store.rename(run_id, name)
    with pytest.raises(StoreError, match="A name has"):
        store.new(name)
    assert names(store) == ["good"]


def test_a_name_has_its_blanks_put_right_and_keeps_the_time_of_its_start(store: Store) -> None:
    run_id = put(store, "old")
    created = store.read(run_id).created
    store.rename(run_id, "  für   Dienstag\n")
    found = store.read(run_id)
    assert (found.name, found.created, found.folder.name) == ("für Dienstag", created, run_id)


@pytest.mark.parametrize("run_id", ["", ".", "..", "../home", "/", ".deleted", "none", "a/b", "\x00"])
def test_nothing_outside_the_home_is_reached(store: Store, run_id: str) -> None:
    put(store, "one")
    for ask in (store.read, store.delete, store.restore, lambda run_id: store.rename(run_id, "x")):
        with pytest.raises((StoreError, ValueError)):
            ask(run_id)
    assert names(store) == ["one"]


def test_deleted_runs_can_be_restored_for_a_day(store: Store) -> None:
    run_id = put(store, "one")
    before = {path: path.read_bytes() for path in (store.home / run_id).rglob("*") if path.is_file()}
    store.delete(run_id)
    assert names(store) == []
    assert [entry.name for entry in store.deleted() if isinstance(entry, Heading)] == ["one"]
    put(store, "two")  # a day has not passed
    store.restore(run_id)
    assert sorted(names(store)) == ["one", "two"]
    assert {path: path.read_bytes() for path in (store.home / run_id).rglob("*") if path.is_file()} == before
    store.delete(run_id)
    yesterday = time.time() - KEPT_S - 1
    os.utime(store.home / DELETED / run_id, (yesterday, yesterday))
    store.check_room(0)
    assert store.deleted() == []
    with pytest.raises(StoreError, match="for good"):
        store.restore(run_id)


def test_what_is_not_a_runs_folder_is_told_and_never_deleted(store: Store) -> None:
    put(store, "one")
    (store.home / "holiday").mkdir()
    (store.home / "holiday" / "beach.jpg").write_bytes(b"sand")
    (store.home / "notes.txt").write_text("not a folder")
    found = store.headings()
    assert found[1:] == [
        Damaged("holiday", "holiday is not a run that can be opened: experiment.json is missing.", ours=False)
    ]
    with pytest.raises(StoreError, match="not deleted"):
        store.delete("holiday")
    assert (store.home / "holiday" / "beach.jpg").read_bytes() == b"sand"
    if sys.platform != "win32":
        (store.home / "elsewhere").symlink_to(store.home / names(store)[0])
        with pytest.raises(StoreError):
            store.delete("elsewhere")


def test_the_limit_counts_what_is_deleted_until_it_is_emptied(store: Store) -> None:
    run_id = put(store, "one")
    (store.home / run_id / "more").write_bytes(bytes(2_000_000))
    os.utime(store.home / run_id / run_folder.CHECKPOINT)  # whoever writes a run renews its checkpoint
    small = Store(store.home, most_mb=3)
    small.check_room(900_000)
    with pytest.raises(StoreError, match=r"saved runs take 2 of 3 MB \(GAN_HOME_MB\), and this one needs 1 MB more"):
        small.check_room(1_200_000)
    small.delete(run_id)
    with pytest.raises(StoreError, match="GAN_HOME_MB"):
        small.check_room(1_200_000)
    small.empty()
    small.check_room(1_200_000)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever may do everything writes anywhere")
def test_a_folder_that_is_read_only_is_told_in_one_sentence(store: Store) -> None:
    run_id = put(store, "one")
    store.home.chmod(0o500)
    try:
        for ask in (lambda: store.new("two"), lambda: store.delete(run_id)):
            with pytest.raises(NotWritten, match="read-only"):
                ask()
    finally:
        store.home.chmod(0o700)
    assert names(store) == ["one"]


def test_a_home_that_is_a_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    store = Store(tmp_path / "home")
    with pytest.raises(StoreError, match="GAN_HOME"):
        store.headings()
    with pytest.raises(NotWritten):
        store.new("one")


@pytest.mark.parametrize("text", ["", "many", "0", "-3", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="GAN_HOME_MB"):
        Store.from_environment({"GAN_HOME_MB": text})


def test_the_environment_says_where_and_how_much(tmp_path: Path) -> None:
    store = Store.from_environment({"GAN_HOME": str(tmp_path), "GAN_HOME_MB": "12.5"})
    assert (store.home, store.most_mb) == (tmp_path, 12.5)
    assert Store.from_environment({}).home.name == "gan-playground"


def fits(text: str, **settings: object) -> bool:
    found = run_folder.Heading(
        Path("x"),
        "Tuesday's collapse",
        E.replace(**settings),
        3,
        *[run_folder.datetime.now(run_folder.UTC)] * 2,
        None,
        (),
        "",
    )
    return Search.parse(text).fits(found)


def test_searching() -> None:
    assert fits("")
    assert fits("loss=hinge l=hinge tuesday COLLAPSE digits mlp")
    assert fits("lr_g=1e-2", lr_g=0.01)
    assert not fits("lr_g=0.01")
    assert fits("lr_g", lr_g=0.01)  # it was changed
    assert not fits("lr_g")
    assert fits("augment=flip+crop", augment=("crop", "flip"))
    assert not fits("tuesday monday")
    for text, named in {"los=hinge": "los", "lr_g=fast": "a number from", "=3": "''"}.items():
        with pytest.raises(SearchError, match=named):
            Search.parse(text)


def test_suggested_names_say_what_was_changed_and_are_names(store: Store) -> None:
    assert "loss=hinge" in suggested_name(E)
    store.rename(put(store, "one"), suggested_name(E))
    long = E.replace(lr_g=0.01, lr_d=0.02, beta1=0.9, beta2=0.9, noise="uniform", noise_scale=2.0)
    assert len(changed_settings(long)) > 8
    assert len(suggested_name(long)) == MOST_NAME
    store.rename(put(store, "two"), suggested_name(long))


def test_an_owner_sees_and_changes_only_his_own(tmp_path: Path) -> None:
    everything = Store(tmp_path, each_mb=1)
    mine, other = (everything.seen_by(owner, everything=False) for owner in ("me", "other"))
    folders = {store.owner: store.new(f"run of {store.owner}") for store in (everything, mine, other)}
    for folder in folders.values():
        saved(folder, 40)
    assert [heading.run_id for heading in mine.headings()] == [folders["me"].name]
    assert len(everything.headings()) == 3
    for asked in (mine.read, mine.delete, lambda run_id: mine.rename(run_id, "taken")):
        for owner in ("", "other"):
            with pytest.raises(StoreError, match="no longer here"):
                asked(folders[owner].name)
    mine.rename(folders["me"].name, "another name")
    assert [heading.run_id for heading in mine.headings()] == [folders["me"].name]  # still his
    other.delete(folders["other"].name)
    assert mine.deleted() == []
    with pytest.raises(StoreError):
        mine.restore(folders["other"].name)
    mine.empty()
    other.restore(folders["other"].name)
    teacher = everything.seen_by("teacher", everything=True)
    assert len(teacher.headings()) == 3
    teacher.delete(folders["me"].name)
    assert mine.headings() == [] and len(mine.deleted()) == 1


def test_each_owner_has_a_limit_of_his_own(tmp_path: Path) -> None:
    everything = Store(tmp_path, most_mb=100, each_mb=1)
    mine, other = (everything.seen_by(owner, everything=False) for owner in ("me", "other"))
    (mine.new("large") / "filling").write_bytes(bytes(900_000))
    mine.check_room(0)
    with pytest.raises(StoreError, match=r"your saved runs take 1 of 1 MB \(GAN_MB_EACH\)"):
        mine.check_room(200_000)
    other.check_room(200_000)
    everything.check_room(200_000)
    assert Store.from_environment({"GAN_MB_EACH": "7"}).each_mb == 7
    with pytest.raises(StoreError, match="GAN_MB_EACH='many' is not a limit"):
        Store.from_environment({"GAN_MB_EACH": "many"})
