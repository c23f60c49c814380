"""`python -m gan_core diagnose`, as a person would call it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from bringing import npy, packed, picture, pt
from commanding import Done, command, command_in_its_own_process

from gan_core.data import load


def diagnose(*arguments: str | Path) -> Done:
    return command("diagnose", *arguments)


def test_a_file_gives_json_on_stdout(tmp_path: Path) -> None:
    digits = load("digits", 28, 1).probe(64).pixels
    path = tmp_path / "digits.npy"
    path.write_bytes(npy(((digits[:, 0] / 127.5 - 1) * 1.15 * 127.5 + 127.5).astype(np.int64).astype(np.uint8)))
    done = command_in_its_own_process("diagnose", path)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert {"measurements", "findings", "seems", "untold"} <= set(found)
    assert found["seems"]["range"] == "0..255"
    (finding,) = found["findings"]
    assert {"failure", "since_step", "evidence", "why", "fix", "code"} == set(finding)
    assert finding["failure"] == "wrapped-pixels"
    for one in finding["evidence"]:
        assert set(one) == {"measurement", "value", "threshold", "comparison"}
        assert found["measurements"][one["measurement"]] == one["value"]


def test_a_folder_and_another_set(tmp_path: Path, stored_data: Path) -> None:
    clothes = load("fashion-mnist", 28, 1).probe(36).pixels
    for number, image in enumerate(clothes):
        (tmp_path / f"{number:02d}.png").write_bytes(picture(image[0]))
    found = json.loads(diagnose(tmp_path, "--against", "fashion-mnist").stdout)
    assert (found["findings"], found["seems"]["count"], found["against"]) == ([], 36, "fashion-mnist")


def linear(inputs: int, outputs: int, draw: torch.Generator) -> dict[str, torch.Tensor]:
    """The tensors of a linear layer."""
    return {"weight": torch.randn(outputs, inputs, generator=draw), "bias": torch.randn(outputs, generator=draw)}


def test_checkpoints_of_two_steps(tmp_path: Path) -> None:
    """G stands still between them, while D moves."""
    draw, paths = torch.Generator().manual_seed(0), [tmp_path / f"gan_{epoch}.pt" for epoch in (1, 2)]
    g = linear(4, 9, draw)
    for path in paths:
        path.write_bytes(pt({"G": g, "D": linear(9, 1, draw)}))
    found = json.loads(diagnose(*paths).stdout)
    (finding,) = found["findings"]
    assert finding["failure"] == "no-gradient-to-g"
    for one in finding["evidence"]:
        assert found["measurements"][one["measurement"]] == one["value"]
    of_g = found["weights"][0]
    assert of_g["files"] == ["gan_1.pt", "gan_2.pt"]
    assert of_g["changes"][0] == {
        "tensor": "weight", "shape": [9, 4], "trained": True, "equal": True, "relative": 0.0
    }  # fmt: skip
    assert diagnose(tmp_path, tmp_path).stderr.endswith("is not a file: name files alone, or one folder.\n")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.npy", b"", "is empty"),
        ("a.zip", packed({"../a.png": b"x"}), "leaves its folder"),
        ("a\nb.npy", b"no array", "not a valid .npy file"),
        ("a.doc", b"words", "does not end in any of"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = diagnose(tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


def test_what_the_library_for_tiff_complains_of_is_not_on_stderr(tmp_path: Path) -> None:
    tiff = picture(load("digits", 28, 1).pixels[0, 0], "TIFF", compression="tiff_deflate")
    tiff = tiff[:8] + tiff[8:].replace(b"\x78\x9c", b"\x00\x00")  # no stream of zlib's
    (tmp_path / "a.tif").write_bytes(tiff)
    done = command_in_its_own_process("diagnose", tmp_path / "a.tif")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("python -m gan_core: a.tif")


def test_nothing_there(tmp_path: Path) -> None:
    for done in (diagnose(tmp_path / "nowhere.npy"), diagnose(tmp_path), diagnose(tmp_path, "--against", "cats")):
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
