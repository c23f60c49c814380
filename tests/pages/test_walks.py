"""Random walks through all pages: whatever a visitor did before, no page raises, and none refuses what was not asked.

`GAN_WALKS` is how many walks there are, each time others; without it 300, the same everywhere. Runs in their own
processes are begun in one walk of five only: each start costs as much as many looks at a page.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from linked_places import TINY
from live_runs import PATIENCE_S
from random_walks import Walk, WalkWithRuns

from gan_core.live.registry import registry
from gan_core.settings.experiment import Experiment

WALKS = int(os.environ.get("GAN_WALKS", "300"))
STEPS = 10


def _save(e: Experiment, name: str) -> None:
    run_id = registry().start(e, "everybody")
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "finished", PATIENCE_S)
    registry().save_thread.save_as(run_id, name)
    assert registry().wait_until(lambda: registry().snapshot(run_id).save_state.step == e.steps, PATIENCE_S)
    registry().forget(run_id)


@pytest.fixture(scope="module")
def saved_runs(tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Iterator[Path]:
    """Two saved runs, to be copied to where the pages look for them."""
    _save(TINY, "first")
    _save(TINY.replace(loss="hinge"), "second")
    folder = tmp_path_factory.mktemp("saved") / "home"
    shutil.copytree(own_home, folder)
    yield folder
    shutil.rmtree(own_home)
    own_home.mkdir()


@pytest.mark.timeout(120 + 6 * WALKS)
@pytest.mark.parametrize(("machine", "share"), [(Walk, 0.8), (WalkWithRuns, 0.2)], ids=["looking", "with-runs"])
def test_no_page_raises_or_refuses_what_was_not_asked(
    machine: type[Walk], share: float, saved_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a walk meets a full server, too.
    monkeypatch.setattr(registry(), "limits", replace(registry().limits, max_runs=4))
    machine.saved = saved_runs
    case = machine.TestCase
    case.settings = settings(
        max_examples=round(share * WALKS), stateful_step_count=STEPS, derandomize="GAN_WALKS" not in os.environ,
        database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    case("runTest").runTest()
