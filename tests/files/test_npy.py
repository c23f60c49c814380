from __future__ import annotations

import numpy as np
import pytest
from bringing import npy, npy_with

from gan_core.files import bounds
from gan_core.files import npy as reader
from gan_core.files.errors import DataError


@pytest.mark.parametrize("dtype", ["?", "u1", "i1", "<u2", "<i4", "<i8", "<f2", "<f4", "<f8", ">f4", ">i2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_same_as_numpy_reads(dtype: str, order: str) -> None:
    array = np.asarray(np.random.default_rng(0).normal(0, 50, (3, 4, 5)).astype(dtype), order=order)  # type: ignore[call-overload]
    found = reader.read(npy(array), "x.npy")
    np.testing.assert_array_equal(found.values, array)
    assert found.values.dtype == array.dtype.newbyteorder("=")


def test_versions_of_the_header() -> None:
    array = np.arange(6, dtype=np.float32)
    content = npy(array)
    length = int.from_bytes(content[8:10], "little")
    longer = b"\x93NUMPY\x02\x00" + length.to_bytes(4, "little") + content[10:]
    np.testing.assert_array_equal(reader.read(longer, "x.npy").values, array)


def refused(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        reader.read(content, "x.npy")
    assert str(caught.value).startswith("x.npy ")
    assert "\n" not in str(caught.value)


def test_objects_are_never_unpickled() -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return pytest.fail, ("the pickle was executed",)

    refused(npy(np.array([Trap()], object), allow_pickle=True), "Python objects, which are never unpickled")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(3, [("a", "f4")]), "records"),
        (np.zeros(3, complex), "<c16, which are not pixel values"),
        (np.array(["text"]), "<U4, which are not pixel values"),
        (np.zeros(3, "M8[s]"), "M8"),
        (np.zeros((0, 28, 28)), r"is empty, its shape is \(0, 28, 28\)"),
        (np.zeros((1,) * 9), "9 dimensions"),
    ],
)
def test_what_are_no_pictures(array: np.ndarray, words: str) -> None:
    refused(npy(array), words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a valid .npy file"),
        (b"\x93NUMPY", "not a valid .npy file"),
        (b"\x93NUMPY\x09\x00\x10\x00", "not a valid .npy file"),
        (npy(np.zeros(100))[:-9], "cut short, 9 bytes are missing"),
        (npy(np.zeros(100))[:40], "damaged header"),
        (npy_with("{'descr': '<f4', 'fortran_order': False}"), "damaged header"),
        (npy_with("{'descr': __import__('os').abort(), 'fortran_order': False, 'shape': (1,)}"), "damaged header"),
        (npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 6000 + ",)}"), "million numbers"),
        (npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 60000, 3)}"), "million numbers"),
        (npy_with("(" * 9000), "damaged header"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(100), "damaged header"),
    ],
)
def test_damaged_files(content: bytes, words: str) -> None:
    refused(content, words)


def test_the_bound_on_numbers_is_on_what_is_promised_and_not_on_what_is_there() -> None:
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({bounds.VALUES + 1},)}}"
    refused(npy_with(header), "25 million numbers")
