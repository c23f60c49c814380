"""Everything that can be brought, read by what it is."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from bringing import npy, npz, packed, picture, pt
from files.small_files import COLOUR, SLOPE, refused
from PIL import Image

from gan_core.files import bounds, contents, pictures


@pytest.mark.parametrize("format", ["PNG", "GIF", "BMP", "TIFF", "PPM"])
def test_pictures_without_loss(format: str) -> None:
    for pixels in (SLOPE, COLOUR):
        if format == "GIF" and pixels.ndim == 3:
            continue  # GIF has 256 colours
        ((name, found),) = contents.read("a.png", picture(pixels, format)).pictures
        np.testing.assert_array_equal(found.values, pixels)
        assert (name, found.format, found.jpeg_step) == ("a.png", format, 0.0)


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP"])
def test_of_an_animation_the_last_frame(format: str) -> None:
    frames = [Image.fromarray(np.roll(SLOPE, turned, axis=1)) for turned in (0, 5, 9)]
    file = io.BytesIO()
    frames[0].save(file, format, save_all=True, append_images=frames[1:], lossless=True)
    ((_, found),) = contents.read("a.png", file.getvalue()).pictures
    grey = found.values if found.values.ndim == 2 else found.values[..., 0]  # WebP has colours only
    np.testing.assert_array_equal(grey, np.roll(SLOPE, 9, axis=1))
    assert found.frames == 3


@pytest.mark.parametrize("name", ["a.jfif", "a.JPE", "a", "sample.17"])
def test_a_picture_by_what_is_in_it(name: str) -> None:
    ((_, found),) = contents.read(name, picture(SLOPE, "JPEG", quality=100)).pictures
    assert np.abs(found.values.astype(int) - SLOPE).max() <= 2


def test_an_array_by_what_is_in_it() -> None:
    (found,) = contents.read("samples", npy(np.ones((2, 8, 8), np.float32))).arrays
    np.testing.assert_array_equal(found.values, np.ones((2, 8, 8)))


def test_an_animation_that_would_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "FRAME_PIXELS", bounds.MEGA)
    file, large = io.BytesIO(), [Image.new("L", (600, 600), tone) for tone in (1, 2, 3)]
    large[0].save(file, "GIF", save_all=True, append_images=large[1:])
    refused("a.gif", file.getvalue(), "more than 1 megapixels in its 3 frames: bring the last one alone")


def test_jpeg_tells_its_step() -> None:
    steps = [contents.read("a.jpg", picture(SLOPE, "JPEG", quality=q)).pictures[0][1].jpeg_step for q in (100, 90, 50)]
    assert steps == pytest.approx([1.0, 11.5, 57.6], abs=0.1)


def test_a_tiff_of_floats_keeps_them() -> None:
    file = io.BytesIO()
    Image.fromarray(SLOPE.astype(np.float32) - 300.5).save(file, "TIFF")
    found = contents.read("a.tif", file.getvalue()).pictures[0][1].values
    np.testing.assert_array_equal(found, SLOPE.astype(np.float32) - 300.5)


def test_a_zip_of_pictures_arrays_and_tensors() -> None:
    inside = {
        "run/b.png": picture(SLOPE), "run/a.jpg": picture(COLOUR, "JPEG"), "run/x.npy": npy(np.zeros((2, 8, 8))),
        "run/y.pt": pt({"fake": torch.ones(3, 9, 9)}), "run/notes.txt": b"words", "run/broken.png": picture(SLOPE)[:50],
        "__MACOSX/b.png": b"fork", ".hidden.png": picture(SLOPE),
    }  # fmt: skip
    found = contents.read("all.zip", packed(inside))
    assert [name for name, _ in found.pictures] == ["run/a.jpg", "run/b.png"]
    assert [(array.name, array.values.shape) for array in found.arrays] == [
        ("run/x", (2, 8, 8)),
        ("run/y.pt fake", (3, 9, 9)),
    ]
    assert found.left_out == 2


def test_an_npz() -> None:
    found = contents.read("all.npz", npz(fake=np.ones((2, 8, 8)), labels=np.arange(2)))
    assert {array.name: array.values.shape for array in found.arrays} == {"fake": (2, 8, 8), "labels": (2,)}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table(separator: str) -> None:
    text = f"\ufeffstep,loss_d,note\n1,0.5,a\n\n2,nan,b\n3,,c\n4,{10**400},d\n".replace(",", separator)
    rows = contents.read("log.csv", text.encode()).rows
    assert rows[0] == {"step": 1, "loss_d": 0.5}
    assert np.isnan(rows[1]["loss_d"])
    assert rows[2:] == [{"step": 3}, {"step": 4}]  # a cell of 400 digits is no number of a log


def test_lines_of_json() -> None:
    text = '{"step": 1, "loss_d": NaN, "on": true, "deep": {"a": 1}}\n{"step": 2, "loss_d": 1e999}\n{"step": 3, "lo'
    rows = contents.read("log.jsonl", text.encode()).rows
    assert [set(row) for row in rows] == [{"step", "loss_d", "deep/a"}, {"step", "loss_d"}]
    assert np.isinf(rows[1]["loss_d"])


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(picture(SLOPE))
    (tmp_path / "b.npy").write_bytes(npy(np.zeros((8, 8))))
    (tmp_path / "notes.txt").write_text("words")
    found = contents.read_path(tmp_path)
    assert [name for name, _ in found.pictures] == ["a/1.png"]
    assert [array.name for array in found.arrays] == ["b"]
    assert found.left_out == 1


def test_arrays_that_are_but_losses_are_a_log() -> None:
    losses = np.linspace(1, 0, 30)
    assert [row["d"] for row in contents.read("x.npz", npz(d=losses, g=losses[:20])).rows] == losses.tolist()
    assert contents.read("d_loss.npy", npy(losses)).rows[3] == {"d_loss": losses[3]}
    assert not contents.read("x.npz", npz(d=losses, samples=np.zeros((4, 8, 8)))).rows
