"""Real pictures, whole and spoilt in every way people spoil them: what is named, and whether the code mends it."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bringing import as_grid, packed, picture
from numpy.typing import NDArray
from PIL import Image
from uploads.examining import Set, executed, failures, looked

from gan_core.data import load
from gan_core.uploads import Mended, Report, examine

SETS = [("digits", 1), ("digits", 3), ("mnist", 1), ("fashion-mnist", 1)]


@pytest.fixture(params=SETS, ids=lambda of: f"{of[0]} {of[1]}")
def real(request: pytest.FixtureRequest) -> Set:
    name, channels = request.param
    if name != "digits":
        request.getfixturevalue("stored_data")
    return Set(name, load(name, 28, channels).probe(128).pixels)


def noise(like: NDArray[Any], width: float) -> NDArray[np.float32]:
    return width * np.random.default_rng(0).standard_normal(like.shape).astype(np.float32)


def truncated(values: NDArray[Any]) -> NDArray[np.uint8]:
    """What `astype(np.uint8)` makes of floats where they do not fit, on every machine."""
    return values.astype(np.int64).astype(np.uint8)


# ------------------------------------------------------------------------------------------------ clean

CLEAN: dict[str, Any] = {
    "bytes": lambda of: of.bytes,
    "bytes, channels last": lambda of: truncated((of.last + 1) * 127.5 + 0.5),
    "[-1,1]": lambda of: of.floats,
    "[-1,1], half": lambda of: of.floats.astype(np.float16),
    "[0,1]": lambda of: of.bytes / 255,
    "float bytes": lambda of: of.bytes.astype(np.float32),
    "standardised": lambda of: (of.bytes - of.bytes.mean()) / of.bytes.std(),
    "laid flat": lambda of: of.floats.reshape(len(of.floats), -1),
}
RANGES = {"bytes": "0..255", "bytes, channels last": "0..255", "[-1,1]": "[-1,1]", "[-1,1], half": "[-1,1]",
          "[0,1]": "[0,1]", "float bytes": "0..255", "standardised": "standardised", "laid flat": "[-1,1]"}  # fmt: skip


@pytest.mark.parametrize("form", CLEAN)
def test_clean_arrays_are_not_accused(real: Set, form: str) -> None:
    report = looked(CLEAN[form](real), real.name)
    assert failures(report) == []
    assert report.seems.range == RANGES[form]
    assert (report.seems.count, report.seems.height, report.seems.width) == (128, 28, 28)
    assert report.pictures is not None
    np.testing.assert_allclose(report.pictures[:1], real.bytes[:1], atol=6)


@pytest.mark.parametrize("against", ["digits", "mnist", "fashion-mnist"])
def test_clean_pictures_are_not_accused_against_another_set(
    real: Set, against: str, request: pytest.FixtureRequest
) -> None:
    if against != "digits":
        request.getfixturevalue("stored_data")
    assert failures(looked(real.bytes, against)) == []


@pytest.mark.parametrize(("gap", "colour"), [(0, 0), (2, 0), (2, 255), (1, 128)])
def test_clean_files_and_grids_are_not_accused(real: Set, gap: int, colour: int) -> None:
    whole = picture(as_grid(real.bytes[:64], 8, gap, colour))
    report = examine("grid.png", whole, real.name)
    assert failures(report) == []
    assert report.pictures is not None
    np.testing.assert_array_equal(report.pictures, real.bytes[:64])
    assert any("64 tiles" in sentence for sentence in report.untold)
    singles = {f"{number}.png": picture(as_grid(real.bytes[number : number + 1], 1)) for number in range(16)}
    report = examine("singles.zip", packed(singles), real.name)
    assert failures(report) == []
    assert report.seems.count == 16


# ----------------------------------------------------------------------------------------------- spoilt

# name -> (failure, how it is spoilt, whether the file alone suffices to mend it)
SPOILT: dict[str, tuple[str, Any, bool]] = {
    "no bound": ("out-of-range", lambda of: of.floats * 1.3 + noise(of.floats, 0.1), True),
    "no bound in [0,1]": ("out-of-range", lambda of: of.bytes / 255 + noise(of.floats, 0.1), True),
    "no clip": ("wrapped-pixels", lambda of: truncated((of.last * 1.15 + 1) / 2 * 255), False),
    "noise, no clip": ("wrapped-pixels", lambda of: truncated((of.last + noise(of.last, 0.1) + 1) / 2 * 255), False),
    "no times 255": ("wrong-range-map", lambda of: np.rint((of.last + 1) / 2).astype(np.uint8), False),
    "16 bits": ("wrong-range-map", lambda of: of.bytes.astype(np.uint16) * 257, True),
    "divided twice": ("wrong-range-map", lambda of: of.bytes / 255 / 255, True),
    "multiplied twice": ("wrong-range-map", lambda of: of.bytes * 255.0, True),
    "[-1,1] times 255": ("wrong-range-map", lambda of: of.floats * 255, True),
    "shifted twice": ("wrong-range-map", lambda of: (of.bytes / 255 + 1) / 2, True),
    "shifted twice, bytes": ("wrong-range-map", lambda of: truncated((of.last + 3) / 4 * 255), True),
    "grey": ("blank-grey", lambda of: noise(of.floats, 0.02), False),
    "black": ("blank-black", lambda of: np.zeros_like(of.last, np.uint8), False),
    "white": ("blank-white", lambda of: np.full_like(of.last, 255, np.uint8), False),
    "one picture": ("identical-samples", lambda of: of.floats[:1] * 0.98 + noise(of.floats[:64], 0.01), False),
    "few pictures": ("mode-collapse", lambda of: np.tile(of.floats[:8] * 0.98, (8, 1, 1, 1)), False),
    "lattice": (
        "checkerboard", lambda of: 0.7 * of.floats + 0.25 * (np.indices((28, 28)).sum(axis=0) % 2), False,
    ),
    "rows for columns": ("channel-order", lambda of: of.floats.swapaxes(2, 3), True),
    "NaN": ("non-finite", lambda of: np.where(np.arange(128)[:, None, None, None] == 3, np.nan, of.floats), True),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_arrays_are_named_and_mended(
    real: Set, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure, spoil, mends = SPOILT[kind]
    spoilt = spoil(real)
    report = looked(spoilt, real.name)
    assert failures(report) == [failure], report.measurements
    finding = report.findings[0]
    check_evidence(finding, report)
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", spoilt)
    after = executed(finding.code, {})
    if mends:
        assert failures(looked(mended(after), real.name)) == []
    elif "to_pixels" in after:
        floats = real.floats if "[-1, 1]" in finding.code else real.bytes / 255
        assert failures(looked(after["to_pixels"](floats), real.name)) == []


def check_evidence(finding: Mended, report: Report) -> None:
    assert finding.evidence
    for one in finding.evidence:
        assert math.isfinite(one.value)
        assert one.value < one.threshold if one.comparison == "<" else one.value > one.threshold
        assert report.measurements.get(one.measurement, one.value) == one.value
    assert finding.why.endswith(".")


def mended(names: dict[str, Any]) -> NDArray[Any]:
    return np.asarray(names["pixels"] if "pixels" in names else names["x"])


def test_times_255_that_wrapped() -> None:
    """Document 003's first example after a tanh: -1 becomes 1."""
    digits = Set("digits", load("digits", 28, 1).probe(128).pixels)
    report = looked(truncated(digits.last * 255), "digits")
    assert failures(report) == ["wrong-range-map"]
    assert "wrapped" in report.findings[0].why


def test_times_255_that_wrapped_on_clothes(stored_data: Path) -> None:
    clothes = Set("fashion-mnist", load("fashion-mnist", 28, 1).probe(128).pixels)
    assert "wrong-range-map" in failures(looked(truncated(clothes.last * 255), "fashion-mnist"))


@pytest.mark.parametrize("last", [True, False])
def test_reshape_for_transpose(last: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load("digits", 28, 3).probe(64).pixels
    count = len(whole)
    scrambled = whole.reshape(count, 28, 28, 3) if last else whole.transpose(0, 2, 3, 1).reshape(count, 3, 28, 28)
    monkeypatch.chdir(tmp_path)
    for spoilt in (scrambled, scrambled[5]):
        report = looked(spoilt, "digits")
        finding = next(finding for finding in report.findings if finding.failure == "channel-order")
        assert "reshape" in finding.why
        np.save("x.npy", spoilt)
        again = mended(executed(finding.code, {}))
        expected = whole if spoilt.ndim == 4 else whole[5]
        np.testing.assert_array_equal(again, expected.swapaxes(-1, -3).swapaxes(-2, -3) if last else expected)


def test_whether_red_and_blue_are_exchanged_is_not_claimed() -> None:
    swapped = load("digits", 28, 3).probe(64).pixels[:, ::-1]
    report = looked(swapped, "digits")
    assert failures(report) == []
    assert any("red and blue" in sentence for sentence in report.untold)


@pytest.mark.parametrize("quality", [50, 75, 95])
def test_jpeg(real: Set, quality: int) -> None:
    grid = as_grid(real.bytes[:121], 11)
    file = picture(grid, "JPEG", quality=quality)
    assert failures(examine("x.jpg", file, real.name)) == ["jpeg-loss"]
    # The loss stays when it is saved as PNG, and then only the pixels show it.
    again = picture(np.asarray(examine_pixels(file)))
    report = examine("x.png", again, real.name)
    assert failures(report) == ["jpeg-loss"]
    assert report.findings[0].evidence[0].measurement == "jpeg_blocks"


def examine_pixels(file: bytes) -> Any:
    return Image.open(io.BytesIO(file))


@pytest.mark.parametrize(
    ("x", "exception"),
    [
        (np.zeros((28, 28, 1), np.uint8), "TypeError: Cannot handle this data type: (1, 1, 1), |u1"),
        (np.zeros((1, 28, 28), np.float32), "TypeError: Cannot handle this data type: (1, 1, 28), <f4"),
        (np.zeros((3, 28, 28), np.uint8), "TypeError: Cannot handle this data type: (1, 1, 28), |u1"),
        (np.zeros((28, 28, 3), np.float32), "TypeError: Cannot handle this data type: (1, 1, 3), <f4"),
        (np.zeros((28, 28), np.float16), "TypeError: Cannot handle this data type: (1, 1), <f2"),
        (np.zeros((28, 28), np.int64), "TypeError: Cannot handle this data type: (1, 1), <i8"),
        (np.zeros((28, 28), np.float32), "OSError: cannot write mode F as PNG"),
        (np.zeros((9, 28, 28, 1), np.uint8), "TypeError: Cannot handle this data type: (1, 1, 1), |u1"),
    ],
    ids=lambda x: f"{x.dtype} {x.shape}" if isinstance(x, np.ndarray) else "",
)
def test_what_pillow_refuses(x: NDArray[Any], exception: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load("digits", 28, 3 if 3 in x.shape else 1).probe(9).pixels
    x = np.resize(whole.reshape(-1), x.shape).astype(x.dtype)
    report = looked(x / x.dtype.type(255) if x.dtype.kind == "f" else x, "digits")
    assert report.seems.pillow == exception
    finding = report.findings[-1]
    assert finding.failure == "pil-error"
    assert exception in finding.why
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", x / x.dtype.type(255) if x.dtype.kind == "f" else x)
    executed(finding.code, {})
    assert (tmp_path / "sample.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("x", [np.zeros((9, 1, 28, 28), np.uint8), np.zeros((9, 28, 28, 3), np.float32)])
def test_a_batch_that_is_a_tensor_is_not_accused_of_what_pillow_says(x: NDArray[Any]) -> None:
    report = looked(x, "digits")
    assert report.seems.pillow.startswith("TypeError")
    assert "pil-error" not in failures(report)
