"""Zip files that are refused: names that leave their folder, links, passwords, and bombs, which are never unpacked."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from bringing import packed, packed_without_name, png_of
from files.small_files import NPY, PNG, ZIP, refused


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
