from __future__ import annotations

import io
import os
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_core.data import DataError, folder, load
from gan_core.files.bounds import TRAINING_SET, Several


def png(colour: int | tuple[int, ...], mode: str = "RGB", size: tuple[int, int] = (20, 20), **options) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, options.pop("format", "PNG"), **options)
    return file.getvalue()


def fill(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


FILES = {
    "b/2.png": png((0, 0, 200)),
    "a/1.jpg": png((200, 0, 0), format="JPEG", quality=95),
    "a/.hidden.png": png((9, 9, 9)),
    "__MACOSX/a/1.jpg": b"resource fork",
    "a/notes.txt": b"no picture",
    "b/broken.png": png((1, 2, 3))[:60],
}


@pytest.mark.parametrize("packing", ["folder", "zip", "zip with one folder around"])
def test_folder_and_zip_hold_the_same(tmp_path: Path, packing: str) -> None:
    if packing == "folder":
        path = fill(tmp_path / "pictures", FILES)
    else:
        around = "pictures/" if "around" in packing else ""
        path = packed(tmp_path / "pictures.zip", {around + name: content for name, content in FILES.items()})
    images = folder.load(str(path), 16, 3)
    assert images.pixels.shape == (2, 3, 16, 16)
    assert images.pixels[0, :, 8, 8] == pytest.approx([200, 0, 0], abs=3)
    assert images.pixels[1, :, 8, 8].tolist() == [0, 0, 200]
    assert images.class_names == ("a", "b")
    assert images.labels is not None
    assert images.labels.tolist() == [0, 1]
    assert images.source == f"{path.name}: 2 pictures, 2 other files left out"


@pytest.mark.parametrize("names", [["1.png", "2.png"], ["1.png", "a/2.png"], ["a/1.png", "a/2.png"]])
def test_no_classes_without_several_folders(tmp_path: Path, names: list[str]) -> None:
    images = folder.load(str(fill(tmp_path, {name: png((5, 5, 5)) for name in names})), 8, 1)
    assert len(images) == 2
    assert images.labels is None
    assert images.class_names == ()


def saved(picture: Image.Image, format: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def palette_with_hole() -> Image.Image:
    picture = Image.new("P", (20, 20), 1)
    picture.putpalette([255, 255, 255, 10, 20, 30])
    picture.paste(0, (0, 0, 10, 20))
    return picture


DEEP = Image.fromarray(np.full((20, 20), 100 * 257, np.uint16))
FRAMES = [Image.new("RGB", (20, 20), colour) for colour in ((250, 0, 0), (0, 250, 0))]


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (saved(Image.new("1", (20, 20), 1)), (255, 255, 255), (255, 255, 255)),
        (saved(Image.new("L", (20, 20), 90)), (90, 90, 90), (90, 90, 90)),
        (saved(Image.new("LA", (20, 20), (100, 128))), (50, 50, 50), (50, 50, 50)),
        (saved(Image.new("RGBA", (20, 20), (200, 100, 0, 51))), (40, 20, 0), (40, 20, 0)),
        (saved(palette_with_hole()), (255, 255, 255), (10, 20, 30)),
        (saved(palette_with_hole(), transparency=0), (0, 0, 0), (10, 20, 30)),
        (saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "TIFF"), (255, 0, 0), (255, 0, 0)),
        (saved(DEEP), (100, 100, 100), (100, 100, 100)),
        (saved(DEEP, "TIFF"), (100, 100, 100), (100, 100, 100)),
        (saved(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:]), (250, 0, 0), (250, 0, 0)),
    ],
    ids=["1", "L", "LA", "RGBA", "P", "P-transparent", "CMYK", "16-bit PNG", "16-bit TIFF", "GIF"],
)
def test_every_mode(tmp_path: Path, content: bytes, left: tuple[int, int, int], right: tuple[int, int, int]) -> None:
    path = str(fill(tmp_path, {"picture": content}))
    pixels = folder.load(path, 20, 3).pixels[0]
    assert pixels[:, 10, 2] == pytest.approx(left, abs=1)
    assert pixels[:, 10, 17] == pytest.approx(right, abs=1)
    grey = folder.load(path, 20, 1).pixels[0]
    assert grey.shape == (1, 20, 20)
    red, green, blue = left
    assert grey[0, 10, 2] == pytest.approx(0.299 * red + 0.587 * green + 0.114 * blue, abs=2)


def test_what_was_done_with_transparency_and_16_bits_is_told(tmp_path: Path) -> None:
    files = {"a.png": saved(Image.new("RGBA", (20, 20), (200, 100, 0, 51))), "b.png": png((1, 1, 1))}
    path = str(fill(tmp_path / "clear", files))
    black, white = (folder.load(path, 20, 3, background=colour) for colour in ("black", "white"))
    assert "2 pictures, 1 with transparency, put on black" in black.source and "put on white" in white.source
    np.testing.assert_allclose(black.pixels[0, :, 5, 5], [40, 20, 0], atol=1)
    np.testing.assert_allclose(white.pixels[0, :, 5, 5], [244, 224, 204], atol=1)
    assert folder.load(path, 20, 3).digest == black.digest
    deep = {"a.png": saved(Image.fromarray(np.full((20, 20), 3000, np.uint16)))}
    told = folder.load(str(fill(tmp_path / "deep", deep)), 20, 1).source
    assert "16 bits that reach only 3000 of 65535" in told


def test_floats_are_left_out(tmp_path: Path) -> None:
    files = {"f.tif": saved(Image.new("F", (20, 20), 0.5), "TIFF"), "g.png": png((1, 1, 1))}
    assert "1 other files left out" in folder.load(str(fill(tmp_path, files)), 8, 1).source


def test_centre_is_kept_and_shrinking_averages(tmp_path: Path) -> None:
    wide = np.zeros((40, 120), np.uint8)
    wide[:, 40:80] = np.indices((40, 40)).sum(axis=0) % 2 * 200  # a checkerboard of single pixels
    path = fill(tmp_path, {"wide.png": saved(Image.fromarray(wide))})
    pixels = folder.load(str(path), 8, 1).pixels[0, 0]
    assert pixels[:, 1:-1].tolist() == pytest.approx(np.full((8, 6), 100), abs=8)


def test_turned_as_the_camera_says(tmp_path: Path) -> None:
    picture = Image.new("L", (20, 20), 0)
    picture.paste(255, (0, 0, 20, 10))  # bright on top
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise: bright on the right
    path = fill(tmp_path, {"photo.jpg": saved(picture, "JPEG", exif=exif, quality=95)})
    pixels = folder.load(str(path), 20, 1).pixels[0, 0]
    assert pixels[:, 15:].min() > 240
    assert pixels[:, :5].max() < 15


def test_large_jpeg_is_the_same_as_decoded_whole(tmp_path: Path) -> None:
    slope = np.linspace(0, 255, 1000).astype(np.uint8)[None].repeat(1000, axis=0)
    path = fill(tmp_path, {"large.jpg": saved(Image.fromarray(slope), "JPEG", quality=95)})
    pixels = folder.load(str(path), 10, 1).pixels[0, 0, 5]
    assert pixels[1:-1] == pytest.approx(np.linspace(12.75, 242.25, 10)[1:-1], abs=3)


def test_order_is_by_name(tmp_path: Path) -> None:
    files = {f"{name}.png": png((value, value, value)) for name, value in (("c", 3), ("a", 1), ("b", 2))}
    for path in (fill(tmp_path / "f", files), packed(tmp_path / "f.zip", files)):
        assert folder.load(str(path), 8, 1).pixels[:, 0, 0, 0].tolist() == [1, 2, 3]


def test_read_again_only_when_changed(tmp_path: Path) -> None:
    fill(tmp_path, {"a/1.png": png((1, 1, 1))})
    first = load("folder", 8, 1, folder=str(tmp_path))
    assert load("folder", 8, 1, folder=str(tmp_path)) is first
    fill(tmp_path, {"a/2.png": png((2, 2, 2))})
    assert len(load("folder", 8, 1, folder=str(tmp_path))) == 2


# --------------------------------------------------------------------------------------------- refused


def refused(path: Path | str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        load("folder", 8, 1, folder=str(path))
    assert "\n" not in str(caught.value)


def test_nothing_there(tmp_path: Path) -> None:
    refused("", "folder is empty: give the path")
    refused(tmp_path / "nowhere", "cannot be found")
    refused("a\0b", "cannot be found")
    refused("~nobody-of-this-name/pictures", "cannot be found")
    refused(tmp_path, r"holds no picture that can be read \(0 other files\)")
    refused(packed(tmp_path / "empty.zip", {}), "holds no picture")
    refused(fill(tmp_path / "texts", {"a.txt": b"words"}), r"\(1 other files\)")


def test_unreadable_picture_is_no_foreign_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, {"1.png": png((1, 1, 1))})

    def denied(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", denied)
    refused(tmp_path, r"1\.png cannot be read \(Permission denied\)")


def test_neither_folder_nor_zip(tmp_path: Path) -> None:
    fill(tmp_path, {"one.png": png((1, 1, 1))})
    refused(tmp_path / "one.png", "is not a zip file")


def test_damaged_zip(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.png", png((1, 1, 1)))
    content = bytearray(path.read_bytes())
    content[60] ^= 255  # inside the picture
    path.write_bytes(content)
    refused(path, "is not a zip file that can be read")


def test_zip_that_lies_about_a_size(tmp_path: Path) -> None:
    path = packed(tmp_path / "bomb.zip", {"1.png": bytes(10_000_000)})
    content = path.read_bytes()
    path.write_bytes(content.replace((10_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    refused(path, "is not a zip file that can be read")


def test_bounds_of_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "p.zip", {f"{number}.png": png((1, 1, 1)) for number in range(3)})
    size = len(png((1, 1, 1)))
    monkeypatch.setattr(folder, "BOUNDS", Several(files=3, one=size, together=3 * size - 1))
    refused(path, "allowed: take some pictures out")
    monkeypatch.setattr(folder, "BOUNDS", Several(files=3, one=size - 1, together=3 * size))
    refused(path, "take it out")
    monkeypatch.setattr(folder, "BOUNDS", Several(files=2, one=size, together=3 * size))
    refused(path, "more than 2 files")


def test_bound_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, {f"{number}.png": png((1, 1, 1)) for number in range(3)})
    monkeypatch.setattr(folder, "BOUNDS", replace(TRAINING_SET, files=2))
    refused(tmp_path, "more than 2 files")


@pytest.mark.parametrize("size", [(8000, 7000), (20_000, 20_000)])
def test_huge_picture_is_refused_before_it_is_decoded(tmp_path: Path, size: tuple[int, int]) -> None:
    # A PNG whose header promises what its body does not hold: decoding would fail with another message.
    small = png(0, "L", (10, 10))
    header = small[12:16] + size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big") + small[24:29]
    forged = small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]
    refused(fill(tmp_path, {"huge.png": forged}), "more than 50 megapixels")


def test_password(tmp_path: Path) -> None:
    path = packed(tmp_path / "p.zip", {"1.png": png((1, 1, 1))})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(content)
    refused(path, "password")


@pytest.mark.parametrize("name", ["../../out.png", "/abs.png", "a/../../out.png", "..\\out.png", "C:/out.png"])
def test_nothing_is_written_and_no_path_escapes(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    refused(packed(tmp_path / "in" / "p.zip", {"1.png": png((7, 7, 7)), name: png((8, 8, 8))}), "leaves its folder")
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["p.zip"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    fill(tmp_path, {"1.png": png((1, 1, 1))})
    os.mkfifo(tmp_path / "pipe.png")
    assert len(folder.load(str(tmp_path), 8, 1)) == 1
