"""Lists of numbers, such as losses, among what somebody saved: each by the keys that lead to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gan_core.files.bounds import COLUMN_NAME, COLUMNS, DEPTH, ROWS
from gan_core.files.npy import Array

Series = dict[str, list[float]]


def of_arrays(arrays: Sequence[Array], name: str) -> Series:
    """Losses that were kept as tensors: lists of single ones, or one with a dimension for each loss."""
    found: Series = {}
    for array in arrays:
        keys = array.keys[:-1] if array.values.size == 1 else array.keys
        said = _said(".".join(map(str, keys)), name)
        found.setdefault(said, []).extend(array.values.astype(np.float64).reshape(-1).tolist())
    return dict(list(found.items())[:COLUMNS])


def of_lists(top: object, name: str) -> Series:
    """Every list of numbers in nested lists and dicts, called by the keys that lead to it, or by the file."""
    found: Series = {}
    seen: set[int] = set()
    waiting: list[tuple[tuple[object, ...], object]] = [((), top)]
    while waiting and len(found) < COLUMNS:
        keys, item = waiting.pop()
        if id(item) in seen or len(keys) > DEPTH or not isinstance(item, dict | list | tuple):
            continue
        seen.add(id(item))
        if isinstance(item, list | tuple) and item and all(type(one) in (int, float) for one in item):
            found[_said(".".join(map(str, keys)), name)] = [_float(one) for one in item[: ROWS + 1]]
        else:
            inside = item.items() if isinstance(item, dict) else enumerate(item)
            waiting += reversed([((*keys, key), value) for key, value in inside])
    return found


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")  # a whole number of hundreds of digits


def _said(place: str, name: str) -> str:
    """A list's name: where it lies, or the file's name if nothing else says what it is."""
    return (place if re.search("[A-Za-z]", place) else f"{name} {place}".strip())[:COLUMN_NAME]
