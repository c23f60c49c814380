"""Frames, rows and heartbeats of a run: the same as those of a trainer that nobody watches."""

from __future__ import annotations

import pytest
from live_runs import QUICK, alone

from gan_core.messages.commands_and_reports import (
    Broken,
    Finished,
    Framed,
    Go,
    Heartbeat,
    Loading,
    Measured,
    Opened,
    Pause,
    Ready,
    Refused,
    Rewind,
    Set,
    SettingsChanged,
    Start,
    Step,
)

EXPLODING = QUICK.replace(loss="wasserstein", optimiser="sgd", lr_g=1.0, lr_d=1.0, norm_g="none", init="he_normal")


def test_it_warms_up_and_says_so(client):
    client.until(Ready)
    assert client.process.alive


def test_a_start_shows_the_first_step(shared, tmp_path):
    opened = shared.start(QUICK, tmp_path)
    shared.until(Heartbeat, step=0, steps_per_second=0.0)
    assert opened.opening.device_name == "cpu"
    assert opened.opening.tile == 8
    assert opened.frame == alone(QUICK, 0)
    assert opened.due
    assert opened.experiment == QUICK


def test_images_that_are_not_there_yet_are_announced(client, tmp_path):
    """Digits of a size that no other test draws, so that they are in no cache."""
    path = str(tmp_path / "checkpoint.safetensors")
    client.send(Start(QUICK.replace(image_size=41), path))
    assert client.until(Loading).words.startswith("drawing digits: ")
    assert client.until(Opened).opening.tile == 41


def test_a_watched_run_equals_one_alone(shared, tmp_path):
    """Pictures come by time, so at whatever step: there they equal those of an unwatched trainer."""
    shared.start(QUICK, tmp_path)
    shared.send(Go())
    first = shared.until(Framed, frame=lambda frame: frame.step > 0)
    second = shared.until(Framed)
    shared.send(Pause())
    shared.until(Heartbeat, steps_per_second=0.0)
    assert second.frame.step > first.frame.step
    assert second.frame == alone(QUICK, second.frame.step)
    rows = [report.row.step for report in shared.heard if isinstance(report, Measured)]
    assert rows[-3:] == sorted(rows[-3:])
    assert all(step % QUICK.measure_every == 0 for step in rows)


@pytest.mark.parametrize("players", ["d", "g", "both"])
def test_one_step_while_paused(shared, tmp_path, players):
    shared.start(QUICK, tmp_path)
    shared.send(Step(players), Step(players))
    assert shared.until(Framed, frame=lambda frame: frame.step == 1).frame == alone(QUICK, 1, players)
    assert shared.until(Framed).frame == alone(QUICK, 2, players)
    assert shared.until(Heartbeat, step=2).steps_per_second == 0


def test_a_pause_shows_where_it_stands(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Go())
    shared.until(Heartbeat, steps_per_second=lambda rate: rate > 0)
    shared.send(Pause())
    stands = shared.until(Heartbeat, steps_per_second=0.0)
    assert stands.steps_per_second == 0
    last = next(report for report in reversed(shared.heard) if isinstance(report, Framed))
    assert last.frame.step == stands.step
    assert (tmp_path / "checkpoint.safetensors").exists()


def test_the_end_and_more_steps(shared, tmp_path):
    shared.start(QUICK.replace(steps=25), tmp_path)
    shared.send(Go())
    shared.until(Finished)
    last = next(report for report in reversed(shared.heard) if isinstance(report, Framed))
    assert last.frame == alone(QUICK.replace(steps=25), 25)
    rows = [report.row.step for report in shared.heard if isinstance(report, Measured)]
    assert rows[-3:] == [10, 20, 25]
    shared.send(Step("both"))
    assert "raise Steps" in shared.until(Refused).words
    shared.send(Set({"steps": 30}), Go())
    shared.until(SettingsChanged)
    shared.until(Finished)
    assert [report.row.step for report in shared.heard if isinstance(report, Measured)][-1] == 30


def test_fewer_steps_end_it_here_with_a_row(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Step("both"), Set({"steps": 1}))
    assert shared.until(Measured).row.step == 1
    shared.until(Finished)


def test_no_steps_at_all_is_the_untrained_generator(shared, tmp_path):
    shared.start(QUICK.replace(steps=0), tmp_path)
    shared.until(Finished)
    assert shared.until(Heartbeat).step == 0


def test_numbers_that_explode_break_the_run_and_a_rewind_mends_it(shared, tmp_path):
    shared.start(EXPLODING, tmp_path)
    shared.send(Go())
    assert "became infinite or NaN in step" in shared.until(Broken).words
    assert [report for report in shared.heard if isinstance(report, Measured)][-1].row.measurements["finite"] == 0
    shared.send(Go(), Step("both"))
    assert "rewind" in shared.until(Refused).words
    shared.send(Rewind(QUICK), Step("both"))
    shared.until(Opened)
    assert shared.until(Framed).frame == alone(QUICK, 1)


def test_up_to_a_step_with_a_picture_there_and_none_on_the_way(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Go(30))
    begun = len(shared.heard)
    assert shared.until(Framed).frame == alone(QUICK, 30)
    assert shared.until(Heartbeat, step=30).steps_per_second > 0  # it only waits
    shared.send(Go(50))
    assert shared.until(Framed).frame == alone(QUICK, 50)
    shared.send(Pause())
    assert shared.until(Heartbeat, steps_per_second=0.0).step == 50
    shared.send(Go())  # from here on alone
    shared.until(Framed, frame=lambda frame: frame.step > 50)
    pictures = [report.frame.step for report in shared.heard[begun:] if isinstance(report, Framed)]
    assert pictures[:2] == [30, 50]
