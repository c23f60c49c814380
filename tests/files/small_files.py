"""A small file of each kind, whole, and how one is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from bringing import npy, packed, picture, pt

from gan_core.files import contents
from gan_core.files.errors import DataError

SLOPE = np.arange(20 * 24, dtype=np.uint8).reshape(20, 24)
COLOUR = np.stack([SLOPE, SLOPE.max() - SLOPE, np.full_like(SLOPE, 9)], axis=2)
PNG, NPY, PT, ZIP = (
    picture(SLOPE),
    npy(np.zeros((2, 8, 8))),
    pt(torch.zeros(2, 8, 8)),
    packed({"a.png": picture(SLOPE)}),
)


def refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        contents.read(name, content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
