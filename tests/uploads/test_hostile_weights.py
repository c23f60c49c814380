"""Checkpoints that are damaged, or mean harm: one sentence, and nothing is executed."""

from __future__ import annotations

import os
import pickle
import struct
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import torch
from bringing import pt
from saved_loops import FORMATS, Loop

from gan_core.files.errors import DataError
from gan_core.uploads import examine


class Trap:
    """Executed by whoever unpickles it."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch executed",)


@pytest.mark.parametrize("how", FORMATS)
def test_a_hostile_checkpoint_is_refused_in_one_sentence_and_not_executed(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    state = {"netG": Loop().g.state_dict(), "extra": Trap()}
    with pytest.raises(
        DataError, match=r"^x.pt holds (posix|nt).system, which is never unpickled here: save"
    ) as caught:
        examine("x.pt", pt(state, **FORMATS[how]))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("of", [Loop().g, {"netG": Loop().g}, {"opt": Namespace(x=Trap())}, {"a": Namespace}])
def test_whole_networks_and_what_hides_in_options_are_refused(of: Any) -> None:
    with pytest.raises(DataError, match=r"net\.state_dict|no tensor and no list|damaged"):
        examine("x.pt", pt(of))


@pytest.mark.parametrize("how", FORMATS)
def test_cut_files(how: str) -> None:
    content = pt(Loop().g.state_dict(), **FORMATS[how])
    for share in (0.1, 0.5, 0.9, 0.999):
        with pytest.raises(DataError) as caught:
            examine("x.pt", content[: int(len(content) * share)])
        assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def header(text: str, numbers: bytes = bytes(16)) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode() + numbers


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header('{"a.weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}')[:-3], "no .safetensors file"),
        (header('{"a.weight":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,16]}}'), "no .safetensors file"),
        (header('{"a.weight":{"dtype":"F32","shape":[4],"data_offsets":[0,99]}}'), "no .safetensors file"),
        (header('{"a.weight":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}'), "no .safetensors file"),
        (header('{"a.weight":{"dtype":"F8_E4M3","shape":[16],"data_offsets":[0,16]}}'), "type F8_E4M3"),
        (header('{"a.weight":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}', b""), "holds no numbers"),
        (header('{"images":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'), "holds no weights of a network"),
        (header("{" + "[" * 90_000), "no .safetensors file"),
        (struct.pack("<Q", 2**63) + b"{}", "damaged header"),
        (b"{}", "damaged header|no .safetensors file"),
        (pt(Loop().g.state_dict()), "its name says a safetensors file: rename it"),
    ],
)
def test_hostile_safetensors(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        examine("x.safetensors", content)
    assert "\n" not in str(caught.value)


def test_a_list_of_contents_of_another_kind() -> None:
    with pytest.raises(DataError, match=r"was not written by torch\.save"):
        examine("x.ckpt", b"words that are no checkpoint")
    with pytest.raises(DataError, match="no tensor and no list of numbers"):
        examine("x.bin", pickle.dumps({"epoch": 3}))
    huge = pt({"netG": {"0.weight": torch.zeros(1).expand(30_000_000)}})
    with pytest.raises(DataError, match="million numbers"):
        examine("x.pt", huge)
