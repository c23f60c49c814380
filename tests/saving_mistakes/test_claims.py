"""The journey from tensor to file against what was measured apart from it: the ledger's numbers, Pillow, the documents'
own functions."""

from __future__ import annotations

import io
import platform

import numpy as np
import pytest
from PIL import Image
from saving_mistakes.images import RAW, SIGNED, UNIT, colourful, grey, read

from gan_core.saving_mistakes.journey import Choices, travel
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES
from gan_core.saving_mistakes.sample_tensors import TensorSample


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="measured on x86; C leaves it open")
def test_claim_13_what_wraps_to_what() -> None:
    image = grey([-1, -0.5, -128, -300, 256, 300])
    file = travel(image, RAW, Choices(clip="none", cast="truncate")).file
    assert read(file).tolist() == [[255, 0, 128, 212, 0, 44]]


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="measured on x86; C leaves it open")
def test_claim_46_what_document_003s_first_example_makes_of_tanh() -> None:
    image = grey([-1, -0.077, -0.01, 1.004])
    file = travel(image, SIGNED, Choices(map="times255", clip="none", cast="truncate")).file
    assert read(file).tolist() == [[1, 237, 254, 0]]


def test_claim_11_truncation_is_half_a_level_too_dark() -> None:
    image = np.random.default_rng(0).uniform(0, 1, (1, 300, 300)).astype(np.float32)
    exact = image[0].astype(float) * 255
    truncated, rounded = (read(travel(image, UNIT, Choices(cast=cast)).file) for cast in ("truncate", "round"))
    assert (truncated - exact).mean() == pytest.approx(-0.499, abs=0.005)
    assert (rounded - exact).mean() == pytest.approx(0, abs=0.005)
    assert (truncated == 255).mean() < 1e-4 < (rounded == 255).mean()


def test_claims_6_and_7_a_clip_after_tanh_changes_nothing(tensors: dict[str, TensorSample]) -> None:
    for image in tensors["tanh"].values:
        judgement = judge(image, SIGNED, Choices(clip="none"))
        assert judgement.findings == [] and judgement.difference is not None and judgement.difference.greatest == 0
        assert "a clip would change 0 of 784 values" in judgement.notes[0]


def test_claim_3_negative_floats_raise_nothing_and_tiff_keeps_them(tensors: dict[str, TensorSample]) -> None:
    image = tensors["tanh"].values[1]
    journey = travel(image, SIGNED, Choices(map="none", clip="none", cast="none", file="tiff"))
    assert journey.broke is None and journey["pil"].mode == "F"
    assert np.array_equal(read(journey.file), image[0]) and image.min() < -0.9


def test_claim_5_convert_clamps_and_truncates() -> None:
    journey = travel(grey([-7.3, 177.9, 300]), RAW, Choices(clip="none", cast="none", pil="convert"))
    assert read(journey.file).tolist() == [[0, 177, 255]]


@pytest.mark.parametrize(
    ("symptom", "name", "at", "error"),
    [
        ("error", "hw1", "pil", "TypeError: Cannot handle this data type: (1, 1, 1), |u1"),
        ("error", "1hw", "pil", "TypeError: Cannot handle this data type: (1, 1, 28), |u1"),
        ("error", "w1h", "pil", "TypeError: Cannot handle this data type: (1, 1, 28), |u1"),
        ("error", "batch", "pil", "TypeError: Cannot handle this data type: (1, 1, 28, 28), |u1"),
        ("error", "float", "pil", "TypeError: Cannot handle this data type: (1, 1, 3), <f4"),
        ("error", "int64", "pil", "TypeError: Cannot handle this data type: (1, 1), <i8"),
        ("error", "mode", "pil", "ValueError: Invalid mode for data type"),
        ("error", "float-grey", "file", "OSError: cannot write mode F as PNG"),
    ],
)
def test_claims_4_8_45_47_48_the_exceptions_are_pillows_own(
    tensors: dict[str, TensorSample], symptom: str, name: str, at: str, error: str
) -> None:
    mistake = KNOWN_MISTAKES[symptom][name]
    tensor = tensors[mistake.source]
    broke = travel(tensor.values[mistake.image], tensor.range_map, mistake.choices).broke
    assert broke is not None
    assert (broke.name, broke.error) == (at, error)


def test_claim_42_imshow_makes_half_of_the_values_black() -> None:
    image = np.random.default_rng(0).uniform(-1, 1, (3, 64, 64)).astype(np.float32)
    pixels = read(travel(image, SIGNED, Choices(map="imshow")).file)
    expected = np.rint(np.clip(image, 0, 1) * 255).transpose(1, 2, 0)
    assert np.array_equal(pixels, expected)
    (finding,) = judge(image, SIGNED, Choices(map="imshow")).findings
    assert {e.measurement: e.value for e in finding.evidence}["made_black"] == pytest.approx(0.5, abs=0.02)


def test_claim_45_document_003s_first_example_on_colours_in_0_to_1() -> None:
    image = colourful()
    theirs = (image * 255).astype(dtype="uint8").transpose((1, 2, 0))
    assert np.array_equal(read(travel(image, UNIT, Choices(cast="truncate")).file), theirs)


def test_claim_50_what_is_lossless_and_what_is_not() -> None:
    image = colourful()
    exact = np.rint(image * 255).astype(np.uint8).transpose(1, 2, 0)
    for file in ("png", "tiff", "webp"):
        assert np.array_equal(read(travel(image, UNIT, Choices(file=file)).file), exact)
    errors = []
    for quality in (95, 75, 10):
        direct = io.BytesIO()
        Image.fromarray(exact).save(direct, "JPEG", quality=quality)
        lost = np.abs(read(direct.getvalue()).astype(float) - exact)
        judgement = judge(image, UNIT, Choices(file="jpeg", quality=quality))
        (finding,) = judgement.findings
        assert finding.failure == "jpeg-loss"
        assert {e.measurement: e.value for e in finding.evidence} == {
            "jpeg_mean_error": pytest.approx(lost.mean()),
            "jpeg_greatest_error": lost.max(),
        }
        assert judgement.difference is not None
        assert (judgement.difference.mean, judgement.difference.greatest) == (pytest.approx(lost.mean()), lost.max())
        errors.append(lost.mean())
    assert 0 < errors[0] < errors[1] < errors[2]


def test_claim_51_jpeg_is_larger_than_png_for_flat_pictures() -> None:
    image = np.zeros((1, 28, 28), np.float32)
    image[0, 8:20, 8:20] = 1
    (finding,) = judge(image, UNIT, Choices(file="jpeg")).findings
    assert "not even smaller than PNG" in finding.why


def test_channel_order_against_pillows_own_split_and_transpose() -> None:
    image = colourful()
    right = Image.fromarray(read(travel(image, UNIT, Choices()).file))
    red, green, blue = right.split()
    expected = {
        "bgr": Image.merge("RGB", (blue, green, red)),
        "cwh": right.transpose(Image.Transpose.TRANSPOSE),
        "first": red,
    }
    for order, picture in expected.items():
        journey = travel(image, UNIT, Choices(order=order))
        assert np.array_equal(read(journey.file), np.asarray(picture))
        assert [finding.failure for finding in judge(image, UNIT, Choices(order=order)).findings] == ["channel-order"]
