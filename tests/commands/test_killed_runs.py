"""Killed at any instant, a run opens again from its last checkpoint and ends as if nothing had been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from live_runs import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed processes are forked")

KILLS = 40
WORKERS, SERVERS = 12, 1


def killing(*arguments: object, program: str = "killing.py") -> list[dict[str, Any]]:
    call = [sys.executable, str(ROOT / "tests" / program), *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_training_that_is_killed_at_random_moments_ends_the_same(tmp_path: Path) -> None:
    told = killing("train", tmp_path, 20261122, KILLS)
    assert len(told) == KILLS
    assert sum(kill["killed"] for kill in told) >= 32
    assert sum(kill.get("again", False) for kill in told) >= 6
    for kill in told:
        assert kill["same"], kill
        assert kill["left"] == [], kill
        assert kill.get("rows", True), kill
    assert len({kill["variant"] for kill in told}) == 4
    # Only before the settings are written is there nothing to open, and training begins anew.
    unread = [kill for kill in told if "unread" in kill]
    assert all("experiment.json is missing" in kill["unread"] for kill in unread)
    assert len({kill["step"] for kill in told if "step" in kill}) >= 8


def test_live_runs_whose_worker_or_server_is_killed_end_the_same(tmp_path: Path) -> None:
    told = killing(tmp_path, 20261129, WORKERS, SERVERS, program="killing_app.py")
    assert [kill["killed"] for kill in told] == ["worker"] * WORKERS + ["server"] * SERVERS
    for kill in told:
        assert kill["same"] and kill["rows"] and kill["frame"] and kill["left"] == [], kill
        assert all("before it was saved" in words for words in kill.get("unread", [])), kill


def test_a_page_that_is_killed_while_it_saves_leaves_the_old_run_or_the_new(tmp_path: Path) -> None:
    told = killing("write", tmp_path)
    assert not told[-1]["killed"]
    assert len(told) > 20
    for kill in told:
        assert kill["rows"], kill
        assert kill["frames"], kill
    steps = [kill["step"] for kill in told]
    assert steps == sorted(steps)
    assert set(steps) == {100, 140}
