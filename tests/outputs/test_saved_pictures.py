"""Saved pictures: the right pixels, their origin beside and inside, names that sort, and no earlier file lost."""

from __future__ import annotations

import io
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import PIL
import pytest
import torch
from live_runs import ROOT
from PIL import Image
from shown_pictures import decoded
from tiny import trained

from gan_core.engine import take_frame
from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.messages.samples import MOST
from gan_core.outputs import provenance
from gan_core.outputs.provenance import OriginError
from gan_core.outputs.saved_pictures import read_bytes, read_saved, saved_grid, saved_singles, write, zipped
from gan_core.pixels import tiles
from gan_core.pixels.picture_files import FORMATS, PictureError, read
from gan_core.settings.experiment import Experiment

DRAWN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=2)))


def levels(values: np.ndarray, made: Trainer) -> np.ndarray:
    """(C, H, W) to bytes as files hold them, (H, W) or (H, W, 3), in float64."""
    exact = values.astype(np.float64) * made.range_map.std + made.range_map.mean
    pixels = np.rint(exact.clip(0, 255)).astype(np.uint8)
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


@pytest.mark.parametrize("format", sorted(FORMATS))
@pytest.mark.parametrize("settings", [{}, {"channels": 3, "data_range": "standardised", "sample_mode": "eval"}])
def test_a_saved_picture_holds_its_image_and_where_it_comes_from(
    tmp_path: Path, format: str, settings: dict[str, Any]
) -> None:
    made = trained(3, **settings)
    samples = collect(made, MOST)
    saved = saved_singles(samples, format, DRAWN)
    write(saved, tmp_path)
    ending = FORMATS[format].ending
    folder = tmp_path / f"run-{made.experiment.digest}" / "step-000003"
    names = [f"sample-{number:02d}" for number in range(MOST)]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        name + end for name in names for end in (ending, ".json")
    )
    for number in (0, 7, 63):
        path = folder / f"sample-{number:02d}{ending}"
        pixels, text = read(path.read_bytes(), path.name, grey=made.experiment.channels == 1)
        if FORMATS[format].lossless:
            assert np.abs(pixels.astype(int) - levels(samples.values[number], made)).max() <= 1  # float32 at a half
        assert path.with_suffix(".json").read_text() == text
        told = json.loads(text)
        assert np.float32(told["latent"]).tobytes() == samples.latent[number].tobytes()
        assert told["step"] == 3
        assert Experiment(**told["experiment"]) == made.experiment
        assert told["experiment_hash"] == made.experiment.digest
        line = made.range_map
        assert told["range_map"] == {
            "name": line.name, "low": line.low, "high": line.high, "mean": line.mean, "std": line.std
        }  # fmt: skip
        assert told["batchnorm_mode"] == made.experiment.sample_mode
        assert told["versions"] == {
            "python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
            "pillow": PIL.__version__,
        }  # fmt: skip
        assert told["time"] == "2026-03-04T03:06:07+00:00"
        assert told["device"] == "cpu"
        assert ("loss" in told) == (format == "jpeg")


@pytest.mark.parametrize("settings", [{}, {"channels": 3}])
def test_the_grid_is_the_picture_of_the_page(tmp_path: Path, settings: dict[str, Any]) -> None:
    made = trained(2, **settings)
    write([saved_grid(collect(made, MOST), "png", DRAWN)], tmp_path)
    (path,) = tmp_path.rglob("grid.png")
    assert path.parent.name == "step-000002"
    assert np.array_equal(decoded(path.read_bytes()), decoded(take_frame.take(made).fake_png))
    told = json.loads(path.with_suffix(".json").read_text())
    assert np.array_equal(np.float32(told["latent"]), made.probe.z[: tiles.ROWS * tiles.COLUMNS].numpy())
    assert told["grid"] == {"columns": tiles.COLUMNS}


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({"sample_mode": "train"}, True),
        ({"sample_mode": "eval"}, False),
        ({"sample_mode": "train", "norm_g": "layer"}, False),
    ],
)
def test_the_whole_batch_is_told_where_batchnorm_mixes_it(settings: dict[str, Any], needed: bool) -> None:
    samples = collect(trained(1, **settings), MOST)
    for saved in (saved_singles(samples, "png", None)[5], saved_grid(samples, "png", None)):
        told = json.loads(saved.text)
        assert ("others" in told["batch"]) == needed
        assert told["batch"]["count"] == MOST
        if needed:
            whole = provenance.parse(saved.text, "x").batch_latents()
            assert np.array_equal(whole, samples.latent)


def test_the_same_samples_give_the_same_bytes_unless_the_time_is_told() -> None:
    first, second = (saved_grid(collect(trained(1), MOST), "png", None) for _ in range(2))
    assert first == second
    assert "time" not in json.loads(first.text)
    assert saved_grid(collect(trained(1), MOST), "png", DRAWN) != first


def test_jpeg_tells_what_it_lost() -> None:
    samples = collect(trained(1, channels=3, init="normal", init_std=1.0), MOST)
    told = json.loads(saved_grid(samples, "jpeg", None).text)["loss"]
    exact = decoded(saved_grid(samples, "png", None).picture).astype(float)
    with Image.open(io.BytesIO(saved_grid(samples, "jpeg", None).picture)) as image:
        apart = np.abs(np.asarray(image) - exact)
    assert told == {"mean": pytest.approx(apart.mean(), abs=1e-4), "greatest": int(apart.max())}
    assert told["greatest"] > 3


def test_broken_images_are_crossed_out_and_named() -> None:
    made = trained(1)
    made.look().fake[4, 0, 2, 2] = float("nan")
    samples = collect(made, MOST)
    grid = saved_grid(samples, "png", None)
    assert json.loads(grid.text)["crossed"] == [4]
    assert np.array_equal(decoded(grid.picture), decoded(take_frame.take(made).fake_png))
    singles = saved_singles(samples, "png", None)
    assert [json.loads(saved.text).get("crossed") for saved in singles[3:6]] == [None, [0], None]


def test_the_longest_latents_fit_into_every_format() -> None:
    samples = collect(trained(0, latent_dim=512), MOST)
    for format in FORMATS:
        saved = saved_grid(samples, format, None)
        assert read(saved.picture, "x")[1] == saved.text
        assert len(saved.text) < 1_000_000


def test_steps_and_samples_sort_by_name() -> None:
    made = trained(0)
    names = []
    for step in (5, 40, 123, 20_000):
        made.step = step
        names += [str(saved.name) for saved in saved_singles(collect(made, MOST), "png", None)]
    assert sorted(names) == names


def test_part_of_a_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="collect all 64"):
        saved_grid(collect(trained(0), 48), "png", None)


def test_the_zip_holds_the_same_files(tmp_path: Path) -> None:
    samples = collect(trained(1), MOST)
    saved = [*saved_singles(samples, "png", DRAWN), saved_grid(samples, "png", DRAWN)]
    write(saved, tmp_path)
    with zipfile.ZipFile(io.BytesIO(zipped(saved, {}))) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {
        path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert len(packed) == 2 * (MOST + 1)


@pytest.mark.parametrize("format", sorted(FORMATS))
@pytest.mark.parametrize("channels", [1, 3])
def test_what_was_saved_is_read_again_from_the_picture_or_from_its_json(
    tmp_path: Path, format: str, channels: int
) -> None:
    saved = saved_singles(collect(trained(1, channels=channels), MOST), format, None)[9]
    write([saved], tmp_path)
    path = tmp_path / saved.name
    found, pixels = read_saved(path)
    assert (found.step, found.batch.first) == (1, 9)
    again, same_pixels = read_saved(path.with_suffix(".json"))
    assert again == found
    assert pixels.shape == ((8, 8) if channels == 1 else (8, 8, 3))
    assert np.array_equal(pixels, same_pixels)
    assert np.array_equal(read_bytes(saved.picture, "x")[1], pixels)
    path.unlink()
    assert read_saved(path.with_suffix(".json")) == (found, None)


def changed(told: dict[str, Any], **fields: Any) -> str:
    return json.dumps({**told, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": "gan-playground-picture-9"}, "format"),
        ({"step": -1}, "step"),
        ({"latent": [1.0, 2.0]}, "latents that fit neither latent_dim 4"),
        ({"latent": [[1.0] * 4, [2.0] * 4]}, "latents that fit"),
        ({"latent": [float("nan")] * 4}, "latent|finite|JSON"),
        ({"latent": "zeros"}, "latent"),
        ({"grid": {"columns": 0}}, "columns"),
        ({"grid": {"columns": 8}}, "latents that fit"),
        ({"batch": {"count": 64, "first": 64}}, "its batch of 64"),
        ({"batch": {"count": 64, "first": 1, "others": [[0.0] * 4]}}, "its batch of 64"),
        ({"batch": {"count": 10**12, "first": 0}}, "count"),
        ({"experiment": {"lr_g": 7}}, "lr_g"),
        ({"range_map": {"name": "x", "low": 0, "high": 1, "mean": 0, "std": 0}}, "std"),
        ({"batchnorm_mode": "both"}, "batchnorm_mode"),
        ({"more": 1}, "more"),
    ],
)
def test_json_that_was_changed_is_refused_in_one_sentence(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    saved = saved_singles(collect(trained(1), MOST), "png", None)[0]
    path = tmp_path / "x.json"
    path.write_text(changed(json.loads(saved.text), **fields))
    with pytest.raises(OriginError, match=words) as caught:
        read_saved(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.json", b"", "does not say"),
        ("x.json", b"[1, 2]", "does not say"),
        ("x.json", b"\xff\xfe\x00", "does not say"),
        ("x.png", b"", "cannot be read as a picture"),
        ("x.png", saved_grid(collect(trained(0), MOST), "png", None).picture[:-30], "cannot be read as a picture"),
        ("x.png", take_frame.take(trained(0)).fake_png, "no JSON inside"),
        ("none.png", None, "cannot be read"),
    ],
)
def test_other_files_are_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises((OriginError, PictureError), match=words) as caught:
        read_saved(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


SAVE = """
import os, resource, signal, sys
from pathlib import Path, PurePosixPath
from gan_core.outputs.saved_pictures import SavedPicture, write
from gan_core.files.atomic_write import NotWritten
room, user, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
if user and os.geteuid() == 0:  # root may write anywhere
    os.seteuid(user)
sizes = {"a": 9, "b": 3000}
pictures = [SavedPicture(PurePosixPath(f"step/{name}.png"), bytes(size), "{}") for name, size in sizes.items()]
try:
    write(pictures, folder)
except NotWritten as error:
    print(error)
"""


def save(folder: Path, room: int = 0, user: int = 0) -> str:
    call = [sys.executable, "-c", SAVE, str(room), str(user), str(folder)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_full_disk_is_told_in_one_sentence_and_no_earlier_file_is_lost(tmp_path: Path) -> None:
    """The system itself refuses to write more than 1000 bytes, which is in the second picture."""
    (tmp_path / "step").mkdir()
    earlier = {"step/a.png": b"older", "step/a.json": b"older too", "step/b.png": b"older as well"}
    for name, content in earlier.items():
        (tmp_path / name).write_bytes(content)
    told = save(tmp_path, room=1000)
    assert re.fullmatch(r"\S+/step/b\.png cannot be written, there is no room left: make some, .*\.\n", told)
    assert contents(tmp_path) == earlier
    assert save(tmp_path) == ""
    assert {name: len(content) for name, content in contents(tmp_path).items()} == {
        "step/a.png": 9, "step/a.json": 2, "step/b.png": 3000, "step/b.json": 2
    }  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="folders have no such permissions there")
def test_a_read_only_folder_is_told_in_one_sentence() -> None:
    with tempfile.TemporaryDirectory() as name:  # others may enter it, unlike pytest's
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "step").mkdir()
        (folder / "step" / "a.png").write_bytes(b"older")
        (folder / "step").chmod(0o555)
        told = save(folder, user=65534)
        assert re.fullmatch(
            r"\S+/step/a\.png cannot be written, the folder is read-only .*choose another place.*\n", told
        )
        assert contents(folder) == {"step/a.png": b"older"}


@pytest.mark.parametrize("blocking", ["a folder", "a file"])
def test_what_stands_in_the_way_is_told_and_nothing_is_written(tmp_path: Path, blocking: str) -> None:
    if blocking == "a folder":
        (tmp_path / "step" / "b.json").mkdir(parents=True)
    else:
        (tmp_path / "step").write_bytes(b"a file")
    before = contents(tmp_path)
    told = save(tmp_path)
    assert "cannot be written" in told
    assert told.count("\n") == 1
    assert contents(tmp_path) == before


def test_the_page_can_save_without_torch() -> None:
    script = "import gan_core.outputs.saved_pictures, gan_core.outputs.gif, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_names_are_paths_below_the_folder() -> None:
    saved = saved_grid(collect(trained(0), MOST), "png", None, PurePosixPath("samples/step-000000"))
    assert str(saved.name) == "samples/step-000000.png"
    assert list(map(str, saved.files())) == ["samples/step-000000.png", "samples/step-000000.json"]
