"""Files of torch.save, read without torch: each compared with what torch itself reads."""

from __future__ import annotations

import io
import pickle
import struct
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from bringing import packed, pt, unpacked, with_pickle

from gan_core.files import tensors
from gan_core.files.errors import DataError

T = torch.randn(4, 3, 8, 9, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "tensor",
    [
        T, T.double(), T.half(), T > 0, (100 * T).to(torch.uint8), (100 * T).to(torch.int8), (100 * T).short(),
        (100 * T).int(), (100 * T).long(), (T > 0).to(torch.uint16), T.permute(0, 2, 3, 1), T[1:, ::2, 3:],
        T[:1].expand(5, 3, 8, 9), T.clone().requires_grad_(), torch.nn.Parameter(T), torch.tensor(3.0), T[0, 0, 0],
        T[:, :, ::3], T.to(memory_format=torch.channels_last),
    ],
    ids=lambda tensor: f"{tensor.dtype} {tuple(tensor.shape)} {tensor.stride()}",
)  # fmt: skip
def test_the_same_as_torch_reads(tensor: torch.Tensor) -> None:
    (found,) = tensors.read(pt(tensor), "x.pt")
    expected = torch.load(io.BytesIO(pt(tensor)), weights_only=True).detach().numpy()
    np.testing.assert_array_equal(found.values, expected)
    assert found.values.dtype == expected.dtype
    assert found.name == ""


def test_bfloat16_becomes_float32() -> None:
    (found,) = tensors.read(pt(T.bfloat16()), "x.pt")
    np.testing.assert_array_equal(found.values, T.bfloat16().float().numpy())
    assert found.dtype == "bfloat16"


def test_tensors_in_lists_and_dicts_by_their_place() -> None:
    item = {"a": T, "b": [T[0], (T[1], "text", None, 2.5, True)], 7: T[2], "a again": T, "size": T.shape}
    found = {array.name: array.values for array in tensors.read(pt(item), "x.pt")}
    assert set(found) == {"a", "b.0", "b.1.0", "7"}  # each once
    np.testing.assert_array_equal(found["b.1.0"], T[1].numpy())


def test_a_state_dict() -> None:
    state = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)).state_dict()
    found = {array.name: array.values for array in tensors.read(pt(state), "x.pt")}
    assert set(found) == set(state)
    np.testing.assert_array_equal(found["0.weight"], state["0.weight"].numpy())


def test_big_endian_numbers() -> None:
    files = unpacked(pt(T))
    names = {name.rpartition("/")[2]: name for name in files}
    files[names["byteorder"]] = b"big"
    files[names["0"]] = T.numpy().astype(">f4").tobytes()
    (found,) = tensors.read(packed(files, zipfile.ZIP_STORED), "x.pt")
    np.testing.assert_array_equal(found.values, T.numpy())


def refused(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        tensors.read(content, "x.pt")
    assert "x.pt" in str(caught.value)
    assert "\n" not in str(caught.value)


class Trap:
    """Executed by whoever unpickles it."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return pytest.fail, ("the pickle was executed",)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (Trap(), "_pytest.outcomes._Fail"),
        ({"images": T, "extra": Trap()}, "_pytest.outcomes._Fail"),
        (torch.nn.Linear(2, 2), "torch.nn.modules.linear.Linear"),
        ({"a": np.zeros(3)}, "numpy"),
        (torch.zeros(2, dtype=torch.complex64), "ComplexFloatStorage"),
        (torch.zeros(2).to(torch.float8_e4m3fn), "float8_e4m3fn"),
        (torch.eye(2).to_sparse(), "_rebuild_sparse_tensor"),
        (torch.zeros(2, dtype=torch.float64).__class__, "torch"),
        ({(1, 2): T}, "other keys than texts and numbers"),
        ({1, 2}, "never unpickled"),
    ],
)
def test_anything_but_tensors_is_refused_by_name_and_not_executed(item: Any, named: str) -> None:
    refused(pt(item), named)


@pytest.mark.parametrize("protocol", range(6))
def test_no_protocol_of_pickle_is_executed(protocol: int) -> None:
    refused(with_pickle(pickle.dumps(Trap(), protocol)), "x.pt")


def machine(*operations: bytes) -> bytes:
    return with_pickle(b"\x80\x02" + b"".join(operations) + b".")


REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
FLOATS = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x10tQ"
HOOKS = b"ccollections\nOrderedDict\n)R"


def number(value: int) -> bytes:
    return b"\x8a\x08" + value.to_bytes(8, "little", signed=True)


def tensor(offset: int, shape: list[int], strides: list[int]) -> bytes:
    tuples = [b"(" + b"".join(map(number, sizes)) + b"t" for sizes in (shape, strides)]
    return REBUILD + b"(" + FLOATS + number(offset) + b"".join(tuples) + b"\x89" + HOOKS + b"tR"


def test_a_hand_made_tensor() -> None:
    numbers = np.arange(16, dtype=np.float32)
    content = with_pickle(b"\x80\x02" + tensor(2, [2, 3], [4, 1]) + b".", numbers.tobytes())
    np.testing.assert_array_equal(tensors.read(content, "x.pt")[0].values, [[2, 3, 4], [6, 7, 8]])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (machine(tensor(0, [17], [1])), "reaches beyond its numbers"),
        (machine(tensor(10, [2, 3], [4, 1])), "reaches beyond its numbers"),
        (machine(tensor(2**47, [1], [1])), "reaches beyond its numbers"),
        (machine(tensor(0, [2], [2**47])), "reaches beyond its numbers"),
        (machine(tensor(-1, [2], [1])), "is damaged"),
        (machine(tensor(0, [4], [-1])), "is damaged"),
        (machine(tensor(0, [2, 2], [1])), "is damaged"),
        (machine(tensor(0, [10**9], [0])), "million numbers"),
        (machine(b"]", *[tensor(0, [10**7], [0]) + b"a"] * 3), "million numbers"),
        (machine(tensor(0, [1] * 9, [1] * 9)), "9 dimensions"),
        (machine(tensor(0, [0, 4], [4, 1])), "is empty"),
        (machine(b"N"), "holds no tensor"),
        (machine(b"]" * 100_000, b"a" * 99_999), "nests its lists more than 16 deep"),
        (machine(b"]q\x00h\x00a"), "holds no tensor"),  # a list in itself
        (machine(b"]q\x00", b"".join(b"]q\x01(h\x00h\x00eq\x00" for _ in range(60))), "nests its lists"),
        (machine(b"a"), "is damaged"),
        (machine(b"("), "is damaged"),
        (machine(b"h\x05"), "is damaged"),
        (machine(b"cos\nsystem\nX\x02\x00\x00\x00ls\x85R"), "os.system"),
        (machine(b"B\x01\x00\x00\x00a"), "BINBYTES"),
        (machine(REBUILD, b")R"), "is damaged|conjugate"),
        (with_pickle(b""), "is damaged"),
        (with_pickle(b"\x80\x02X\xff\xff\xff\xff"), "is damaged"),
        (with_pickle(bytes(5_000_000)), "list of contents of over 4 MB"),
        (packed({"a.txt": b"words"}), "was not written by torch.save: it holds no data.pkl"),
        (pt(T)[:-300], "not a zip file"),
        (b"no zip", "was not written by torch.save"),
    ],
)  # fmt: skip
def test_hostile_contents(content: bytes, words: str) -> None:
    refused(content, words)


def test_missing_numbers() -> None:
    files = unpacked(pt(T))
    refused(packed({name: content for name, content in files.items() if "data/0" not in name}), "lacks the numbers")
    short = {name: content[:40] if "data/0" in name else content for name, content in files.items()}
    refused(packed(short), "reaches beyond its numbers")


def test_more_tensors_than_anyone_needs() -> None:
    many = with_pickle(b"\x80\x02](" + tensor(0, [2], [1]) * 10_001 + b"e.")
    refused(many, "more than 10,000 tensors")


def test_a_key_of_many_tuples_does_not_hang() -> None:
    nested = b")" + b"\x85" * 50_000
    refused(machine(b"}(" + nested + b"Nu"), "other keys")


def test_torch_is_not_needed(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(pt(OrderedDict(images=T)))
    program = (
        "import sys; from pathlib import Path; from gan_core.uploads import examine_path;"
        f"print(examine_path(Path({str(tmp_path / 'x.pt')!r})).seems.shape, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "(4, 3, 8, 9) False", done.stderr


def test_the_numbers_of_a_double_are_eight_bytes() -> None:
    doubles = FLOATS.replace(b"FloatStorage", b"DoubleStorage")
    content = machine(tensor(0, [8], [1]).replace(FLOATS, doubles))
    files = unpacked(content) | {"x/data/0": struct.pack("<8d", *range(8))}
    assert tensors.read(packed(files), "x.pt")[0].values.tolist() == list(range(8))


# ------------------------------------------------------------------------- before PyTorch 1.6, and plain pickles


def legacy(item: Any) -> bytes:
    return pt(item, _use_new_zipfile_serialization=False)


@pytest.mark.parametrize("tensor", [T, T.double(), T.half(), T > 0, (100 * T).long(), T[1:, ::2, 3:], T.bfloat16()])
def test_the_old_format_is_read_as_torch_reads_it(tensor: torch.Tensor) -> None:
    (found,) = tensors.read(legacy(tensor), "x.pt")
    np.testing.assert_array_equal(found.values, torch.load(io.BytesIO(legacy(tensor)), weights_only=True).float())


def test_a_state_dict_of_the_old_format_in_which_storages_are_shared() -> None:
    state = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)).state_dict()
    state["view"] = state["0.weight"][1:]
    found = {array.name: array.values for array in tensors.read(legacy(state), "x.pt")}
    assert set(found) == set(state)
    for name, value in found.items():
        np.testing.assert_array_equal(value, state[name].numpy())


LOSSES: dict[str, Any] = {
    "D_losses": [0.5, 1, float("nan")], "nested": {"G": (2.5, 3.5)}, "numpy": [np.float32(0.1), np.float64(0.2)],
    "steps": [np.int64(7), np.int16(-2)], "names": ["a", "b"], "none": None,
}  # fmt: skip
READ = {
    "D_losses": [0.5, 1.0, float("nan")], "nested.G": [2.5, 3.5], "numpy": [float(np.float32(0.1)), 0.2],
    "steps": [7.0, -2.0],
}  # fmt: skip


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("write", ["pickle", "zip", "old format"])
def test_lists_of_numbers_of_any_protocol(write: str, protocol: int) -> None:
    if write == "pickle":
        content = pickle.dumps(LOSSES, protocol)
    else:
        content = pt(LOSSES, pickle_protocol=protocol, _use_new_zipfile_serialization=write == "zip")
    arrays, series, _ = tensors.read_all(content, "x.pt")
    assert arrays == []
    np.testing.assert_equal(series, READ)


def test_a_checkpoint_with_its_losses_has_both() -> None:
    item = {"g": torch.nn.Linear(2, 3).state_dict(), "losses": [1.0, 2.0], "epoch": 3, "name": "a", "whole": True}
    arrays, series, counts = tensors.read_all(legacy(item), "x.pt")
    assert [array.name for array in arrays] == ["g.weight", "g.bias"]
    assert series == {"losses": [1.0, 2.0]}
    assert counts == {"epoch": 3}


def test_the_states_of_optimisers_are_left_out() -> None:
    net = torch.nn.Linear(2, 3)
    optimiser = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    found = tensors.read(pt({"net": net.state_dict(), "of": optimiser.state_dict()}), "x.pt")
    assert [array.name for array in found] == ["net.weight", "net.bias"]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_the_old_format_is_not_executed_either(protocol: int) -> None:
    refused(legacy({"extra": Trap()}), "_pytest.outcomes._Fail")
    refused(pickle.dumps({"extra": Trap()}, protocol), "_pytest.outcomes._Fail")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (legacy(T)[:-300], "reaches beyond its numbers"),
        (legacy(T)[:60], "is damaged"),
        (legacy(T).replace(b"FloatStorage", b"EvilsStorage"), "EvilsStorage"),
        (pickle.dumps([1.0] * 600_000, 2), "list of contents of over 4 MB"),
        (pickle.dumps("only a text", 4), "no tensor and no list of numbers"),
        (b"\x80\x02c_codecs\nencode\nX\x20\x00\x00\x00" + b"a" * 32 + b"X\x06\x00\x00\x00latin1\x86R.", "is damaged"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.", "os.system"),
        (b"\x80\x04]]\x93.", "is damaged"),
    ],
)  # fmt: skip
def test_hostile_contents_of_the_old_format(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        tensors.read_all(content, "x.pt")
    assert "\n" not in str(caught.value)
