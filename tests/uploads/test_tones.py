"""Faults of tones, figures, 16 bits, transparency and somebody's own real pictures, on pictures that are drawn here."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from bringing import npy, packed, picture
from drawn_pictures import faces, scenes
from numpy.typing import NDArray
from PIL import Image
from study_files import CLEAN, SAME, SPOILT, after, cast, figure, last, real_pictures, signed
from study_files import npy as as_npy

from gan_core.data import load
from gan_core.uploads import Report, examine, own_set, tone_measures
from gan_core.uploads.figures import panels

FACES = faces(24, 64, 0)


def named(report: Report) -> list[str]:
    return [finding.failure for finding in report.findings]


@pytest.mark.parametrize("failure", SPOILT)
def test_spoilt_pictures_are_named_and_the_code_mends_them(failure: str) -> None:
    """A small share of what tests/study_files.py counts."""
    for way, (_, spoil, mends) in enumerate(SPOILT[failure]):
        for number in (0, 2):  # faces, digits
            _, pixels = real_pictures(number)
            spoilt = spoil(pixels, np.random.default_rng(way))
            report = examine("x.npy", as_npy(spoilt))
            assert {failure, *SAME.get(failure, ())} & {*named(report)}, report.measurements
            if mends:
                found = after(report, spoilt, failure)
                assert found is not None
                assert np.abs(found.astype(int) - pixels.astype(int)).mean() < 5  # 4 bits: 17 / 4 by rounding


@pytest.mark.usefixtures("stored_data")
@pytest.mark.parametrize("how", CLEAN)
def test_clean_pictures_are_not_accused(how: str) -> None:
    name, made = CLEAN[how]
    for number in range(6):
        _, pixels = real_pictures(500 + number)
        assert named(examine(name, made(pixels))) == []


def test_a_seam_by_hand() -> None:
    """A slope that runs over the end of the range, and the same one that ends there."""
    slope = np.arange(200, 310, 3)
    over, clipped = (tone_measures.seam(as_drawn) for as_drawn in (ramp(slope % 256), ramp(slope.clip(0, 255))))
    assert over["seam_count"] == len(slope)  # one step of 254 to 1 in each row; up and down, rows are the same
    assert clipped["seam_count"] == 0
    assert over["surfaces"] == clipped["surfaces"] == 1
    assert tone_measures.seam(np.zeros((2, 1, 1, 1), np.uint8)) == {}


def ramp(tones: NDArray[Any]) -> NDArray[np.uint8]:
    return np.tile(tones.astype(np.uint8), (1, 1, len(tones), 1))


@pytest.mark.parametrize("number", [300, 301, 305])  # faces, scenes, digits in colour
def test_rings_of_pictures_that_were_only_multiplied(number: int) -> None:
    _, pixels = real_pictures(number)
    assert "wrapped-pixels" in named(examine("x.npy", as_npy(cast(signed(pixels[:12]) * 255))))


def test_static_has_no_rings() -> None:
    rng = np.random.default_rng(0)
    for static in (rng.integers(0, 256, (12, 48, 48)), rng.normal(128, 60, (12, 48, 48)).clip(0, 255)):
        assert "wrapped-pixels" not in named(examine("x.npy", as_npy(static.astype(np.uint8))))


def test_code_that_saves_anew_gives_the_right_picture() -> None:
    """Where the file has lost half of its tones, on the floats that it was saved from."""
    floats = last(signed(FACES))
    report = examine("x.npy", npy(cast((signed(FACES) * 255).clip(0, 255))))
    names: dict[str, Any] = {}
    exec(next(finding.code for finding in report.findings if finding.failure == "clipped-dark"), names)
    np.testing.assert_array_equal(names["to_pixels"](floats), last(FACES))


# ----------------------------------------------------------------------------------------------- figures


@pytest.mark.parametrize("frame", [False, True])
def test_a_figure_is_cut_into_its_panels(frame: bool) -> None:
    drawn = figure(FACES[:16], 60, frame)
    found = panels(drawn.transpose(2, 0, 1))
    assert found is not None and found.shape == (16, 3, 60, 60)
    resized = np.asarray(Image.fromarray(last(FACES[5:6])[0]).resize((60, 60), Image.Resampling.NEAREST))
    np.testing.assert_array_equal(found[5], resized.transpose(2, 0, 1))


def test_what_figures_show_is_told_of_their_panels() -> None:
    rng = np.random.default_rng(0)
    same = np.repeat(rng.integers(0, 256, (1, 1, 28, 28), np.uint8), 16, axis=0)
    assert named(examine("x.png", picture(figure(same)))) == ["identical-samples", "noise"]
    assert named(examine("x.png", picture(figure(np.zeros((16, 1, 28, 28), np.uint8))))) == ["blank-black"]
    digits = load("digits", 28, 1)
    ones = digits.pixels[digits.labels == 1][:16]
    assert named(examine("x.png", picture(figure(ones)))) == ["mode-collapse"]


def test_other_pictures_are_no_figures() -> None:
    for image in (*FACES[:4], *scenes(4, 96, 0), np.full((3, 80, 80), 255, np.uint8)):
        assert panels(image) is None


def test_of_several_arrays_none_is_cut_because_one_looks_like_a_grid() -> None:
    digits = load("digits", 28, 1).pixels[:, :, 6:22, 6:22]
    looks_like_one = np.concatenate([np.concatenate(list(digits[4 * n : 4 * n + 4, 0]), axis=1) for n in range(4)])
    again = np.concatenate([faces(3, 64, 1).mean(axis=1).astype(np.uint8)[np.arange(63) % 3], looks_like_one[None]])
    report = examine("x.npy", npy(again))
    assert named(report) == ["mode-collapse"]
    assert not any("tiles" in sentence for sentence in report.untold)


# --------------------------------------------------------------------------------- 16 bits, transparency


def deep(scale: int) -> dict[str, bytes]:
    grey = FACES[:12].mean(axis=1)
    return {f"{n:02d}.png": picture(np.rint(x / 255 * scale).astype(np.uint16)) for n, x in enumerate(grey)}


def test_pictures_of_12_bits_are_shown_by_what_they_can_reach() -> None:
    report = examine("deep.zip", packed(deep(4095)))
    assert named(report) == ["low-bit-depth"]
    assert any("more than 8 bits" in sentence for sentence in report.untold)
    assert "4095" in report.findings[0].code
    assert report.pictures is not None and 90 < report.pictures.mean() < 160
    assert named(examine("deep.zip", packed(deep(65535)))) == ["wrong-range-map"]


def rgba(alpha: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.dstack([last(FACES[:1])[0], alpha])).save(file, "PNG")
    return file.getvalue()


def test_transparency_and_palettes_are_told() -> None:
    hole = np.full((64, 64), 255, np.uint8)
    hole[:20] = 0
    told = examine("x.zip", packed({"a.png": rgba(hole), "b.png": rgba(hole | 255)})).untold
    assert any("1 of 2 pictures have transparent pixels, which were put on black" in sentence for sentence in told)
    palette = Image.fromarray(last(FACES[:1])[0]).quantize(16)
    file = io.BytesIO()
    palette.save(file, "PNG")
    assert any("The picture has a palette" in sentence for sentence in examine("x.png", file.getvalue()).untold)


# ----------------------------------------------------------------------------- somebody's own real pictures

OWN = own_set("real.zip", packed({f"{n}.png": picture(last(FACES[n : n + 1])[0]) for n in range(24)}))
OTHERS = faces(24, 64, 99)


@pytest.mark.parametrize(
    ("spoil", "failure"),
    [
        (lambda x: x, None),
        (lambda x: x[..., ::-1], "channel-order"),
        (lambda x: (2.0 * x - 255).clip(0, 255).astype(np.uint8), "clipped-dark"),
        (lambda x: (2.0 * x).clip(0, 255).astype(np.uint8), "shifted-range"),
        (lambda x: (x / 2 + 63.75).astype(np.uint8), "half-range"),
    ],
)
def test_against_ones_own_pictures(spoil: Any, failure: str | None) -> None:
    for values in (last(OTHERS), last(OTHERS).mean(axis=3).astype(np.uint8)):
        if failure == "channel-order" and values.ndim == 3:
            continue
        report = examine("x.npy", npy(np.ascontiguousarray(spoil(values))), OWN)
        assert named(report) == ([failure] if failure else [])
        assert report.against == "real.zip"
        assert any("Against your real pictures the mean tone is" in sentence for sentence in report.untold)


def test_what_is_not_found_is_no_all_clear() -> None:
    report = examine("x.npy", npy(FACES[:3]))
    assert "noise" in report.looked_for
    missing = {(one.failure, one.needed) for one in report.not_judged}
    assert ("identical-samples", "4 pictures or more, each from noise of its own") in missing
    assert ("channel-order", "for red and blue, your own real pictures to compare with") in missing
    assert ("double-sigmoid", "a training log") in missing
