from __future__ import annotations

from pathlib import Path

import pytest

from gan_core.saved_runs.store import Store


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    return Store.from_environment()
