"""Whose saved runs, uploads and folders are seen on a server that others reach."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from live_runs import PATIENCE_S
from shared_server import TEACHER, A, B, Visit, access_owner, address, run_in, stands_at
from streamlit.testing.v1 import AppTest
from untrained_runs import saved
from visiting import html, widgets, words, wrongs

from gan_core.data import allowed_folders, upload_cache
from gan_core.live.registry import registry
from gan_core.saved_runs.store import Store

pytestmark = pytest.mark.usefixtures("shared_server")


def test_saved_runs_are_their_owners_and_the_teachers(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    _, run_id = run_of_a
    registry().save_thread.save_as(run_id, "only mine")
    assert registry().wait_until(lambda: not registry().snapshot(run_id).save_state.busy, PATIENCE_S)
    saved(Store.from_environment().new("from before"), 40)
    assert "only mine" in words(visit(A, "runs")) and "from before" not in words(visit(A, "runs"))
    assert "only mine" not in words(visit(B, "runs"))
    teacher = visit(TEACHER, "runs")
    assert "only mine" in words(teacher) and "from before" in words(teacher)
    (entry,) = [entry for entry in Store.from_environment().headings() if entry.name == "only mine"]
    teacher.button(key=f"delete-{entry.run_id}").click().run()
    assert not any("<b>only mine" in text for text in html(visit(A, "runs")))


def test_a_link_to_a_saved_run_lets_others_look_and_copy(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    _, run_id = run_of_a
    registry().save_thread.save_as(run_id, "given on purpose")
    assert registry().wait_until(lambda: not registry().snapshot(run_id).save_state.busy, PATIENCE_S)
    (entry,) = Store.from_environment().headings()
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{16}", entry.run_id)
    at = visit(B, "runs", saved=entry.run_id)
    assert "given on purpose" in words(at) and f"delete-{entry.run_id}" not in {button.key for button in at.button}
    at.button(key="copy_given").click().run()
    copy = at.session_state["run"]
    stands_at(copy, 1)
    assert registry().snapshot(copy).owner != entry.owner and registry().snapshot(copy).save_state is None
    at = visit(B, "runs", saved=entry.run_id)
    at.button(key="close_given").click().run()
    assert "given on purpose" not in words(at) and "saved" not in address(at)
    old = saved(Store.from_environment().new("of before"), 40)
    old = old.rename(old.with_name("20260101-120000-abcdef"))  # as ids were: they can be tried out
    assert "of before" not in words(visit(B, "runs", saved=old.name))


def test_an_upload_is_its_owners(visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path / "cache"))
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    at = visit(A, d="folder", a="mlp", f="x")
    at.file_uploader(key="folder_zip").set_value(("own.zip", file.getvalue(), "application/zip")).run()
    name = address(at)["f"]
    assert re.fullmatch(r"upload:[0-9a-f]{16}-[0-9a-f]{24}\.zip", name)
    said = []
    for folder in (name, "upload:" + "0" * 16 + "-" + "0" * 24 + ".zip"):
        for page in ("train", "untrained"):
            other = visit(B, page, d="folder", a="mlp", f=folder)
            if page == "train":
                other.button(key="start").click().run()
                assert run_in(other) is None
            said.append([text.replace(folder, "…") for text in wrongs(other)])
    assert all(sentences == said[0] for sentences in said) and "not one of your uploads" in said[0][0]
    runs = visit(A, "runs")
    assert f"delete-{name}" in {button.key for button in runs.button}
    assert f"delete-{name}" not in {button.key for button in visit(B, "runs").button}
    monkeypatch.setenv("GAN_MB_EACH", "0.00001")
    at.file_uploader(key="folder_zip").set_value(("more.zip", b"PK" * 20, "application/zip")).run()
    assert "your uploads take 0 of 0 MB (GAN_MB_EACH)" in words(at) and address(at)["f"] == name
    owner = visit(A, d="folder", a="mlp", f=name)
    owner.button(key="start").click().run()
    assert owner.session_state["run"]  # it may; that there is no picture in it is for the worker to say
    runs.button(key=f"delete-{name}").click().run()
    assert upload_cache.kept(access_owner(A)) == []


def test_a_path_is_used_only_below_a_named_folder(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GAN_ONLY_FOLDERS")
    monkeypatch.setenv("GAN_FOLDERS", str(tmp_path / "pictures"))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "other").mkdir()
    said = []
    for folder in (tmp_path / "other", tmp_path / "nothing"):
        at = visit(A, "untrained", d="folder", a="mlp", f=str(folder))
        said += [text.replace(str(folder), "…") for text in wrongs(at)]
    assert len(said) == 2 and len(set(said)) == 1 and "not among the folders that this server allows" in said[0]
    assert allowed_folders.roots() == [tmp_path / "pictures"]  # for each process that is started from now on
    assert "folder" in widgets(visit(A, d="folder", a="mlp", f="x").sidebar)
    monkeypatch.setenv("GAN_ONLY_FOLDERS", "")
    assert "folder" not in widgets(visit(A, d="folder", a="mlp", f="x").sidebar)
