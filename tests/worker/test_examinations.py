"""Examinations of untrained generators, with and without a run beside them."""

from __future__ import annotations

import pytest
from live_runs import QUICK, alone

from gan_core.engine.untrained import contrast_map, untrained
from gan_core.messages.commands_and_reports import Examine, Examined, Framed, Go, Opened, Refused, Rewind, Step


def test_an_examination_needs_no_run(client):
    client.send(Examine(QUICK, 2.0), Examine(QUICK, 2.0, ("dcgan", "zeros")))
    assert client.until(Examined) == Examined(untrained(QUICK, 2.0), ())
    assert client.until(Examined) == Examined(None, contrast_map(QUICK, inits=("dcgan", "zeros"), gain=2.0))


@pytest.mark.parametrize("running", [False, True])
def test_an_examination_leaves_the_run_alone(shared, tmp_path, running):
    other = QUICK.replace(seed=3, image_size=9, norm_g="none")
    shared.start(QUICK, tmp_path)
    looks = [Examine(other), Examine(other, inits=("pytorch",))]
    shared.send(*[Go()] * running, *looks, Step("both"))
    assert shared.until(Examined).untrained == untrained(other)
    assert shared.until(Examined).contrasts == contrast_map(other, inits=("pytorch",))
    seen = shared.until(Framed, frame=lambda frame: frame.step > 0).frame
    assert seen == alone(QUICK, seen.step)
    shared.send(Rewind(QUICK))
    assert shared.until(Opened).frame == alone(QUICK, 0)


def test_an_examination_that_cannot_be_is_refused_and_the_run_goes_on(shared, tmp_path):
    shared.start(QUICK, tmp_path)
    missing = QUICK.replace(dataset="folder", folder=str(tmp_path / "none"))
    shared.send_json({"kind": "examine", "experiment": {"lr_g": 5}})
    shared.send(Examine(missing), Examine(QUICK, -1.0))
    for word in ("lr_g", "none", "gain"):
        refused = shared.until(Refused)
        assert refused.command == "examine"
        assert word in refused.words
    shared.send(Step("both"))
    assert shared.until(Framed).frame == alone(QUICK, 1)
