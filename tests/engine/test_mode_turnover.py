"""How many points are at other modes than before: by hand, and the same whoever looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from gan_core.engine.checkpoint import load_checkpoint, save_checkpoint
from gan_core.engine.drive import drive
from gan_core.engine.mode_turnover import ModeTurnover, shares_of_modes
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

SMALL: dict[str, Any] = {"width": 0.125, "batch_size": 8, "steps": 120, "measure_every": 10, "device": "cpu"}


def trainer(dataset: str = "ring", **settings: Any) -> Trainer:
    return Trainer(Experiment(dataset=dataset, **{**SMALL, **settings}))


def test_it_is_the_share_of_points_that_changed_their_mode() -> None:
    e = Experiment(dataset="ring")
    modes = ModeTurnover()
    assert modes.follow(e, 0, [1.0, 0.0, 0.0]) == {}
    assert modes.follow(e, 50, [0.0, 1.0, 0.0]) == {"mode_turnover": 1.0}
    assert modes.follow(e, 100, [0.25, 0.75, 0.0]) == {"mode_turnover": (1 + 0.25) / 2}
    assert modes.follow(e, 150, None) == {"mode_turnover": (1 + 0.25) / 2}  # it was not finite


def test_of_the_latest_times_the_mean_is_told() -> None:
    e = Experiment(dataset="ring")
    modes = ModeTurnover()
    there, elsewhere = [1.0, 0.0], [0.0, 1.0]
    told = [modes.follow(e, step, elsewhere if step in (50, 100) else there) for step in range(0, 301, 50)]
    expected = [1.0, 0.5, 2 / 3, 0.5, 0.25, 0.25]  # moved at 50 and back at 150: of the last four times
    assert [found["mode_turnover"] for found in told[1:]] == pytest.approx(expected)


def test_rows_close_together_are_compared_over_fifty_steps() -> None:
    e = Experiment(dataset="ring", measure_every=10)
    modes = ModeTurnover()
    told = [modes.follow(e, step, [step / 200, 1 - step / 200]) for step in range(0, 201, 10)]
    assert told[:5] == [{}] * 5
    assert all(found == {"mode_turnover": pytest.approx(0.25)} for found in told[5:])


def test_the_end_of_a_run_that_goes_on_later_leaves_no_trace() -> None:
    e = Experiment(dataset="ring", measure_every=30)
    one, other = ModeTurnover(), ModeTurnover()
    for step in (0, 30, 60, 90):
        one.follow(e, step, [step / 100, 1 - step / 100])
        other.follow(e, step, [step / 100, 1 - step / 100])
    one.follow(e, 115, [0.0, 1.0])  # its last step then
    assert one.follow(e, 120, [1.0, 0.0]) == other.follow(e, 120, [1.0, 0.0])


def test_the_shares_are_those_of_the_nearest_modes() -> None:
    made = trainer()
    assert made.average is not None
    shares = shares_of_modes(made.experiment, made.average, made.probe, made.data)
    assert shares is not None
    with torch.no_grad():
        angles = torch.atan2(*made.average(made.probe.z).T.flip(0))  # of a ring, the nearest mode is that of the angle
    nearest = (angles / (torch.pi / 4)).round().long() % 8
    assert shares == pytest.approx((torch.bincount(nearest, minlength=8) / len(nearest)).tolist(), abs=0.005)


@pytest.mark.parametrize("dataset", ["gaussian", "spiral", "dirac"])
def test_without_several_modes_there_is_none(dataset: str) -> None:
    made = trainer(dataset)
    for _ in range(60):
        made.train_step()
    assert "mode_turnover" not in made.measure()
    assert made.mode_turnover.shares is None


def test_it_depends_on_no_look_and_a_resumed_run_measures_the_same(tmp_path: Path) -> None:
    watched, unseen, stopped = trainer(), trainer(), trainer()
    whole = [moment.row.measurements for moment in drive(watched) if moment.row]
    assert any(row.get("mode_turnover", 0) > 0 for row in whole)
    for _ in range(75):
        stopped.train_step()
        stopped.look()
    save_checkpoint(stopped, tmp_path / "c.safetensors")
    resumed = load_checkpoint(tmp_path / "c.safetensors")
    for made, steps in ((unseen, 120), (resumed, 45)):
        for _ in range(steps):
            made.train_step()
        assert made.measure() == whole[-1]
