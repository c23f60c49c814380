"""The folder of a run: what is written comes back, at every instant and after every damage."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_runs import ROOT
from untrained_runs import OPENING, E, checkpoint, history, png, saved

from gan_core.diagnosis.row import Row
from gan_core.files.atomic_write import NotWritten
from gan_core.files.folder_lock import FolderLock, Locked
from gan_core.saved_runs import label, run_folder
from gan_core.saved_runs.run_folder import SavedRunError, read_heading, read_run, write_run


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 100)
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    label.write_label(folder, "Hinge & <b>", created)
    found = read_run(folder)
    assert (found.name, found.created, found.step, found.run_id) == ("Hinge & <b>", created, 100, "run")
    assert found.experiment == E
    assert found.until(found.step) == history(100)
    assert found.checkpoint is not None
    assert found.checkpoint.read_bytes() == checkpoint(tmp_path / "c", 100).read_bytes()
    assert run_folder.last_frame(folder) == history(100).frames[-1]
    assert vars(read_heading(folder)).items() <= vars(found).items()


def test_a_run_without_a_label_has_its_folders_name(tmp_path: Path) -> None:
    found = read_run(saved(tmp_path / "linear", 20))
    assert found.name == "linear"
    assert found.created == found.saved


def test_saved_again_it_has_the_newer_history_and_nothing_else(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 100)
    thinned = history(140, pictures=70)
    write_run(folder, checkpoint(tmp_path / "c", 140), lambda _: thinned)
    assert read_run(folder).until(140) == thinned
    assert sorted(path.name for path in (folder / "frames").iterdir()) == [
        f"step-{step:06d}.png" for step in (0, 70, 140)
    ]
    assert not list(folder.rglob(".*"))


def test_what_came_after_the_checkpoint_is_left_out_where_it_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    write_run(folder, checkpoint(tmp_path / "c", 60), lambda _: history(100))
    found = read_run(folder)
    assert (found.step, found.rows[-1].step, found.frames[-1].step) == (60, 100, 100)
    assert found.until(60) == history(60)


def test_every_cut_through_the_last_line_leaves_the_lines_before(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 40)
    for name in (run_folder.ROWS, run_folder.FRAMES):
        whole = (folder / name).read_bytes()
        last = whole.rstrip(b"\n").rfind(b"\n") + 1
        lines = whole.count(b"\n")
        for end in range(last, len(whole)):
            (folder / name).write_bytes(whole[:end])
            found = read_run(folder)
            assert len(found.rows if name == run_folder.ROWS else found.frames) == lines - 1
        (folder / name).write_bytes(whole)
    assert read_run(folder).until(40) == history(40)


def test_before_its_first_checkpoint_a_run_stands_at_step_0(tmp_path: Path) -> None:
    run_folder.begin(tmp_path / "run", E, OPENING)
    run_folder.append_row(tmp_path / "run", Row(0, {"finite": 1.0}))
    found = read_run(tmp_path / "run")
    assert (found.step, found.checkpoint, found.experiment) == (0, None, E)


def test_a_new_run_in_an_old_folder_has_nothing_of_the_old_one(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 100)
    run_folder.begin(folder, E.replace(seed=5), OPENING)
    found = read_run(folder)
    assert (found.step, found.checkpoint, found.rows, found.frames) == (0, None, (), ())
    assert found.experiment.seed == 5


def test_a_frame_whose_picture_was_thinned_out_meanwhile_is_left_out(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 40)
    run_folder.frame_path(folder, 40).unlink()
    assert [frame.step for frame in read_run(folder).frames] == [0, 20]
    last = run_folder.last_frame(folder)
    assert last is not None
    assert last.step == 20


def one_sentence(folder: Path) -> str:
    with pytest.raises(SavedRunError) as caught:
        read_run(folder)
    words = str(caught.value)
    assert "\n" not in words
    assert words.startswith(f"{folder.name} is not a run that can be opened: ")
    assert words.endswith(".") and not words.endswith("..")
    return words


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("measurements.jsonl", b"[1]\n", "line 1 of measurements.jsonl"),
        ("measurements.jsonl", b'{"step": 3, "loss_d": "high"}\n', "line 1 of measurements.jsonl"),
        ("measurements.jsonl", b'{"step": 3}\n{"step": 3}\n', "line 2 of measurements.jsonl"),
        ("measurements.jsonl", b'{"step": true}\n', "line 1"),
        ("measurements.jsonl", b"\xff\xfe\n", "utf-8"),
        ("measurements.jsonl", b"[" * 100_000 + b"\n", "line 1"),
        ("frames.jsonl", b'{"step": 0, "histogram": 3}\n', "line 1 of frames.jsonl"),
        ("frames/step-000000.png", b"GIF89a", "step-000000.png is not a PNG"),
        ("real.png", b"", "real.png is not a PNG"),
        ("opening.json", b"{}", "validation"),
        ("run.json", b'{"name": 3}', "created"),
        ("checkpoint.safetensors", b"", "checkpoint"),
        ("checkpoint.safetensors", b"\xff" * 1000, "checkpoint"),
    ],
)
def test_damage_is_told_in_one_sentence(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    folder = saved(tmp_path / "run", 40)
    (folder / name).write_bytes(content)
    assert told in one_sentence(folder)


def test_a_checkpoint_cut_short_is_damage(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 40)
    path = folder / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    one_sentence(folder)


def test_other_folders_are_no_runs(tmp_path: Path) -> None:
    assert "experiment.json is missing" in one_sentence(tmp_path / "none")
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "beach.png").write_bytes(png(3))
    assert "experiment.json is missing" in one_sentence(tmp_path / "holiday")
    (tmp_path / "file").touch()
    one_sentence(tmp_path / "file")
    (tmp_path / "holiday" / "experiment.json").write_text('{"colour": "blue"}')
    assert "colour" in one_sentence(tmp_path / "holiday")


@given(st.binary(max_size=300), st.sampled_from(["measurements.jsonl", "frames.jsonl", "opening.json", "run.json"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    folder = saved(tmp_path_factory.mktemp("any") / "run", 0)
    (folder / name).write_bytes(content)
    with contextlib.suppress(SavedRunError):
        read_run(folder)


def test_one_writer_at_a_time_who_clears_away_what_a_killed_one_left(tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", 20)
    for left in (folder / ".checkpoint.safetensors.1-1.part", folder / "frames" / ".step-000000.png.1-1.part"):
        left.write_bytes(b"half")
    with FolderLock(folder):
        assert not list(folder.rglob("*.part"))
        with pytest.raises(Locked, match=r"run is being written by another run"), FolderLock(folder):
            pass
    with FolderLock(folder):
        pass


WRITER = """
import sys, time
from pathlib import Path
from gan_core.files.folder_lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("locked", flush=True)
time.sleep(600)
"""


def test_the_lock_of_a_killed_writer_is_gone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None and writer.stdout.readline().strip() == b"locked"
        with pytest.raises(Locked):
            FolderLock(tmp_path)
        writer.kill()
        writer.wait()
    FolderLock(tmp_path).close()


def test_a_lock_is_given_back_by_another_thread_also_when_its_folder_has_moved(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    lock = FolderLock(folder)
    moved = folder.rename(tmp_path / "moved")
    with pytest.raises(Locked):
        FolderLock(moved)
    thread = threading.Thread(target=lock.close)
    thread.start()
    thread.join()
    FolderLock(moved).close()


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="cannot be written"):
        FolderLock(tmp_path / "nowhere")
