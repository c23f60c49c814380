"""Settings changed while it runs, and runs begun anew."""

from __future__ import annotations

import pytest
from live_runs import QUICK, alone

from gan_core.engine import take_frame
from gan_core.engine.trainer import Trainer
from gan_core.messages.commands_and_reports import (
    Framed,
    Go,
    Heartbeat,
    Opened,
    Pause,
    Refused,
    Rewind,
    Set,
    SettingsChanged,
    Start,
    Step,
)


def test_a_live_change_is_the_same_at_the_same_step(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Step("both"), Set({"lr_g": 0.01, "noise_scale": 2.0}), Step("both"))
    changed = shared.until(SettingsChanged)
    assert changed.experiment == QUICK.replace(lr_g=0.01, noise_scale=2.0)
    trainer = Trainer(QUICK)
    trainer.train_step()
    trainer.set({"lr_g": 0.01, "noise_scale": 2.0})
    assert shared.until(Framed).frame == take_frame.take(trainer)
    trainer.train_step()
    assert shared.until(Framed).frame == take_frame.take(trainer)


def test_a_live_change_while_running(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Go(), Set({"lr_d": 0.01}))
    assert shared.until(SettingsChanged).experiment.lr_d == 0.01
    shared.until(Heartbeat, steps_per_second=lambda rate: rate > 0)
    shared.send(Pause())


@pytest.mark.parametrize(
    ("changes", "word"), [({"lr_g": -1.0}, "lr_g"), ({"width": 2.0}, "width"), ({"speed": 3}, "speed")]
)
def test_a_wrong_change_is_refused_and_the_run_goes_on(shared, tmp_path, changes, word):
    shared.start(QUICK, tmp_path)
    shared.send(Go(), Set(changes))
    refused = shared.until(Refused)
    assert refused.command == "set"
    assert word in refused.words
    assert shared.until(Heartbeat, step=lambda step: step > 0).steps_per_second > 0
    shared.send(Pause())


def test_a_rewind_gives_the_same_first_picture(shared, tmp_path):
    opened = shared.start(QUICK, tmp_path)
    shared.send(Go())
    shared.until(Framed, frame=lambda frame: frame.step > 0)
    shared.send(Rewind(QUICK))
    assert shared.until(Opened) == opened
    assert shared.until(Heartbeat).step == 0
    shared.send(Step("both"))
    assert shared.until(Framed).frame == alone(QUICK, 1)


def test_a_rewind_to_other_settings(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    other = QUICK.replace(image_size=9, data_range="[0,1]")
    shared.send(Rewind(other))
    opened = shared.until(Opened)
    assert opened.experiment == other
    assert opened.opening.tile == 9
    assert opened.frame == alone(other, 0)


def test_a_refused_rewind_leaves_the_run(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Step("both"), Rewind(QUICK.replace(dataset="folder", folder=str(tmp_path / "none"))))
    refused = shared.until(Refused)
    assert refused.command == "rewind"
    assert "none" in refused.words
    shared.send(Step("both"))
    assert shared.until(Framed, frame=lambda frame: frame.step == 2).frame == alone(QUICK, 2)


def test_a_refused_start_can_be_mended(client, tmp_path):
    missing = QUICK.replace(dataset="folder", folder=str(tmp_path / "none"))
    wrong = {"kind": "start", "experiment": {"lr_g": 5, "loss": "none"}, "checkpoint": str(tmp_path / "checkpoint")}
    client.send(Pause(), Go(), Step("d"))
    client.send_json(wrong)
    client.send(Rewind(QUICK), Start(missing, str(tmp_path / "checkpoint.safetensors")))
    assert "start first" in client.until(Refused, command="step").words
    refused = client.until(Refused, command="start")
    assert "lr_g" in refused.words
    assert "loss" in refused.words
    assert "start first" in client.until(Refused, command="rewind").words
    assert "none" in client.until(Refused, command="start").words
    client.send(Rewind(QUICK))
    assert client.until(Opened).frame == alone(QUICK, 0)
