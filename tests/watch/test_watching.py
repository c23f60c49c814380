"""What is handed over in whatever form, what cannot be used or written, and what is kept of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from commanding import command, outcome
from torch import nn
from watch.loops import drawn

from gan_core import data
from gan_core.saved_runs.store import Store
from gan_core.saved_runs.watched_runs import WatchedRun
from gan_core.watch import Watch
from gan_core.watch.record import MOST_FRAMES, MOST_ROWS

REAL = drawn(32, np.random.default_rng(1))


class OfAnotherLibrary:
    """An array that gives itself to numpy, as jax's and TensorFlow's do, and can be sliced."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __getitem__(self, part: slice) -> OfAnotherLibrary:
        return OfAnotherLibrary(self.values[part])

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.values.astype(dtype or self.values.dtype)


def only(store: Store) -> WatchedRun:
    (heading,) = store.watched()
    return store.read_watched(heading.run_id)


FORMS = {
    "numpy": REAL[::-1].copy(),
    "torch": torch.from_numpy(REAL[::-1].copy()).requires_grad_(),
    "bfloat16": torch.from_numpy(REAL[::-1].copy()).bfloat16(),
    "another library": OfAnotherLibrary(REAL[::-1].copy()),
    "channels last": np.moveaxis(REAL[::-1], 1, -1),
    "flat": REAL[::-1].reshape(32, -1),
    "without channels": REAL[::-1][:, 0],
    "a list": REAL[::-1].tolist(),
}


@pytest.mark.parametrize("form", FORMS)
def test_images_of_any_kind_are_measured(form: str, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    Watch("any", real=REAL)(0, fake=FORMS[form])
    run = only(store)
    assert run.rows[0].measurements["histogram_distance"] < 2e-3  # the same images in another order
    assert run.frames[0].fake_png.startswith(b"\x89PNG") and run.opening is not None
    assert capsys.readouterr().err == ""


WRONG: dict[str, dict[str, Any]] = {
    "fake has the shape (4, 1, 8, 8)": {"fake": REAL[:4, :, :8, :8]},
    "fake has the shape (16,)": {"fake": np.zeros(16)},
    "fake, of type str": {"fake": "pictures"},
    "loss_d, of type object": {"loss_d": object()},
    "loss_g holds no number": {"loss_g": np.zeros(0)},
    "generator is a int": {"generator": 3},
    "real_logits, of type dict": {"real_logits": {}, "fake_logits": np.zeros(3)},
}


@pytest.mark.parametrize("words", WRONG)
def test_what_cannot_be_used_is_said_once_and_ends_nothing(
    words: str, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch("wrong", real=REAL, every=1)
    for step in range(4):
        watch(step, **{"loss_d": 1.0, **WRONG[words]})
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"watch: {words}") and ":" in line.removeprefix("watch: ")
    assert [row.step for row in only(store).rows] == [0, 1, 2, 3]  # the rest was measured


def test_what_the_watch_itself_is_given_wrongly_ends_nothing_either(capsys: pytest.CaptureFixture[str]) -> None:
    with Watch("", real=[1, 2], data_range=(1, 1), every=0) as watch:
        watch("many", fake=REAL)  # type: ignore[arg-type]
        watch(0, fake=REAL, loss_d=1.0)
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[1].split("=")[0] for line in said] == ["data_range", "every", "real", "step"]


def test_real_images_beyond_the_range_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    Watch("bytes", real=(REAL + 1) * 127.5)
    Watch("bright", real=(REAL + 1) / 2)
    beyond, above = capsys.readouterr().err.splitlines()
    assert "real reaches from" in beyond and "no value below" in above


def test_steps_that_begin_anew_are_counted_on(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch("epochs", every=10)
    for _ in range(3):
        for step in range(25):
            watch(step, loss_d=1.0)
    assert [row.step for row in only(store).rows] == [0, 10, 20, 30, 40, 50, 60, 70]
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_weights_that_stand_still_are_seen_at_any_distance_of_steps(store: Store) -> None:
    network, still = nn.Linear(3, 3), nn.Linear(3, 3)
    watch = Watch("still", every=5)
    for step in range(60):
        with torch.no_grad():
            network.weight += 1e-6
        watch(step, generator=still, discriminator=network)
    assert [finding.failure for finding in watch.findings()] == ["no-gradient-to-g"]
    assert {row.measurements.get("still_d") for row in only(store).rows} == {None, 0.5}  # its bias stands still


def test_a_nan_is_named_at_once_and_crossed_out(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch("nan", real=REAL, every=1)
    watch(0, fake=REAL, loss_d=1.0)
    watch(1, fake=REAL * np.float32("nan"), loss_d=float("inf"))
    assert [(finding.failure, finding.since_step) for finding in watch.findings()] == [("non-finite", 1)]
    assert "NaN or infinity (since step 1)" in capsys.readouterr().err
    assert len(only(store).frames) == 2


def test_the_store_the_command_and_the_loop_say_the_same(store: Store) -> None:
    watch = Watch("the same", real=REAL, every=10)
    for step in range(700):
        watch(step, fake=np.full_like(REAL, -1), loss_d=0.7, loss_g=0.7)
    said = [finding.as_dict() for finding in watch.findings()]
    assert [finding["failure"] for finding in said] == ["blank-black"]
    for name in ("the same", watch.run_id, str(store.folder(watch.run_id))):
        told = outcome(command("diagnose", name))
        assert told["findings"] == said and told["step"] == 690
        assert "no-gradient-to-g" in told["not_judged"] and "blank-black" not in told["not_judged"]
    (listed,) = outcome(command("runs", "same"))
    assert (listed["watched"], listed["findings"]) == (True, ["blank-black"])
    assert outcome(command("runs", "loss=hinge")) == []


def test_what_is_kept_is_bounded_and_the_folder_has_all_of_it(store: Store) -> None:
    watch = Watch("long", real=REAL[:2, :, :4, :4], every=1)
    for step in range(MOST_ROWS + 60):
        watch(step, loss_d=float(step), fake=REAL[:2, :, :4, :4] if step % 10 == 0 else None)
    run = only(store)
    steps = [row.step for row in run.rows]
    assert len(steps) <= MOST_ROWS and steps[0] == 0 and steps[-1] == MOST_ROWS + 59
    assert all(row.measurements["loss_d"] == row.step for row in run.rows)
    frames = [frame.step for frame in run.frames]
    assert len(frames) <= MOST_FRAMES and frames[0] == 0 and frames[-1] == MOST_ROWS + 50
    assert len(list((run.folder / "frames").iterdir())) == len(frames)


def test_a_place_that_cannot_be_written_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "file" / "home"))
    watch = Watch("nowhere", every=1)
    for step in range(5):
        watch(step, loss_d=float("nan"))
    watch.close()
    refused, named = capsys.readouterr().err.splitlines()
    assert "cannot be written" in refused and "The training goes on" in refused
    assert "NaN" in named and [finding.failure for finding in watch.findings()] == ["non-finite"]


def test_a_full_store_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Watch("first", real=REAL).close()
    monkeypatch.setenv("GAN_HOME_MB", "0.0001")
    watch = Watch("second", every=1)
    watch(0, loss_d=1.0)
    assert watch.run_id == "" and "GAN_HOME_MB" in capsys.readouterr().err


def test_once_there_is_room_again_everything_is_written(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch("room", real=REAL, every=1)
    folder, away = store.folder(watch.run_id), tmp_path / "away"
    watch(0, fake=REAL, loss_d=1.0)
    shutil.move(folder, away)
    watch(1, fake=REAL, loss_d=1.0)
    assert "cannot be written" in capsys.readouterr().err
    shutil.move(away, folder)
    watch(2, fake=REAL, loss_d=1.0)
    watch.close()
    run = only(store)
    assert [row.step for row in run.rows] == [frame.step for frame in run.frames] == [0, 1, 2]
    assert run.facts.ended


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A GAN_HOME of little room: a file system of its own."""
    home = tmp_path / "small"
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=900k", "none", str(home)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a file system (root on Linux)")
    monkeypatch.setenv("GAN_HOME", str(home))
    yield home
    subprocess.run(["umount", "-l", home], check=True)


def test_on_a_full_disk_the_training_goes_on_and_all_is_written_once_there_is_room(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / "other").write_bytes(bytes(800_000))
    watch = Watch("full", real=REAL, every=1)
    steps = 150
    for step in range(steps):
        watch(step, fake=REAL, loss_d=1.0, generator=nn.Linear(2, 2))
    (line,) = capsys.readouterr().err.splitlines()
    assert "there is no room left" in line and "The training goes on" in line
    kept = only(Store.from_environment())  # what had room is whole, and can be read
    assert 0 < len(kept.rows) < steps and kept.rows[-1].step == len(kept.rows) - 1 and not kept.facts.ended
    (small / "other").unlink()
    watch.close()
    run = only(Store.from_environment())
    assert [row.step for row in run.rows] == list(range(steps)) and run.facts.ended


def test_large_images_are_reduced_and_as_large_ones_compared(store: Store) -> None:
    large = np.kron(drawn(16, np.random.default_rng(2)), np.ones((1, 3, 16, 8), np.float32))  # 256 x 128
    Watch("large", real=large)(0, fake=large[::-1])
    run = only(store)
    assert run.facts.shape == (3, 256, 128) and run.facts.shown == (64, 32)
    assert run.rows[0].measurements["histogram_distance"] < 0.1


def test_classes_are_told_where_the_data_set_is_known(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    digits = data.load("digits", 16, 1)
    real = digits.pixels[:64].astype(np.float32) / 127.5 - 1
    watch = Watch("digits", real=real, classes="digits", every=1)
    ones = digits.pixels[np.asarray(digits.labels) == 1][:64].astype(np.float32) / 127.5 - 1
    watch(0, fake=digits.pixels[64:128].astype(np.float32) / 127.5 - 1)
    watch(1, fake=ones)
    first, second = (row.measurements for row in only(store).rows)
    assert first["modes_covered"] >= 9 and first["recognised"] > 0.7
    assert second["modes_covered"] <= 2 and second["class_share_1"] > 0.8
    opening = only(store).opening
    assert opening is not None and opening.classes is not None and len(opening.classes.names) == 10
    assert capsys.readouterr().err == ""


def test_classes_that_cannot_be_told_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    Watch("unknown", real=REAL, classes="cats")
    Watch("no pictures", classes="digits")
    unknown, without = capsys.readouterr().err.splitlines()
    assert "classes='cats' cannot be told apart" in unknown and "pass real=" in without
