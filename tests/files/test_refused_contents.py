"""What cannot be brought, and is refused in one sentence and within bounds; zip files have test_archives.py."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from bringing import packed, picture, png_of
from files.small_files import NPY, PNG, PT, SLOPE, ZIP, refused

from gan_core.files import bounds, contents
from gan_core.files.errors import DataError


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
        ("x.exe", ZIP, "does not end in any of .npy"),
        ("x", ZIP, "does not end in any of .npy"),
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
    "train.py": (b"import torch\nprint(3)\n", "a program.*what it prints"),
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
