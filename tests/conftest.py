"""What all tests share: one thread, a cache of their own, and the stored data where it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import settings

# Several threads change the order of sums; and the tests share their cores.
torch.set_num_threads(1)

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """GAN_HOME for the whole session, so that no test lists or writes the user's own saved runs."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """GAN_CACHE for the whole session, so that no test reads or fills the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_CACHE", str(folder))
        yield folder


@pytest.fixture
def stored_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """GAN_DATA pointed at ../shared/data; the test is skipped, visibly, where that is not there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no stored data at {folder}")
    monkeypatch.setenv("GAN_DATA", str(folder))
    return folder
