"""What all tests share: one thread, a cache of their own, the stored data where it is there, and the order in which
two processes take the files."""

from __future__ import annotations

import os
import shutil
import tempfile
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

TESTS = Path(__file__).parent

# With `-n`, each process takes the next file. Those that take longest come first, so that none is left alone with one
# at the end; those that wait for a browser are mixed with those that compute.
LONG = (
    "e2e/test_train_page.py",
    "diagnosis/test_recipes.py",
    "e2e/test_four_browsers.py",
    "claims/test_run_claim.py",
    "pages/test_walks.py",
    "e2e/test_failures_page.py",
    "pages/test_failures.py",
    "pages/test_compare.py",
    "e2e/test_saving.py",
    "e2e/test_runs_page.py",
    "live/test_lockstep.py",
    "e2e/test_quick_hands.py",
    "outputs/test_script.py",
    "e2e/test_soak.py",
    "commands/test_killed_runs.py",
    "e2e/test_layout.py",
    "engine/test_class_coverage.py",
    "e2e/test_compare_page.py",
    "live/",
    "e2e/",
    "pages/",
    "worker/",
    "commands/",
)


def pytest_configure(config: pytest.Config) -> None:
    """GAN_CACHE for the whole session, so that no test reads or fills the user's own. What is drawn or trained once is
    there for all processes: files in it are written whole."""
    if not hasattr(config, "workerinput"):
        os.environ["GAN_CACHE"] = config.own_cache = tempfile.mkdtemp(prefix="gan-tests-")  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "own_cache"):
        shutil.rmtree(config.own_cache, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """The place of a test's file among all; tests of the same place stay in their order."""
    file = item.path.relative_to(TESTS).as_posix()
    return next((place for place, beginning in enumerate(LONG) if file.startswith(beginning)), len(LONG))


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """GAN_HOME for the whole session, so that no test lists or writes the user's own saved runs."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_HOME", str(folder))
        yield folder


@pytest.fixture
def stored_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """GAN_DATA pointed at ../shared/data; the test is skipped, visibly, where that is not there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no stored data at {folder}")
    monkeypatch.setenv("GAN_DATA", str(folder))
    return folder
