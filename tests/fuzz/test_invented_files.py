"""Files that were never whole: headers, pickles, tables and lines of JSON that hold anything."""

from __future__ import annotations

import json
import pickle
import struct

import numpy as np
from bringing import npy, npy_with, png_of, with_pickle
from fuzz.judging import fuzz, judged
from hypothesis import given
from hypothesis import strategies as st

from gan_core.files.bounds import ALL_PIXELS

SIZES = st.one_of(st.integers(0, 40), st.sampled_from([64, 784, 60_000, 10**9, 2**63, -1]))


@fuzz
@given(
    st.sampled_from([None, "F32", "F64", "BF16", "BOOL", "I8", "F4", "F8_E5M2", 3]),
    st.lists(st.integers(-1, 4) | SIZES, max_size=4),
    st.lists(st.integers(-9, 99) | st.sampled_from([2**31, 2**63, 2**64]), max_size=3),
    st.integers(0, 99),
    st.text(max_size=9),
)
def test_headers_of_safetensors(kind: object, shape: list[int], offsets: list[int], size: int, name: str) -> None:
    entry = {"dtype": kind, "shape": shape, "data_offsets": offsets}
    text = json.dumps({f"{name}.weight": entry, "__metadata__": {"a": name}}).encode()
    judged("x.safetensors", struct.pack("<Q", len(text)) + text + bytes(size))


DTYPES = st.sampled_from(
    ["|u1", "<f4", ">f8", "<f2", "|b1", "<i8", "|O", "<c8", "<U3", "|V9", "<M8[s]", "<f4\\x00", "f4"]
)


@fuzz
@given(
    DTYPES, st.booleans(), st.lists(SIZES, max_size=6), st.binary(max_size=64), st.integers(0, 4000),
    st.text(st.characters(max_codepoint=255), max_size=20),
)  # fmt: skip
def test_headers_of_arrays(dtype: str, order: bool, shape: list[int], numbers: bytes, many: int, tail: str) -> None:
    header = f"{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': ({', '.join(map(str, shape))},), {tail}}}"
    judged("x.npy", npy_with(header, numbers * (many // max(len(numbers), 1))))


@fuzz
@given(
    st.sampled_from(["f4", "f8", "f2", "i8", "u1"]), st.lists(st.integers(0, 40), max_size=4),
    st.sampled_from([np.nan, np.inf, -np.inf, 1e38, 1e-40, -1.0, 0.0, 255.0, 0.5]), st.floats(0, 1), st.booleans(),
)  # fmt: skip
def test_arrays_of_any_shape_and_strange_values(
    dtype: str, shape: list[int], value: float, share: float, last: bool
) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(0, 1, [*shape, 3] if last else shape)
    with np.errstate(all="ignore"):
        strange = np.where(rng.random(values.shape) < share, value, values).astype(dtype)
    judged("x.npy", npy(strange))


OLD_BEGINNING = b"".join(pickle.dumps(one, 2) for one in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x10tQ"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
HOOKS = b"ccollections\nOrderedDict\n"
OPERATIONS = st.sampled_from([
    b"(", b"t", b"]", b"}", b")", b"a", b"e", b"s", b"u", b"b", b"R", b"Q", b"N", b"0", b"\x88", b"\x85", b"\x86",
    b"\x87", b"q\x00", b"h\x00", b"q\x01", b"h\x01", b"K\x02", b"M\x00\x01", b"J\xff\xff\xff\xff", b"\x8a\x02\xff\x00",
    b"\x93", b"G" + bytes(8), b"X\x01\x00\x00\x000", b"X\x03\x00\x00\x00cpu", b"ctorch\nFloatStorage\n", REBUILD,
    b"ctorch\nSize\n", HOOKS, b"ctorch._utils\n_rebuild_parameter\n", b"cos\nsystem\n", b"cbuiltins\neval\n",
    b"S'ls'\n", b"\x81", b"\x80\x04", STORAGE, b"\x94", b"\x95" + bytes(8), b"\x8c\x02os", b"\x8c\x06system",
    b"C\x04abcd", b"cnumpy._core.multiarray\nscalar\n", b"cnumpy\ndtype\n", b"cargparse\nNamespace\n",
    b"ctorch\ndevice\n", b"c_codecs\nencode\n",
    b"X\x06\x00\x00\x00latin1", b"cnumpy\ndtype\nX\x02\x00\x00\x00f4\x89\x88\x87R(K\x03X\x01\x00\x00\x00<tb",
    REBUILD + b"(" + STORAGE + b"K\x00K\x10\x85K\x01\x85\x89" + HOOKS + b")RtR",
])  # fmt: skip


@fuzz
@given(st.lists(OPERATIONS, max_size=30))
def test_pickles_of_any_operations(operations: list[bytes]) -> None:
    pickled = b"\x80\x02" + b"".join(operations) + b"."
    judged("x.pt", with_pickle(pickled))
    judged("x.pkl", pickled)
    judged("x.pt", OLD_BEGINNING + pickled + pickle.dumps(["0"], 2) + struct.pack("<q16f", 16, *range(16)))


CELLS = st.one_of(
    st.floats().map(repr), st.integers().map(str), st.text(max_size=6),
    st.sampled_from(["loss_d", "lossG", "step", "epoch", "D(x)", "", "nan", '"', "1e999", "0x1f", "1_0", "٣"]),
)  # fmt: skip


@fuzz
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_tables_of_anything(rows: list[list[str]], separator: str, header: bool) -> None:
    lines = ["step,loss_d,loss_g,d_accuracy".replace(",", separator)] * header + [separator.join(row) for row in rows]
    judged("x.csv", "\n".join(lines).encode("utf-8", "surrogatepass"))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["step", "loss_d", "g_loss", "x", "finite", "contrast"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@fuzz
@given(st.lists(ANY_JSON, max_size=8))
def test_lines_of_any_json(items: list[object]) -> None:
    import json

    judged("x.jsonl", "\n".join(map(json.dumps, items)).encode())


@fuzz
@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_pictures_that_promise_any_size(width: int, height: int) -> None:
    outcome = judged("x.png", png_of(width, height))
    if width * height > ALL_PIXELS:
        assert isinstance(outcome, str)
