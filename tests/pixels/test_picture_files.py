"""Files keep every pixel and their text, or tell what they lost; and what is no such file is refused."""

from __future__ import annotations

import io
import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from gan_core.pixels.picture_files import FORMATS, KEY, FormatLoss, PictureError, encode, loss, read

shapes = st.sampled_from([(1, 1), (7, 5), (7, 5, 3), (1, 1, 3), (48, 3), (3, 48)])
LONG = json.dumps({"latent": list(range(40_000))})  # more than a segment of a JPEG holds

PICTURE = np.random.default_rng(0).integers(0, 256, (9, 14, 3), np.uint8)


@given(
    picture=shapes.flatmap(lambda shape: arrays(np.uint8, shape)),
    format=st.sampled_from(sorted(FORMATS)),
    text=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
)
def test_every_pixel_and_the_text_are_in_the_file(picture: np.ndarray, format: str, text: str) -> None:
    content = encode(picture, format, text)
    assert encode(picture, format, text) == content
    found, told = read(content, "x", grey=picture.ndim == 2)
    assert told == text
    assert (found.dtype, found.shape) == (np.uint8, picture.shape)
    if FORMATS[format].lossless:
        assert np.array_equal(found, picture)


@pytest.mark.parametrize("format", sorted(FORMATS))
@pytest.mark.parametrize("text", ["{}", LONG])
def test_others_find_the_text_where_the_format_has_its_place(format: str, text: str) -> None:
    with Image.open(io.BytesIO(encode(PICTURE, format, text))) as image:
        assert image.format == FORMATS[format].pillow
        assert np.abs(np.asarray(image).astype(int) - PICTURE).max() <= (0 if FORMATS[format].lossless else 60)
        found = {
            "png": lambda: image.text[KEY],
            "tiff": lambda: image.tag_v2[270],
            "webp": lambda: image.getexif()[270],
            "jpeg": lambda: b"".join(content for kind, content in image.applist if kind == "COM").decode(),
        }[format]()
    assert found == text


@pytest.mark.parametrize("format", ["png", "tiff", "jpeg"])
def test_grey_stays_grey(format: str) -> None:
    assert Image.open(io.BytesIO(encode(PICTURE[..., 0], format))).mode == "L"


def test_webp_has_no_grey_so_one_has_to_say_so() -> None:
    content = encode(PICTURE[..., 0], "webp")
    assert read(content, "x")[0].shape == (9, 14, 3)
    assert np.array_equal(read(content, "x", grey=True)[0], PICTURE[..., 0])


def test_the_loss_is_what_pillow_reads_back() -> None:
    content = encode(PICTURE, "jpeg")
    apart = np.abs(np.asarray(Image.open(io.BytesIO(content))).astype(float) - PICTURE)
    found = loss(PICTURE, "jpeg")
    assert (found.mean, found.greatest) == (pytest.approx(apart.mean()), apart.max())
    assert found.greatest > 0
    for format in ("png", "tiff", "webp"):
        assert loss(PICTURE, format) == FormatLoss(0.0, 0)


def test_the_loss_counts_downwards_too() -> None:
    dark, light = np.array([[0, 10]], np.uint8), np.array([[255, 12]], np.uint8)
    assert FormatLoss.between(dark, light) == FormatLoss.between(light, dark) == FormatLoss(128.5, 255)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def wide_png() -> bytes:
    """A header of 60,000 by 60,000 pixels and nothing else."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def other_mode(mode: str) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (5, 5)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read as a picture"),
        (b"no picture at all", "cannot be read as a picture"),
        (encode(PICTURE, "png")[:-60], "cannot be read as a picture"),
        (wide_png(), r"60000|exceeds|more than 50,000,000 pixels"),
        (other_mode("RGBA"), "mode RGBA"),
        (other_mode("I;16"), "mode I;16"),
        (other_mode("P"), "mode P"),
    ],
)
def test_what_was_not_saved_here_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=f"^the file .*{words}") as caught:
        read(content, "the file")
    assert "\n" not in str(caught.value)


@given(st.data(), st.sampled_from(sorted(FORMATS)))
def test_a_damaged_file_is_a_picture_or_refused(data: st.DataObject, format: str) -> None:
    content = bytearray(encode(PICTURE, format, '{"step": 1}'))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        found, told = read(cut, "x")
    except PictureError:
        return
    assert found.dtype == np.uint8
    assert isinstance(told, str)


@pytest.mark.parametrize("picture", [np.zeros((3, 4, 4), np.uint8), np.zeros((0, 4), np.uint8), np.zeros((4, 4))])
@pytest.mark.parametrize("format", sorted(FORMATS))
def test_other_shapes_and_types_are_refused(picture: np.ndarray, format: str) -> None:
    with pytest.raises(ValueError, match="picture must"):
        encode(picture, format)


def test_other_formats_and_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="'bmp' is not known: choose png, tiff, webp, jpeg"):
        encode(PICTURE, "bmp")
    with pytest.raises(ValueError, match="ASCII"):
        encode(PICTURE, "png", "größer")
