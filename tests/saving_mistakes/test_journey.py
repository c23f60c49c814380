"""The journey from tensor to file against what was measured apart from it: the ledger's numbers, Pillow, the documents'
own functions."""

from __future__ import annotations

import io
import platform
import subprocess
import sys
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from gan_core.pixels.range_map import RangeMap
from gan_core.saving_mistakes.journey import Choices, Journey, subject, travel
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES, SYMPTOMS, KnownMistake
from gan_core.saving_mistakes.sample_tensors import SOURCES, TensorSample
from gan_core.saving_mistakes.stage_choices import STAGES, stage_choices

SIGNED = RangeMap.of("[-1,1]", np.zeros(1, np.uint8))
UNIT = RangeMap.of("[0,1]", np.zeros(1, np.uint8))
RAW = RangeMap.of("raw", np.zeros(1, np.uint8))
STANDARDISED = RangeMap.of("standardised", np.array([0, 30, 255], np.uint8))
LINES = {line.name: line for line in (SIGNED, UNIT, RAW, STANDARDISED)}

ALL_MISTAKES = [
    pytest.param(mistake, id=name) for mistakes in KNOWN_MISTAKES.values() for name, mistake in mistakes.items()
]


@pytest.fixture(scope="module")
def tensors() -> dict[str, TensorSample]:
    return {name: source.make() for name, source in SOURCES.items()}


def read(file: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(file)) as picture:
        return np.asarray(picture)


def grey(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, 1, -1)


def colourful(size: int = 32) -> np.ndarray:
    """Smooth colours in [0,1], (3, size, size + 4)."""
    down, across = np.mgrid[0:size, 0 : size + 4] / (size + 4)
    return np.stack([across, down, (across * 7 % 1)]).astype(np.float32)


# ---------------------------------------------------------------------------------------------- the right way


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_right_way_gives_every_byte_back(line: RangeMap, channels: int) -> None:
    pixels = np.arange(256 * channels).reshape(channels, 8, 32).astype(np.uint8)
    right = travel(line.encode(pixels), line, Choices())
    assert np.array_equal(read(right.file), pixels.transpose(1, 2, 0) if channels == 3 else pixels[0])
    assert right.broke is None


@given(arrays(np.float32, (3, 4, 5), elements=st.floats(-3, 3, width=32)), st.sampled_from(list(LINES)))
def test_the_right_way_is_the_one_of_pixels(image: np.ndarray, name: str) -> None:
    found = read(travel(image, LINES[name], Choices()).file).astype(int)
    assert np.abs(found - LINES[name].to_uint8(image).transpose(1, 2, 0)).max() <= 1  # where a half is rounded


def test_nothing_is_found_in_the_right_way(tensors: dict[str, TensorSample]) -> None:
    for name, tensor in tensors.items():
        if name == "nan":
            continue
        for image in tensor.values:
            judgement = judge(image, tensor.range_map, Choices())
            assert judgement.findings == [] and judgement.marked == frozenset()
            assert judgement.difference is not None and judgement.difference.greatest == 0


# ---------------------------------------------------------------------------------------------- the ledger


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


# ---------------------------------------------------------------------------------------------- the known mistakes


@pytest.mark.parametrize("mistake", ALL_MISTAKES)
def test_each_mistake_shows_its_failure_and_the_fixes_mend_it(
    tensors: dict[str, TensorSample], mistake: KnownMistake
) -> None:
    tensor = tensors[mistake.source]
    image = tensor.values[mistake.image]
    judgement = judge(image, tensor.range_map, mistake.choices)
    assert [finding.failure for finding in judgement.findings][:1] == ([mistake.failure] if mistake.failure else [])
    for finding in judgement.findings:
        assert finding.evidence and finding.why
        assert set(finding.fix) <= judgement.marked
        for evidence in finding.evidence:
            below = evidence.value < evidence.threshold
            assert below if evidence.comparison == "<" else evidence.value > evidence.threshold
    if mistake.failure == "non-finite":
        assert judgement.right is None and not read(judgement.yours.file).any()  # black
        return
    fixes = {stage: way for finding in judgement.findings for stage, way in finding.fix.items()}
    mended = judge(image, tensor.range_map, replace(mistake.choices, **fixes))
    if not judgement.findings:
        assert mended.difference is not None and mended.difference.greatest <= 1
    elif mistake.choices.cast == "none":  # floats to TIFF, which keeps them: no failure once they are mapped
        assert mended.difference is not None and mended.difference.greatest <= 0.5
    else:
        assert mended.findings == []
        assert mended.difference is not None and mended.difference.greatest <= 1


def test_every_symptom_has_its_traps_in_few_words() -> None:
    assert list(KNOWN_MISTAKES) == list(SYMPTOMS)
    names = [name for mistakes in KNOWN_MISTAKES.values() for name in mistakes]
    assert len(set(names)) == len(names)
    for mistakes in KNOWN_MISTAKES.values():
        for mistake in mistakes.values():
            assert len(mistake.words.split()) <= 7


# ---------------------------------------------------------------------------------------------- the code


def outcome_of_code(code: str, tensor: np.ndarray, folder: Path) -> tuple[str, np.ndarray | None]:
    """Run the code as a person would who copies it, in a folder with tensor.npy."""
    for old in folder.glob("picture.*"):
        old.unlink()
    np.save(folder / "tensor.npy", tensor)
    try:
        with np.errstate(all="ignore"):
            exec(compile(code, "copied.py", "exec"), {"__name__": "__main__"})
    except (TypeError, ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}", None
    (written,) = folder.glob("picture.*")
    return "", read(written.read_bytes())


def pairwise(channels: int, line: RangeMap) -> list[Choices]:
    """Choices in which every two ways of any two stages meet."""
    about = subject(np.zeros((channels, 16, 20), np.float32), line, Choices())
    offered = {stage: list(stage_choices(stage, about)) for stage in STAGES}
    return [
        Choices(**{one: first, other: second})
        for one, other in combinations(STAGES, 2)
        for first, second in product(offered[one], offered[other])
    ]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_code_to_copy_does_what_the_journey_did(
    channels: int, line: RangeMap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(channels)
    middle, half = (line.low + line.high) / 2, (line.high - line.low) / 2
    batch = (middle + half * rng.normal(0, 0.7, (2, channels, 16, 20))).astype(np.float32)
    tried = pairwise(channels, line)
    assert len(tried) > 200
    for choices in tried:
        journey = travel(batch[1], line, choices, index=1)
        error, pixels = outcome_of_code(journey.code, batch, tmp_path)
        assert error == (journey.broke.error if journey.broke else ""), (choices, journey.code)
        if pixels is not None:
            assert np.array_equal(pixels, journey.seen), (choices, journey.code)


# ---------------------------------------------------------------------------------------------- stages, refusals


def test_what_a_stage_shows_and_counts() -> None:
    image = grey([-2, -1, 0, 1])
    journey = travel(image, SIGNED, Choices())
    start, mapped, clipped, cast = (journey[name] for name in ("tensor", "map", "clip", "cast"))
    assert start.numbers is not None and start.numbers.outside == 0.25
    assert (start.numbers.low, start.numbers.high, start.numbers.mean) == (-2, 1, -0.5)
    assert start.legal == (-1, 1) and mapped.legal == (0, 255)
    assert mapped.numbers is not None and (mapped.numbers.low, mapped.numbers.outside) == (-127.5, 0.25)
    assert clipped.numbers is not None and clipped.numbers.outside == 0
    assert cast.numbers is not None and (cast.numbers.dtype, cast.numbers.shape) == ("uint8", (1, 1, 4))
    for stage in journey.stages:
        assert stage.picture is not None and stage.picture.tolist() == [[0, 0, 128, 255]]


def test_after_an_exception_nothing_is_reached_and_nothing_written() -> None:
    journey = travel(colourful(), UNIT, Choices(order="chw"))
    assert [stage.name for stage in journey.stages if stage.array is None] == ["pil", "file"]
    assert journey["file"].error == "" and journey.file == b"" and journey.seen is None
    assert journey["order"].picture is None and journey["order"].numbers is not None


def test_a_cast_before_the_scaling_stands_before_it_and_is_judged_by_the_tensors_range() -> None:
    journey = travel(grey([-1, 0.5, 1]), SIGNED, Choices(cast="early", map="times255", clip="none"))
    assert [stage.name for stage in journey.stages][:4] == ["tensor", "cast", "map", "clip"]
    assert journey["cast"].legal == (-1, 1) and journey["map"].legal == (0, 255)
    assert journey.code.index("astype") < journey.code.index("* 255")


def test_nan_has_no_right_way() -> None:
    image = grey([0, np.nan, np.inf])
    judgement = judge(image, SIGNED, Choices())
    assert judgement.right is None and judgement.difference is None
    (finding,) = judgement.findings
    assert finding.failure == "non-finite" and finding.evidence[0].value == pytest.approx(2 / 3)
    assert judgement.yours["tensor"].picture is None
    assert judgement.yours["cast"].warning == "RuntimeWarning: invalid value encountered in cast"


def test_a_single_tone_has_nothing_to_stretch() -> None:
    journey = travel(np.zeros((1, 4, 4), np.float32), UNIT, Choices(map="minmax"))
    assert journey["map"].warning.startswith("RuntimeWarning: invalid value")
    assert isinstance(journey, Journey) and journey.broke is None


@pytest.mark.parametrize(
    ("image", "choices", "words"),
    [
        (np.zeros((2, 4, 4), np.float32), Choices(), r"^image must be float32 of shape \(1 or 3, H, W\)"),
        (np.zeros((1, 4, 4), np.uint8), Choices(), r"but is uint8 \(1, 4, 4\)\.$"),
        (np.zeros((1, 4, 4), np.float32), Choices(order="bgr"), r"^order 'bgr' is not offered for grey images in"),
        (np.zeros((1, 4, 4), np.float32), Choices(map="half255"), r"choose one of right, times255, half, none"),
        (
            np.zeros((1, 4, 4), np.float32),
            Choices(quality=0),
            r"^quality must be a whole number from 1 to 95, but is 0",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(image: np.ndarray, choices: Choices, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        travel(image, SIGNED, choices)
    assert str(refused.value).count("\n") == 0


def test_the_journey_needs_neither_torch_nor_streamlit() -> None:
    code = (
        "import sys; from gan_core.saving_mistakes import judge, known_mistakes, sample_tensors; "
        "print({'torch', 'streamlit'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
