"""Samples of a live run, and saved ones made again: what an unwatched trainer gives, and the run stays as it is."""

from __future__ import annotations

import numpy as np
import pytest
from live_runs import QUICK, alone
from shown_pictures import decoded

from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.messages.commands_and_reports import (
    Collect,
    Collected,
    Framed,
    Go,
    Opened,
    Pause,
    Refused,
    Remade,
    Remake,
    Rewind,
    Start,
    Step,
)
from gan_core.messages.samples import MOST, unpacked
from gan_core.outputs.saved_pictures import read_bytes, saved_grid, saved_singles


def expected(experiment, steps, count):
    trainer = Trainer(experiment)
    for _ in range(steps):
        trainer.train_step()
    return collect(trainer, count)


def assert_same(found, wanted):
    assert (found.step, found.experiment, found.range_map) == (wanted.step, wanted.experiment, wanted.range_map)
    assert np.array_equal(found.latent, wanted.latent)
    assert np.array_equal(found.values, wanted.values)


@pytest.mark.parametrize("sample_mode", ["train", "eval"])
def test_samples_of_a_run_that_stands_still(shared, tmp_path, sample_mode):
    experiment = QUICK.replace(sample_mode=sample_mode)
    shared.start(experiment, tmp_path)
    shared.send(Collect(64), Step("both"), Collect(3), Collect(3), Step("both"))
    assert_same(unpacked(shared.until(Collected)), expected(experiment, 0, 64))
    for _ in range(2):
        assert_same(unpacked(shared.until(Collected)), expected(experiment, 1, 3))
    assert shared.until(Framed, frame=lambda frame: frame.step == 2).frame == alone(experiment, 2)


def test_samples_of_a_run_that_trains_and_it_goes_on_as_if_nothing_had_been(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    shared.send(Go())
    shared.until(Framed, frame=lambda frame: frame.step > 0)
    shared.send(*[Collect(2)] * 3)
    steps = []
    for _ in range(3):
        found = unpacked(shared.until(Collected))
        assert_same(found, expected(QUICK, found.step, 2))
        steps.append(found.step)
    assert steps == sorted(steps)
    assert steps[0] > 0
    seen = shared.until(Framed, frame=lambda frame: frame.step > steps[-1]).frame
    assert seen == alone(QUICK, seen.step)
    shared.send(Pause())


@pytest.mark.parametrize("sample_mode", ["train", "eval"])
def test_saved_pictures_are_made_again_and_the_run_goes_on(shared, tmp_path, sample_mode):
    experiment = QUICK.replace(sample_mode=sample_mode)
    shared.start(experiment, tmp_path)
    shared.send(Step("both"), Collect(MOST))
    drawn = unpacked(shared.until(Collected))
    for saved in (saved_singles(drawn, "png", None)[5], saved_grid(drawn, "png", None)):
        origin, pixels = read_bytes(saved.picture, "the saved one")
        shared.send(Remake(origin.json_text()))
        again = decoded(shared.until(Remade).png)
        assert np.array_equal(again[..., 0], pixels)
    shared.send(Step("both"))
    assert shared.until(Framed, frame=lambda frame: frame.step == 2).frame == alone(experiment, 2)
    shared.send(Remake(origin.json_text()), Remake("{}"))
    refused = shared.until(Refused)
    assert (refused.command, "of step 1, but the weights are of step 2" in refused.words) == ("remake", True)
    assert shared.until(Refused).words.startswith("The saved picture does not say where")


def test_what_cannot_be_collected_is_refused_and_the_run_goes_on(client, tmp_path):
    client.send(Collect(1))
    refused = client.until(Refused)
    assert (refused.command, refused.words) == ("collect", "There is no run yet: it has to start first.")
    client.send(Start(QUICK, str(tmp_path / "checkpoint.safetensors")), Collect(0), Collect(65))
    for count in (0, 65):
        assert client.until(Refused).words == f"count must be 1 to 64, but is {count}."
    client.send(Rewind(QUICK), Collect(1), Step("both"))
    client.until(Opened)
    assert_same(unpacked(client.until(Collected)), expected(QUICK, 0, 1))
    assert client.until(Framed).frame == alone(QUICK, 1)
