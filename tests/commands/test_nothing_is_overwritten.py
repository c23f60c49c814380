"""Files that are there already, in the way of every command that writes: they stay, and one sentence says so."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import tiny, tiny_images

from gan_core.__main__ import main
from gan_core.commands.export import EXPORTS
from gan_core.commands.training_run import resume_run, train_run
from gan_core.files.atomic_write import NotWritten
from gan_core.outputs.kinds import KINDS
from gan_core.pixels.range_map import png_bytes
from gan_core.saved_runs.run_folder import SavedRunError, read_run

MINE = b"not of this program"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """On pictures of its own, whose classes nobody has to learn."""
    pictures = tmp_path_factory.mktemp("pictures")
    for number, pixels in enumerate(tiny_images().pixels):
        (pictures / f"{number}.png").write_bytes(png_bytes(pixels[0]))
    return {"dataset": "folder", "folder": str(pictures), "steps": 4}


@pytest.fixture(scope="module")
def written(settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that the program wrote."""
    folder = tmp_path_factory.mktemp("runs") / "linear"
    train_run(tiny(**settings), folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    capsys.readouterr()
    assert main([*map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


# --------------------------------------------------------------------------------------------- export


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_is_never_written_over_a_file(
    kind: str, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind == "tensorboard":
        pytest.importorskip("tensorboard")
    monkeypatch.chdir(tmp_path)
    default = "linear/train.py" if kind == "script" else f"linear{KINDS[kind].ending}"
    for there, out in [(default, []), ("mine.py", ["--out", "mine.py"])]:
        Path(there).parent.mkdir(exist_ok=True)
        Path(there).write_bytes(MINE)
        before = contents(tmp_path)
        line = refused(capsys, "export", written, f"--{kind}", *out)
        assert there in line and "--force" in line
        assert contents(tmp_path) == before
        assert main(["export", str(written), f"--{kind}", *out, "--force"]) == 0
        assert Path(there).read_bytes() != MINE


@pytest.mark.parametrize("kind", ["csv", "script"])
def test_the_same_content_may_be_written_again(kind: str, written: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["export", str(written), f"--{kind}", "--out", str(tmp_path / "out.py")]) == 0


@pytest.mark.parametrize("there", ["train.py", "images.npy", "experiment.json"])
@pytest.mark.parametrize("out", ["new", "new/train.py"])
def test_of_a_scripts_files_none_is_written_where_one_is_in_the_way(
    there: str, out: str, written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / there).write_bytes(MINE)
    assert there in refused(capsys, "export", written, "--script", "--out", tmp_path / out)
    assert contents(tmp_path) == {f"new/{there}": MINE}


@pytest.mark.parametrize(
    ("out", "script"),
    [("new", "new/train.py"), ("new/", "new/train.py"), ("deep/er", "deep/er/train.py"), ("gan.py", "gan.py"),
     ("new/gan.py", "new/gan.py"), ("is.py", "is.py/train.py")],
)  # fmt: skip
def test_a_script_goes_to_a_file_or_into_a_folder(
    out: str, script: str, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("is.py").mkdir()
    assert main(["export", str(written), "--script", "--out", out]) == 0
    beside = Path(script).parent
    assert sorted(contents(tmp_path)) == sorted([script, str(beside / "images.npy"), str(beside / "experiment.json")])


def test_other_kinds_go_into_a_folder_that_is_there(written: Path, tmp_path: Path) -> None:
    assert main(["export", str(written), "--csv", "--out", str(tmp_path)]) == 0
    assert list(contents(tmp_path)) == ["linear.csv"]


def test_a_script_does_not_go_into_the_folder_of_a_run(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(written, tmp_path / "linear")
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    for arguments in ([], ["--force"], ["--out", "linear"]):
        assert "linear is the folder of a run" in refused(capsys, "export", "linear", "--script", *arguments)
    assert contents(tmp_path) == before


def test_a_link_is_not_written_through(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --force the link goes, not what it leads to; one that leads nowhere is in the way as well."""
    (tmp_path / "mine.csv").write_bytes(MINE)
    for target in ("mine.csv", "nowhere"):
        link = tmp_path / "link.csv"
        link.symlink_to(tmp_path / target)
        assert "link.csv is there already" in refused(capsys, "export", written, "--csv", "--out", link)
        assert link.is_symlink()
        assert main(["export", str(written), "--csv", "--out", str(link), "--force"]) == 0
        assert not link.is_symlink()
        link.unlink()
    assert contents(tmp_path) == {"mine.csv": MINE}


def test_a_folder_is_not_replaced_by_a_file(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "linear.csv").mkdir()
    (tmp_path / "train.py").mkdir()
    (tmp_path / "train.py" / "train.py").mkdir()
    for force in ([], ["--force"]):
        assert "a folder has this name" in refused(capsys, "export", written, "--csv", "--out", tmp_path, *force)
        out = tmp_path / "train.py"
        assert "a folder has this name" in refused(capsys, "export", written, "--script", "--out", out, *force)
    assert contents(tmp_path) == {}


def test_a_file_where_a_folder_should_be_stays(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_bytes(MINE)
    for arguments in (["--script"], ["--script", "--force"]):
        assert "mine" in refused(capsys, "export", written, *arguments, "--out", tmp_path / "mine")
    assert contents(tmp_path) == {"mine": MINE}


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="whoever may do everything may write")
def test_a_read_only_folder_gets_one_sentence(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert "read-only" in refused(capsys, "export", written, "--csv", "--out", closed / "x.csv")
    assert "read-only" in refused(capsys, "export", written, "--script", "--out", closed / "x")
    with pytest.raises(NotWritten, match="read-only"):
        train_run(tiny(), closed / "run")


def test_its_own_file_is_renewed_until_somebody_changes_it(
    written: Path, settings: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = shutil.copytree(written, tmp_path / "run"), tmp_path / "rows.csv"
    export = ["export", str(run), "--csv", "--out", str(out)]
    assert main(export) == 0
    before = out.read_bytes()
    resume_run(run, {"steps": 6})
    assert main(export) == 0
    assert out.read_bytes() != before
    out.write_bytes(MINE)
    assert "rows.csv is there already" in refused(capsys, *export)
    assert out.read_bytes() == MINE


# ----------------------------------------------------------------------------------------- regenerate


def test_a_picture_made_again_replaces_nothing(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.png"
    mine.write_bytes(MINE)
    call = ["regenerate", written / "final.png", "--checkpoint", written / "checkpoint.safetensors", "--out"]
    assert "mine.png is there already" in refused(capsys, *call, mine)
    assert mine.read_bytes() == MINE
    assert main([*map(str, call), str(mine), "--force"]) == 0
    assert mine.read_bytes() != MINE
    assert main([*map(str, call), str(tmp_path / "new.png")]) == 0


# ---------------------------------------------------------------------------------------------- train


def test_a_run_takes_the_place_of_one_and_leaves_all_else(
    settings: dict[str, object], written: Path, tmp_path: Path
) -> None:
    run = shutil.copytree(written, tmp_path / "run")
    mine = ["notes.txt", "frames/step-1.png", "frames/mine.png", "samples/best.png", ".hidden.part", "train.py"]
    for name in mine:
        (run / name).write_bytes(MINE)
    train_run(tiny(**settings, seed=5), run)
    assert read_run(run).experiment.seed == 5
    resume_run(run, {"steps": 6})
    assert read_run(run).step == 6
    assert {name: (run / name).read_bytes() for name in mine} == dict.fromkeys(mine, MINE)


NAMES = [
    "experiment.json", "measurements.jsonl", "frames.jsonl", "opening.json", "real.png", "checkpoint.safetensors",
    "final.png", "final.json", "samples/step-000000.png", "samples/step-000004.json", "frames/step-000000.png",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("in_a_run", [False, True])
def test_a_run_replaces_nobody_elses_file(
    name: str, in_a_run: bool, settings: dict[str, object], written: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    if in_a_run:
        shutil.copytree(written, run)
    (run / name).parent.mkdir(parents=True, exist_ok=True)
    (run / name).write_bytes(MINE)
    before = contents(run)
    with pytest.raises(NotWritten, match=rf"{Path(name).name} is there already.*--force\.$"):
        train_run(tiny(**settings), run)
    assert contents(run) == before
    train_run(tiny(**settings), run, force=True)
    assert contents(run)[name] != MINE
    assert read_run(run).step == 4


LIKE_OURS: dict[str, Callable[[Path], bytes]] = {
    "experiment.json": lambda run: (run / "experiment.json").read_bytes(),  # as an export leaves it, for --experiment
    "measurements.jsonl": lambda _: json.dumps({"step": 0, "loss": 1.0}).encode() + b"\n",  # of somebody's own loop
    "frames/step-000001.png": lambda run: (run / "real.png").read_bytes(),  # of a film
}


@pytest.mark.parametrize("name", LIKE_OURS)
def test_a_file_that_looks_like_a_runs_is_none_without_a_run(
    name: str, settings: dict[str, object], written: Path, tmp_path: Path
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(LIKE_OURS[name](written))
    before = contents(tmp_path)
    with pytest.raises(NotWritten, match=f"{Path(name).name} is there already"):
        train_run(tiny(**settings), tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["final.png", "measurements.jsonl", "checkpoint.safetensors"])
def test_what_a_link_leads_to_is_not_written(
    name: str, settings: dict[str, object], written: Path, tmp_path: Path
) -> None:
    run, mine = shutil.copytree(written, tmp_path / "run"), tmp_path / name
    (run / name).replace(mine)
    (run / name).symlink_to(mine)
    before = mine.read_bytes()
    for call in (lambda: train_run(tiny(**settings), run), lambda: resume_run(run, {"steps": 6})):
        with pytest.raises((NotWritten, SavedRunError), match=r"is there already|is a link"):
            call()
    train_run(tiny(**settings, seed=3), run, force=True)
    assert mine.read_bytes() == before
    assert not (run / name).is_symlink()


def test_a_folder_in_a_runs_way_is_told_before_it_trains(settings: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "final.png").mkdir()
    for force in (False, True):
        with pytest.raises(NotWritten, match=r"final\.png is a folder"):
            train_run(tiny(**settings), tmp_path, force)
    assert [path.name for path in tmp_path.iterdir()] == ["final.png"]


def test_the_command_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "final.png").write_bytes(MINE)
    call = ["train", "--set", "width=0.125", "--set", "image_size=8", "--steps", "0", "--out", tmp_path]
    assert "final.png is there already" in refused(capsys, *call)
    assert main([*map(str, call), "--force"]) == 0
