"""The journey from tensor to file: the right way, the code to copy, what its stages show, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from saving_mistakes.images import LINES, SIGNED, UNIT, colourful, grey, read

from gan_core.pixels.range_map import RangeMap
from gan_core.saving_mistakes.journey import Choices, Journey, subject, travel
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.sample_tensors import TensorSample
from gan_core.saving_mistakes.stage_choices import STAGES, stage_choices

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
