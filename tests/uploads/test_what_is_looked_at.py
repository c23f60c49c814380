"""Of what is brought, in any packing: what is looked at, what is said of the rest, and whether the code runs on it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from bringing import as_grid, npy, npz, packed, picture, pt
from numpy.typing import NDArray
from PIL import Image
from uploads.examining import Set, executed, failures, looked

from gan_core.data import load
from gan_core.files.errors import DataError
from gan_core.uploads import examine, examine_path, own_set


def test_of_a_list_of_tensors_all_are_looked_at() -> None:
    digits = load("digits", 28, 1).probe(40).pixels / np.float32(255)
    report = examine("x.pt", pt([torch.from_numpy(image) for image in digits]))
    assert (report.seems.count, report.seems.layout, failures(report)) == (40, "NCHW", [])
    report = examine("x.pt", pt({"labels": torch.arange(40), "fake": torch.from_numpy(digits)}))
    assert (report.seems.count, failures(report)) == (40, [])
    assert "Of 2 arrays in it, fake was looked at." in report.untold


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
