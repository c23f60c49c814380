"""What all tests share: one thread, no compiler, a cache of their own, the stored data where it is there, and how
several processes share the tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from gan_core.engine.light_torch import defer_compiler

# Several threads change the order of sums; and the tests share their cores.
torch.set_num_threads(1)
# As in the product; its import alone takes longer than most files of tests.
defer_compiler()

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

TESTS = Path(__file__).parent

# With `-n`, those that take longest come first, so that no process is left alone with one at the end.
LONG = (
    "e2e/",
    "diagnosis/test_recipes.py",
    "pages/test_walks.py",
    "claims/test_run_claim.py",
    "sweep/test_two_networks.py",
    "pages/test_failures.py",
    "pages/test_compared_runs.py",
    "live/test_lockstep.py",
    "outputs/test_script.py",
    "commands/test_killed_runs.py",
    "uploads/test_faults.py",
    "diagnosis/test_just_chosen.py",
    "diagnosis/test_point_failures.py",
    "classroom/test_course.py",
    "live/",
    "sweep/",
    "pages/",
    "worker/",
    "engine/test_class_coverage.py",
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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """With `-n`, a file's tests share a process and what it has set up. As long as there is anything else to do, files
    that drive a browser do not run beside each other: they share one server and one Chromium, which wait half of the
    time, and a page that is drawn live takes all of the machine that it gets."""
    from xdist.scheduler import LoadFileScheduling
    from xdist.workermanage import WorkerController

    def drives_browser(file: str) -> bool:
        return file.startswith("tests/e2e/")

    class ByFile(LoadFileScheduling):
        def _assign_work_unit(self, node: WorkerController) -> None:
            others = [work for other, work in self.assigned_work.items() if other is not node]
            driven = any(
                drives_browser(file) and not all(tests.values()) for work in others for file, tests in work.items()
            )
            first = next((file for file in self.workqueue if not (driven and drives_browser(file))), None)
            if first is not None:
                self.workqueue.move_to_end(first, last=False)
            super()._assign_work_unit(node)

    config.option.loadscopereorder = False  # as they were collected
    return ByFile(config, log)


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
