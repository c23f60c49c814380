"""What a server that others reach reads pictures from: the folders that were named for it, and uploads."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from gan_core.data import DataError, allowed_folders, folder, upload_cache

Confine = Callable[..., None]


def png(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (20, 20), level).save(file, "PNG")
    return file.getvalue()


def fill(root: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png(number))
    return root


def packed(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", png(1))
    return path


@pytest.fixture
def confine(monkeypatch: pytest.MonkeyPatch) -> Confine:
    """Allows only these folders, until the test is over."""

    def only(*folders: Path) -> None:
        allowed_folders.confine(map(str, folders))

    monkeypatch.setenv("GAN_ONLY_FOLDERS", "")
    monkeypatch.delenv("GAN_ONLY_FOLDERS")
    return only


def said(path: object) -> str:
    with pytest.raises(DataError) as error:
        folder.load(str(path), 8, 1)
    with pytest.raises(DataError) as stamped:
        folder.stamp(str(path))
    assert str(stamped.value) == str(error.value)
    return str(error.value)


def test_without_being_told_any_folder_is_read(tmp_path: Path, confine: Confine) -> None:
    assert allowed_folders.anywhere()
    assert len(folder.load(str(fill(tmp_path, "a.png")), 8, 1)) == 1


def test_only_what_is_below_a_named_folder_is_read(tmp_path: Path, confine: Confine) -> None:
    own = fill(tmp_path / "own", "cats/a.png", "cats/b.png")
    other = fill(tmp_path / "other", "a.png")
    confine(own, tmp_path / "second")
    assert len(folder.load(str(own / "cats"), 8, 1)) == 2
    assert len(folder.load(str(own), 8, 1)) == 2
    assert "cannot be found" in said(own / "dogs")
    # The same words for what is there and what is not, whatever way the path takes.
    for path in (
        other,
        tmp_path / "nothing",
        own / ".." / "other",
        own / ".." / "nothing",
        "/etc",
        "/no/such",
        "~",
        ".",
    ):
        assert said(path) == f"folder: {str(path)!r} is not among the folders that this server allows: " + (
            "upload a zip of pictures instead."
        )
    assert "not among" in said(f"{own}-beside") and "not among" in said(f"{own}\0") and "not among" in said("x" * 5000)


def test_no_link_leads_out(tmp_path: Path, confine: Confine) -> None:
    own = fill(tmp_path / "own", "a.png")
    other = fill(tmp_path / "other", "b.png")
    zipped = packed(tmp_path / "other.zip")
    (own / "there").symlink_to(other)
    (own / "nowhere").symlink_to(tmp_path / "nothing")
    (own / "zip").symlink_to(zipped)
    (own / "b.png").symlink_to(other / "b.png")
    (own / "circle").symlink_to(own / "circle")
    assert len(folder.load(str(own), 8, 1)) == 2  # as it is where everything is allowed
    confine(own)
    assert len(folder.load(str(own), 8, 1)) == 1
    outside = {said(own / name).replace(f"/{name}", "") for name in ("there", "nowhere", "zip")}
    assert len(outside) == 1 and "not among" in outside.pop()
    assert said(own / "circle")


def test_a_pipe_below_a_named_folder_hangs_nobody(tmp_path: Path, confine: Confine) -> None:
    confine(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "cannot be found" in said(tmp_path / "pipe")


def test_uploads_are_read_by_their_names_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confine: Confine
) -> None:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path / "cache"))
    content = packed(tmp_path / "own.zip").read_bytes()
    name = upload_cache.keep(content, "one")
    assert upload_cache.keep(content, "one") == name != upload_cache.keep(content, "two")
    assert upload_cache.belongs(name, "one") and not upload_cache.belongs(name, "two")
    assert str(tmp_path) not in name and "one" not in name
    confine()
    assert len(folder.load(name, 8, 1)) == 1
    (lying,) = (tmp_path / "cache" / "uploads").glob(name.removeprefix("upload:"))
    assert "not among" in said(lying)
    for wrong in ("upload:../own.zip", "upload:" + "0" * 16 + "-" + "0" * 24 + ".zip", "upload:", f"{name}/.."):
        assert "upload the zip of pictures again" in said(wrong)
