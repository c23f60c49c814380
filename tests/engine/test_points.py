"""A run on points through the same Trainer, checkpoint and pictures as any other."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
import torch
from tiny import global_randomness_unchanged, rows_of, state_of

from gan_core.data import SOURCES, load_for
from gan_core.data.points import Points
from gan_core.engine import take_frame
from gan_core.engine.checkpoint import load_checkpoint, save_checkpoint
from gan_core.engine.drive import drive
from gan_core.engine.losses import LOSSES
from gan_core.engine.regenerate import regenerate
from gan_core.engine.take_samples import collect
from gan_core.engine.trainer import Trainer
from gan_core.engine.untrained import untrained
from gan_core.messages import samples
from gan_core.messages.plane import Plane
from gan_core.outputs.saved_pictures import saved_grid, write
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import LIMIT, POINT_SETS
from gan_core.settings.problems import SettingsError

SMALL: dict[str, Any] = {"width": 0.25, "batch_size": 16, "steps": 30, "measure_every": 5, "device": "cpu"}


def trainer(dataset: str = "ring", **settings: Any) -> Trainer:
    return Trainer(Experiment(dataset=dataset, **{**SMALL, **settings}))


@pytest.mark.parametrize("name", sorted(POINT_SETS))
def test_every_data_set_lies_in_the_plane_that_is_shown(name: str) -> None:
    points = load_for(Experiment(dataset=name))
    assert isinstance(points, Points)
    assert np.abs(points.values).max() < LIMIT
    if len(points.centres):
        nearest = np.linalg.norm(points.values[:, None] - points.centres, axis=2).min(axis=1)
        # The distance from the mean of a normal distribution in the plane has the mean square 2 std^2.
        assert np.square(nearest).mean() == pytest.approx(2 * 0.05**2, rel=0.03)
    assert SOURCES[name].label


@pytest.mark.parametrize(
    "settings",
    [{}, {"loss": "wasserstein", "penalty": "gradient_penalty", "update": "simultaneous"},
     {"pack": 4, "minibatch_std": True, "norm_d": "spectral", "norm_g": "batch", "dropout_d": 0.2},
     {"dataset": "grid", "latent_dim": 1, "noise": "normal", "optimiser": "sgd"}, {"dataset": "dirac"}],
    ids=["ring", "wgan-gp", "packed", "grid", "dirac"],
)  # fmt: skip
def test_same_experiment_same_bytes_and_looking_touches_nothing(settings: dict[str, Any]) -> None:
    with global_randomness_unchanged():
        one, other = trainer(**settings), trainer(**settings)
        for _ in range(4):
            one.train_step()
            before = state_of(one)
            take_frame.take(one)
            collect(one, samples.MOST)
            assert state_of(one) == before
            other.train_step()
        take_frame.opening(one)
    assert state_of(one) == state_of(other)
    assert one.measure() == other.measure()


def test_a_checkpoint_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    whole, stopped = trainer(), trainer()
    rows_of(whole, 8)
    rows_of(stopped, 3)
    save_checkpoint(stopped, tmp_path / "c.safetensors")
    resumed = load_checkpoint(tmp_path / "c.safetensors")
    rows_of(resumed, 5)
    assert state_of(resumed) == state_of(whole)


def test_a_saved_picture_is_drawn_again_from_its_latents(tmp_path: Path) -> None:
    made = trainer()
    rows_of(made, 5)
    save_checkpoint(made, tmp_path / "c.safetensors")
    drawn = samples.unpacked(samples.packed(collect(made, samples.MOST)))
    assert np.array_equal(drawn.values, collect(made, samples.MOST).values)
    write([saved_grid(drawn, "png", None, PurePosixPath("picture"))], tmp_path)
    remade = regenerate(tmp_path / "picture.png", tmp_path / "c.safetensors")
    assert remade.difference.differ == 0
    assert remade.picture.std() > 0


def test_what_is_shown_is_what_the_networks_say() -> None:
    made = trainer(pack=0)
    rows_of(made, 5)
    frame = take_frame.take(made)
    shown = Plane.of(frame.plane)
    assert made.average is not None
    with torch.no_grad():
        points = made.average(made.probe.z)
        # The middle of D's map has no place of its own: the four around it are compared at theirs.
        side = np.linspace(-LIMIT, LIMIT, 50, dtype=np.float32)
        for row, column in ((0, 0), (10, 40), (49, 49)):
            place = torch.tensor([[side[column], side[row]]])
            assert shown.answers[row, column] == pytest.approx(made.d(place).sigmoid().item(), abs=0.003)
    assert np.allclose(shown.points, points.numpy(), atol=1e-3)
    # The arrows point down the generator's loss: a small move along them makes it less.
    before, after = (
        LOSSES["non_saturating"].generator(made.d(where)).item()
        for where in (points, points + 0.01 * torch.from_numpy(shown.arrows - shown.points))
    )
    assert after < before
    # The folded noise has the generator's corners.
    corner = made.average(torch.tensor([[-1.0, -1.0]])).detach().numpy()[0]
    assert np.allclose(shown.folded[0, 0], corner, atol=1e-3)


def test_a_broken_generator_is_shown_without_its_points() -> None:
    made = trainer(ema=0.0)
    with torch.no_grad():
        made.g_parameters[-1].fill_(float("nan"))
    frame = take_frame.take(made)
    assert frame.measurements["finite"] == 0
    assert np.isnan(Plane.of(frame.plane).points).all()


def test_untrained_says_that_it_looks_at_images() -> None:
    with pytest.raises(SettingsError, match="points of a plane"):
        untrained(Experiment(dataset="ring"))


def test_the_grid_is_found_to_its_last_mode() -> None:
    """Nobody chose this seed."""
    rows = [moment.row for moment in drive(Trainer(Experiment(dataset="grid", seed=8711, steps=250, measure_every=250)))
            if moment.row]  # fmt: skip
    last = rows[-1].measurements
    assert last["modes_covered"] == 25
    assert last["high_quality"] >= 0.8
    assert rows[0].measurements["high_quality"] < 0.5  # it did not begin there
