"""Which frames of several runs belong together, and how long a run had trained at each."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_core.live import aligned_frames
from gan_core.live.run import Run, Snapshot, State
from gan_core.live.scratch_folders import ScratchFolder
from gan_core.messages.commands_and_reports import Framed, Opened
from gan_core.messages.frame import Frame, Opening
from gan_core.settings.experiment import Experiment


def run(steps: list[int], state: State = "running", pace: float = 1.0) -> Snapshot:
    """A run with pictures of these steps, `pace` seconds of training each."""
    frames = tuple(Frame(step, {}, b"", [], trained_s=step * pace) for step in steps)
    return Snapshot(
        run_id="r", state=state, experiment=Experiment(), step=max(steps, default=0), steps=2000,
        steps_per_second=0, device_name="", opening=None, frame=frames[-1] if frames else None, frame_age_s=None,
        frames=frames, rows=(), changes=(), queue="", trouble="", checkpoint=Path(), save_state=None,
    )  # fmt: skip


def shown(found: list[Frame | None]) -> list[int | None]:
    return [frame.step if frame else None for frame in found]


def test_only_steps_of_which_all_have_a_picture() -> None:
    runs = [run([0, 50, 100, 150]), run([0, 50, 100])]
    assert aligned_frames.steps(runs) == [0, 50, 100]
    assert shown(aligned_frames.at_step(runs, 100)) == [100, 100]


def test_of_histories_thinned_differently_what_both_kept() -> None:
    assert aligned_frames.steps([run([0, 50, 100, 150, 200]), run([0, 100, 200])]) == [0, 100, 200]


def test_of_runs_that_trained_alone_every_picture_and_beside_it_the_last_before() -> None:
    runs = [run([0, 45, 95, 160, 200], "paused"), run([0, 52, 110, 180], "paused")]
    assert aligned_frames.steps(runs) == [0, 45, 52, 95, 110, 160, 180]
    assert shown(aligned_frames.at_step(runs, 110)) == [95, 110]
    ended = [run([0, 45, 95, 160, 200], "finished"), run([0, 52, 110, 180], "finished")]
    assert aligned_frames.steps(ended)[-1] == 200


def test_a_run_that_ended_early_keeps_its_last_picture() -> None:
    runs = [run([0, 50, 87], "broken"), run([0, 50, 100, 150])]
    assert aligned_frames.steps(runs) == [0, 50, 100, 150]
    assert shown(aligned_frames.at_step(runs, 150)) == [87, 150]


def test_nothing_before_all_have_begun() -> None:
    assert aligned_frames.steps([run([0, 50]), run([], "starting")]) == []
    assert aligned_frames.steps([run([0, 50]), None]) == []


def test_a_run_that_could_not_start_holds_up_nothing() -> None:
    runs = [run([0, 50]), run([], "refused")]
    assert aligned_frames.steps(runs) == [0, 50]
    assert shown(aligned_frames.at_step(runs, 50)) == [50, None]


def test_where_no_run_could_start_there_is_no_moment() -> None:
    runs = [run([], "refused"), run([], "refused")]
    assert aligned_frames.steps(runs) == []
    assert shown(aligned_frames.at_step(runs, 0)) == [None, None]


def test_equal_training_time_shows_the_fast_one_further_on() -> None:
    runs = [run([0, 50, 100], pace=0.01), run([0, 50, 100], pace=0.04)]
    assert aligned_frames.seconds(runs) == [0, 0.5, 1.0]  # no further than the least trained one
    assert shown(aligned_frames.after(runs, 1.0)) == [100, 0]
    ended = [run([0, 50, 100], "finished", pace=0.01), run([0, 50, 100], "finished", pace=0.04)]
    assert aligned_frames.seconds(ended) == [0, 0.5, 1.0, 2.0, 4.0]
    assert shown(aligned_frames.after(ended, 2.0)) == [100, 50]


def test_the_time_of_training_goes_on_with_another_worker_and_begins_anew_with_a_rewind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker counts from where it began: the seconds before its checkpoint are the run's too."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = Run("id", Experiment(), ScratchFolder(), go=True)
    opening = Opening(b"", [], -1, 1, -1, 1, 28, 8, 6, "cpu", None)

    def frame(step: int, seconds: float) -> Frame:
        return Frame(step, {}, b"", [], trained_s=seconds)

    def opened(step: int) -> Opened:
        return Opened(Experiment(), opening, frame(step, 0.0), False, ())

    for report in (opened(0), Framed(frame(50, 2.0)), Framed(frame(100, 5.0)), opened(60), Framed(frame(100, 3.0))):
        made.hear(report)
    assert [(kept.step, kept.trained_s) for kept in made.frames.entries] == [(0, 0), (50, 2), (60, 2), (100, 5)]
    made.hear(opened(0))
    made.hear(Framed(frame(50, 2.5)))
    assert [kept.trained_s for kept in made.frames.entries] == [0, 2.5]
