"""Checkpoints: written, resumed from, damaged, or impossible to write."""

from __future__ import annotations

from live_runs import QUICK, Client, alone

from gan_core.messages.commands_and_reports import (
    Framed,
    Go,
    Heartbeat,
    Measured,
    Opened,
    Pause,
    Refused,
    Rewind,
    Set,
    Start,
    Step,
    Stop,
)


def test_a_resumed_run_equals_an_uninterrupted_one(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(*[Step("both")] * 7, Pause())
    shared.until(Heartbeat, step=7)
    shared.until(Heartbeat, step=7)
    shared.send(Rewind(QUICK.replace(seed=1)))  # what came between must not matter
    saved = tmp_path / "kept.safetensors"
    (tmp_path / "checkpoint.safetensors").rename(saved)
    shared.until(Opened)
    opened = shared.start(QUICK.replace(lr_d=2e-3), tmp_path, resume=saved)
    assert opened.frame.step == 7
    assert opened.experiment.lr_d == 2e-3
    shared.send(Set({"lr_d": QUICK.lr_d}), Step("both"))
    assert shared.until(Framed, frame=lambda frame: frame.step == 8).frame == alone(QUICK, 8)


def test_a_damaged_checkpoint_is_refused_in_words(shared, tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nothing of use")
    shared.send(Start(QUICK, str(tmp_path / "checkpoint.safetensors"), str(damaged)))
    assert "damaged.safetensors" in shared.until(Refused, command="start").words


def test_stop_leaves_a_checkpoint_of_the_last_step(client, tmp_path):
    client.start(QUICK, tmp_path)
    client.send(Go())
    client.until(Measured)
    client.send(Stop())
    client.process.stdin.close()  # the end of stdin must not cut the checkpoint short
    assert client.ended() == 0
    again = Client()
    try:
        seen = max(report.row.step for report in client.heard if isinstance(report, Measured))
        assert again.start(QUICK, tmp_path, tmp_path / "checkpoint.safetensors").frame.step >= seen
    finally:
        again.close()


def test_a_checkpoint_that_cannot_be_written_is_told_and_the_run_goes_on(shared, tmp_path):
    shared.start(QUICK, tmp_path / "missing")
    refused = shared.until(Refused)
    assert refused.command == "checkpoint"
    assert "could not be written" in refused.words
    shared.send(Step("both"))
    assert shared.until(Framed).frame.step == 1
