"""Everything that can be brought, read by what it is; and what is refused, in one sentence and within bounds."""

from __future__ import annotations

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from bringing import npy, npz, packed, packed_without_name, picture, png_of, pt
from PIL import Image

from gan_core.files import bounds, contents, pictures
from gan_core.files.errors import DataError

SLOPE = np.arange(20 * 24, dtype=np.uint8).reshape(20, 24)
COLOUR = np.stack([SLOPE, SLOPE.max() - SLOPE, np.full_like(SLOPE, 9)], axis=2)


def refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        contents.read(name, content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


# ------------------------------------------------------------------------------------------------- read


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


# ---------------------------------------------------------------------------------------------- refused

PNG, NPY, PT, ZIP = (
    picture(SLOPE),
    npy(np.zeros((2, 8, 8))),
    pt(torch.zeros(2, 8, 8)),
    packed({"a.png": picture(SLOPE)}),
)


@pytest.mark.parametrize("name", ["x.npy", "x.pt", "x.png", "x.zip", "x.csv", "x.jsonl", "x.npz"])
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty, 0 bytes"), (b"\0" * 1000, "x[.]"), (bytes(range(256)) * 9, "x[.]"), (b"PK", "x[.]")],
)
def test_what_is_no_file_of_its_kind(name: str, content: bytes, words: str) -> None:
    refused(name, content, words)


@pytest.mark.parametrize("content", [PNG, NPY, PT, ZIP], ids=["png", "npy", "pt", "zip"])
def test_cut_short_anywhere(content: bytes) -> None:
    name = {PNG: "x.png", NPY: "x.npy", PT: "x.pt", ZIP: "x.zip"}[content]
    for length in range(1, len(content) - 1, max(1, len(content) // 97)):
        # Every pixel is there without a PNG's checksums and end mark.
        if name == "x.png" and length > len(content) - 24:
            continue
        refused(name, content[:length], "x[.]")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.npy", PNG, "holds a picture, but its name says an array: rename it to end in .png"),
        ("x.npy", ZIP, "holds a zip file, but its name says an array"),
        ("x.png", NPY, "holds an array, but its name says a picture"),
        ("x.pt", PNG, "holds a picture, but its name says tensors"),
        ("x.csv", ZIP, "holds a zip file, but its name says a training log"),
        ("x.zip", PT, "was written by torch.save: rename it to end in .pt"),
        ("x.pt", ZIP, "was not written by torch.save"),
        ("x.exe", PNG, "does not end in any of .npy"),
        ("x", PNG, "does not end in any of .npy"),
        ("x.npy.txt", NPY, "holds an array, but its name says a training log: rename it to end in .npy"),
        ("x.pt", b"\x80\x04K\x01.", "no tensor and no list of numbers"),
    ],
)
def test_names_that_do_not_fit(name: str, content: bytes, words: str) -> None:
    refused(name, content, words)


def test_a_name_from_anywhere_stays_on_one_line_and_short() -> None:
    refused("../a\nb\x1b[31m" + "z" * 500 + ".npy", b"no array", "not a valid .npy file")


@pytest.mark.parametrize("width", [6000, 60_000, 2**31 - 1])
def test_a_huge_picture_is_refused_by_its_header(width: int) -> None:
    refused("x.png", png_of(width, 60_000), "more than 25 megapixels")


def test_a_wide_jpeg_and_gif_too() -> None:
    jpeg = bytearray(picture(SLOPE, "JPEG"))
    size = jpeg.index(b"\xff\xc0") + 5
    jpeg[size : size + 4] = struct.pack(">HH", 60_000, 60_000)
    refused("x.jpg", bytes(jpeg), "more than 25 megapixels")
    gif = bytearray(picture(SLOPE, "GIF"))
    gif[6:10] = struct.pack("<HH", 60_000, 60_000)
    refused("x.gif", bytes(gif), "more than 25 megapixels")


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ({"../out.png": PNG}, "../out.png, which leaves its folder"),
        ({"a/../../out.png": PNG}, "leaves its folder"),
        ({"/etc/out.png": PNG}, "leaves its folder"),
        ({"..\\out.png": PNG}, "leaves its folder"),
        ({"C:/out.png": PNG}, "leaves its folder"),
        ({"a.png": PNG, ".hidden/../../b.png": PNG}, "leaves its folder"),
        ({"inner.zip": ZIP}, "inner.zip in x.zip is a zip file again"),
        ({"a.txt": b"words"}, "holds no picture that can be read"),
        ({"a.png": PNG[:60]}, "holds no picture that can be read"),
        ({"wide.png": png_of(60_000, 60_000)}, "wide.png in x.zip has more than 25 megapixels"),
        ({"x.npy": NPY[:-1]}, "x.npy in x.zip is cut short"),
        ({}, "holds no picture"),
    ],
)
def test_zips(inside: dict[str, bytes], words: str) -> None:
    refused("x.zip", packed(inside), words)


def test_a_name_that_is_not_utf_8() -> None:
    content = packed({"grün.png": PNG}).replace("grün".encode(), b"gr\xff\xfen")
    refused("x.zip", content, "not UTF-8")


def test_a_name_of_nothing() -> None:
    refused("x.zip", packed({".": PNG}), "holds a file without a name")
    refused("x.zip", packed_without_name(PNG), "holds a file without a name")


def test_a_link() -> None:
    link = zipfile.ZipInfo("link.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    refused("x.zip", file.getvalue(), "holds the link link.png")


def test_a_password() -> None:
    content = bytearray(ZIP)
    content[content.index(b"PK\x01\x02") + 8] |= 1
    refused("x.zip", bytes(content), "password")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_not_unpacked(packing: int) -> None:
    refused("x.zip", packed({"a.png": PNG}, packing), "ordinary zip file")


def peak(act: Callable[[], None]) -> int:
    """Bytes that Python and numpy held at most while it acted."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed({"a.png": PNG, "b.npy": bytes(150_000_000)})
    assert peak(lambda: refused("x.zip", bomb, "as a zip bomb does")) < 5_000_000
    large = packed({"b.npy": bytes(210_000_000)})
    assert peak(lambda: refused("x.zip", large, "takes 210 MB unpacked, but 200 MB are allowed")) < 5_000_000
    several = packed({f"{number}.npy": bytes(70_000_000) for number in range(3)})
    assert peak(lambda: refused("x.zip", several, "GB are allowed")) < 5_000_000


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = packed({"a.png": bytes(100_000_000)}).replace((100_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert peak(lambda: refused("x.zip", bomb, "x.zip")) < 5_000_000


def test_members_that_overlap() -> None:
    """One member's content under many names, as in bombs that need no nesting."""
    content = packed({"a.npy": bytes(60_000_000)})
    start = content.index(b"PK\x01\x02")
    entry = content[start : content.index(b"PK\x05\x06")]
    several = entry * 50
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 50, 50, len(several), start, 0)
    assert peak(lambda: refused("x.zip", content[:start] + several + end, "GB are allowed")) < 5_000_000


@pytest.mark.parametrize("number", [2_001, 20_000, 300_000])
def test_thousands_of_entries(number: int) -> None:
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, number & 0xFFFF, number & 0xFFFF, number * len(entry), 0, 0)
    many = entry * number + end
    # Named as zip files begin: a local header.
    assert peak(lambda: refused("x.zip", many, "more than 2,000 files|not a zip file")) < 10_000_000
    refused("x.zip", packed({f"{index}.png": b"" for index in range(2_001)}), "more than 2,000 files")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"step,loss\n", "holds no columns of numbers"),
        ("x.csv", b"\xff\xfes\0t\0e\0p\0", "holds no columns of numbers"),
        ("x.csv", b"a,b\n1,\0\n", "zero bytes"),
        ("x.csv", b"a," * 600 + b"b\n1", "more than 500 columns"),
        ("x.csv", b"a" * 200_000, "characters|as a table"),
        ("x.csv", b'"' + b"a" * 200_000, "cannot be read as a table"),
        ("x.csv", b"a\n" + b"1\n" * 200_001, "more than 200,000 lines"),
        ("x.jsonl", b'{"a": 1}\nwords\n{"a": 2}', "damaged in line 2"),
        ("x.jsonl", b'{"a": ' + b"[" * 100_000, "damaged in line 1"),
        ("x.jsonl", b'{"a": 1' + b"0" * 5000 + b"}", "damaged in line 1"),
        ("x.jsonl", b"[1, 2]", "holds no columns of numbers"),
        ("x.jsonl", b'{"a": "words"}', "holds no columns of numbers"),
    ],
)
def test_logs(name: str, content: bytes, words: str) -> None:
    refused(name, content, words)


def test_too_large_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    with path.open("wb") as file:
        file.truncate(bounds.FILE_BYTES + 1)  # sparse: takes no room
    with pytest.raises(DataError, match="200 MB are allowed"):
        contents.read_path(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_neither_file_nor_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npy")
    with pytest.raises(DataError, match="neither a file nor a folder"):
        contents.read_path(tmp_path / "pipe.npy")
    with pytest.raises(DataError, match="cannot be read"):
        contents.read_path(tmp_path / "nowhere.npy")


def test_a_folder_of_thousands(tmp_path: Path) -> None:
    for number in range(2_001):
        (tmp_path / f"{number}.png").touch()
    with pytest.raises(DataError, match="more than 2,000 files"):
        contents.read_path(tmp_path)


OTHERS = {
    "p.heic": (b"\0\0\0\x18ftypheic" + bytes(99), "a HEIC or AVIF picture.*save it as PNG"),
    "really heic.jpg": (b"\0\0\0\x18ftypheic" + bytes(99), "a HEIC or AVIF picture"),
    "a.mp4": (b"\0\0\0\x20ftypisom" + bytes(99), "a film.*single frames"),
    "f.pdf": (b"%PDF-1.4" + bytes(99), "a PDF file"),
    "f.svg": (b'<?xml version="1.0"?>\n<svg xmlns="x" width="3"></svg>', "an SVG drawing"),
    "f.html": (b"<!doctype html><p>3 4", "a web page"),
    "d.mat": (b"MATLAB 5.0 MAT-file" + bytes(99), "a MATLAB file.*loadmat"),
    "d.h5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "an HDF5 file.*h5py"),
    "d.parquet": (b"PAR1" + bytes(99), "a Parquet table"),
    "log.csv.gz": (b"\x1f\x8b" + bytes(99), "an archive.*unpack it"),
    "a.7z": (b"7z\xbc\xaf'\x1c" + bytes(99), "an archive"),
    "log.xlsx": (packed({"xl/workbook.xml": b"<w/>"}), "an Excel workbook.*as CSV"),
    "g.keras": (packed({"config.json": b"{}"}), "a Keras model"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_formats_are_named_with_what_to_bring_instead(name: str) -> None:
    content, words = OTHERS[name]
    refused(name, content, f"^{name} is {words}")


def test_arrays_that_are_but_losses_are_a_log() -> None:
    losses = np.linspace(1, 0, 30)
    assert [row["d"] for row in contents.read("x.npz", npz(d=losses, g=losses[:20])).rows] == losses.tolist()
    assert contents.read("d_loss.npy", npy(losses)).rows[3] == {"d_loss": losses[3]}
    assert not contents.read("x.npz", npz(d=losses, samples=np.zeros((4, 8, 8)))).rows
