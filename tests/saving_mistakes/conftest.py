"""Tensors as the page offers them, made once for each file of tests."""

from __future__ import annotations

import pytest

from gan_core.saving_mistakes.sample_tensors import SOURCES, TensorSample


@pytest.fixture(scope="module")
def tensors() -> dict[str, TensorSample]:
    return {name: source.make() for name, source in SOURCES.items()}
