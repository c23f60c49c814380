"""Of points, the page plays every picture of the last second, however long the run is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_core.live.run import MAX_FRAMES, RECENT_FRAMES, Run
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.messages.commands_and_reports import Framed
from gan_core.messages.frame import Frame
from gan_core.settings.experiment import Experiment


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def steps_after(steps: list[int], plane: str = "some") -> tuple[list[int], list[int]]:
    """Those of the history, and the recent ones."""
    run = Run("r", Experiment(dataset="ring"), ScratchFolder(), go=False)
    for step in steps:
        run.hear(Framed(Frame(step, {}, b"", [], plane=plane)))
    shown = run.snapshot(True, "")
    return [frame.step for frame in shown.frames], [frame.step for frame in shown.recent]


def test_none_of_the_newest_is_left_out_of_a_long_run() -> None:
    steps = list(range(0, 10 * MAX_FRAMES * 30, 30))
    history, recent = steps_after(steps)
    assert recent == steps[-RECENT_FRAMES:]
    assert history[-1] == recent[-1] and recent[-2] not in history


def test_after_a_rewind_the_later_ones_are_gone() -> None:
    assert steps_after([0, 30, 60, 90, 45, 75])[1] == [0, 30, 45, 75]
    assert steps_after([0, 30, 60, 0])[1] == [0]


def test_of_images_only_the_history_is_kept() -> None:
    assert steps_after([0, 30, 60], plane="") == ([0, 30, 60], [])
