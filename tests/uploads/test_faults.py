"""Real pictures, whole and spoilt in every way people spoil them: what is named, and whether the code mends it."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from bringing import as_grid, npy, npz, packed, picture, pt
from numpy.typing import NDArray
from PIL import Image

from gan_core.data import load
from gan_core.files.errors import DataError
from gan_core.uploads import Mended, Report, examine, examine_path, own_set

SETS = [("digits", 1), ("digits", 3), ("mnist", 1), ("fashion-mnist", 1)]


@dataclass(frozen=True, eq=False)
class Set:
    """Real pictures: `bytes` (N, C, H, W), `floats` the same in [-1, 1], `last` in [-1, 1] as (N, H, W[, 3])."""

    name: str
    bytes: NDArray[np.uint8]

    @property
    def floats(self) -> NDArray[np.float32]:
        return (self.bytes / np.float32(127.5) - np.float32(1)).astype(np.float32)

    @property
    def last(self) -> NDArray[np.float32]:
        x = self.floats.transpose(0, 2, 3, 1)
        return x[..., 0] if x.shape[3] == 1 else x


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


def failures(report: Report) -> list[str]:
    return [finding.failure for finding in report.findings]


def looked(x: NDArray[Any], against: str, name: str = "x.npy") -> Report:
    return examine(name, npy(x), against)


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


def test_of_a_series_the_last_step_is_looked_at() -> None:
    digits = load("digits", 28, 1).probe(40).pixels
    singles = {
        f"run/step-{step:06d}/sample-{n}.png": picture(digits[n, 0] // (1 + 50 * (step < 300)))
        for step in (50, 100, 150, 200, 300)
        for n in range(8)
    }
    report = examine("run.zip", packed(singles))
    assert (failures(report), report.seems.count) == ([], 8)
    assert "Of the pictures over 5 steps, those of step 300 were looked at." in report.untold
    grids = {f"step-{step}.png": picture(as_grid(digits[:36], 6)) for step in (1, 2, 10)}
    assert failures(examine("run.zip", packed(grids))) == []


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


def executed(code: str, names: dict[str, Any]) -> dict[str, Any]:
    exec(code, names)
    return names


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


# ------------------------------------------------------------------------------- what is looked at, and said


def test_of_a_list_of_tensors_all_are_looked_at() -> None:
    digits = load("digits", 28, 1).probe(40).pixels / np.float32(255)
    report = examine("x.pt", pt([torch.from_numpy(image) for image in digits]))
    assert (report.seems.count, report.seems.layout, failures(report)) == (40, "NCHW", [])
    report = examine("x.pt", pt({"labels": torch.arange(40), "fake": torch.from_numpy(digits)}))
    assert (report.seems.count, failures(report)) == (40, [])
    assert "Of 2 arrays in it, fake was looked at." in report.untold


def test_weights_are_no_pictures() -> None:
    content = pt(torch.nn.Linear(64, 64).state_dict())
    assert examine("x.pt", content).seems.kind == "weights"
    with pytest.raises(DataError, match="holds weights, but real pictures"):
        own_set("x.pt", content)


def packings(x: NDArray[np.float32], shown: NDArray[np.uint8]) -> dict[str, dict[str, bytes]]:
    """Name of what is brought -> its files: the same broken numbers, or black pictures, in every packing."""
    tensors = torch.from_numpy(x)
    lists = {"a.b": {"run": [0, [*tensors.requires_grad_()]]}}
    file = io.BytesIO()
    Image.fromarray(x[0, 0]).save(file, "TIFF")
    return {
        "array's #1.npy": {"": npy(x)},
        "arrays.npz": {"": npz(labels=np.arange(64), fake=x)},
        "nested.zip": {"": packed({"run 1/a.npy": npy(x)})},
        "one by one.zip": {"": packed({f"{n}.npy": npy(image) for n, image in enumerate(x)})},
        "dict.pt": {"": pt({"run.1": [0, {7: tensors.detach().bfloat16()}]})},
        "list.pt": {"": pt(lists)},
        "tensors.zip": {"": packed({"x/b.pt": pt({"fake": tensors.detach()})})},
        "float.tif": {"": file.getvalue()},
        "float.zip": {"": packed({"in/float.tif": file.getvalue()})},
        "black's.png": {"": picture(shown[0])},
        "black.zip": {"": packed({f"step/{n:02d}.png": picture(image) for n, image in enumerate(shown)})},
        "a folder": {f"deep/{n:02d}.png": picture(image) for n, image in enumerate(shown)},
        "folder of arrays": {"deep/fake.npy": npy(x)},
    }


DIGITS = Set("digits", load("digits", 28, 1).probe(64).pixels)
PACKINGS = packings(DIGITS.floats * 255, DIGITS.bytes[:, 0] // 100)


@pytest.mark.parametrize("name", PACKINGS)
def test_the_code_runs_on_what_was_brought(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is shown, where the file lies; and mends the first of what is in it, at least."""
    monkeypatch.chdir(tmp_path)
    for member, content in PACKINGS[name].items():
        Path(name, member).parent.mkdir(parents=True, exist_ok=True)
        Path(name, member).write_bytes(content)
    findings = examine_path(tmp_path / name).findings
    assert findings
    for finding in findings:
        executed(finding.code, {})
    after = executed(findings[0].code, {})
    if "pixels" in after:
        assert findings[0].failure == "wrong-range-map"
        first = DIGITS.bytes[0, 0]
        assert np.abs(after["pixels"].reshape(-1, 28, 28)[0].astype(int) - first).max() <= 1
    else:
        assert findings[0].failure == "wrong-range-map"
        np.testing.assert_array_equal(after["to_pixels"](DIGITS.bytes / 255), DIGITS.bytes)


@pytest.mark.parametrize("name", ["black's.png", "black.zip", "a folder"])
def test_the_code_loads_the_pictures_that_were_brought(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    black = np.zeros((28, 28), np.uint8)
    files = {"black's.png": {"": picture(black)}, "black.zip": {"": packed({"a/1.png": picture(black)})},
             "a folder": {"1.png": picture(black)}}[name]  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for member, content in files.items():
        Path(name, member).parent.mkdir(parents=True, exist_ok=True)
        Path(name, member).write_bytes(content)
    (finding,) = examine_path(tmp_path / name).findings
    assert finding.failure == "blank-black"
    np.testing.assert_array_equal(executed(finding.code, {})["pixels"], black)


def test_of_an_animation_the_last_frame_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A training as a GIF: it begins with noise, and here it ends black."""
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    frames = [Image.fromarray(pixels) for pixels in (noise, np.zeros((28, 28), np.uint8))]
    monkeypatch.chdir(tmp_path)
    frames[0].save("training.gif", save_all=True, append_images=frames[1:])
    report = examine_path(tmp_path / "training.gif")
    (finding,) = report.findings
    assert finding.failure == "blank-black"
    assert any("several frames: only the last is judged" in sentence for sentence in report.untold)
    assert not executed(finding.code, {})["pixels"].any()


def test_few_pictures_and_what_cannot_be_told_of_them() -> None:
    digits = load("digits", 28, 1).probe(40).pixels
    assert any("fewer than 4" in sentence for sentence in looked(digits[:3], "digits").untold)
    assert any("fewer than 32" in sentence for sentence in looked(digits[:31], "digits").untold)
    assert not looked(digits, "digits").untold


def test_nothing_but_nan() -> None:
    report = looked(np.full((8, 28, 28), np.nan), "digits")
    assert failures(report) == ["non-finite"]
    assert report.pictures is None
    assert any("nothing else can be judged" in sentence for sentence in report.untold)


def test_values_near_0_may_be_grey_or_black() -> None:
    report = looked(np.full((40, 28, 28), 1e-6), "digits")
    assert failures(report) == ["blank-black"]
    assert any("mid-grey if [-1, 1] is meant" in sentence for sentence in report.untold)


def test_large_pictures_of_several_sizes() -> None:
    large = np.indices((1500, 1300)).sum(axis=0).astype(np.uint8)
    report = examine("x.zip", packed({"a.png": picture(large), "b.png": picture(large[:900, :700])}))
    assert report.seems.shape == "(900, 700) and (1500, 1300)"
    assert report.seems.count == 2


def test_an_unknown_set() -> None:
    with pytest.raises(DataError, match="'cats' is not known: compare with one of digits, fashion-mnist, mnist"):
        looked(np.zeros((28, 28), np.uint8), "cats")
