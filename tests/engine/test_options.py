"""Every setting does something; the live ones do it at once, and no other can change while running."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tiny import state_of, trained, trainer

from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import SettingsError

DCGAN = {"architecture": "dcgan"}
# Settings that show only beside another one.
NEEDS: dict[str, dict[str, Any]] = {
    "upsample": DCGAN,
    "norm_g": DCGAN,
    "norm_d": DCGAN,
    "init_std": {"init": "normal"},
    # Taken in each step, so that two steps show it; the next needs the default, which takes it in neither.
    "penalty": {"penalty_every": 1},
    "penalty_weight": {"penalty": "r1", "penalty_every": 1},
    "penalty_every": {"penalty": "r1", "penalty_every": 8},
    # An average that begins short has the same decay at first, whatever it is to become.
    "ema": {"ema_warm_up": False},
    "ema_warm_up": {"ema": 0.9},
}
OTHER: dict[str, Any] = {
    "image_size": 9, "width": 0.25, "latent_dim": 5, "bn_momentum": 0.5, "bn_eps": 0.5, "init_std": 0.5,
    "noise_scale": 0.5, "penalty_weight": 3.0, "label_smoothing": 0.3, "instance_noise": 0.5,
    "dropout_d": 0.5, "pack": 2, "lr_g": 0.01, "lr_d": 0.01, "beta1": 0.9, "beta2": 0.9, "batch_size": 4,
    "n_dis": 2,
    "n_gen": 2, "ema": 0.9, "ema_warm_up": False, "penalty_every": 2, "seed": 1, "outliers": 0.5, "minibatch_std": True,
}  # fmt: skip
# What decides where the run is computed, how long it is, or which pictures it has; tested elsewhere.
ELSEWHERE = {"dataset", "folder", "background", "device", "threads", "steps", "measure_every", "sample_mode", "mistake"}
CASES = [
    (name, value)
    for name, row in SETTINGS.items()
    if name not in ELSEWHERE
    for value in (
        [OTHER[name]]
        if name in OTHER
        else [("flip",), ("crop",)]
        if name == "augment"
        else [choice for choice in row.choices if choice not in (row.default, "points")]
    )
]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_no_option_is_dead(name: str, value: Any) -> None:
    needed = NEEDS.get(name, {})
    settings = {**needed, name: value}
    if str(value).startswith("document-"):
        settings["batch_size"] = 4
    made, base = trained(2, **settings), trained(2, **needed)
    assert made.measure()["finite"] == 1
    assert np.isfinite(made.last["loss_d"])
    assert np.isfinite(made.last["loss_g"])
    assert state_of(made) != state_of(base)


@pytest.mark.parametrize("name", ["n_dis", "n_gen"])
def test_resting_players(name: str) -> None:
    made = trainer(**{name: 0})
    resting = made.d_parameters if name == "n_dis" else made.g_parameters
    before = [p.detach().clone() for p in resting]
    made.train_step()
    assert all(torch.equal(p, then) for p, then in zip(resting, before, strict=True))
    assert ("loss_d" in made.last) == (name == "n_gen")


def test_sample_mode_decides_what_is_drawn() -> None:
    train, evaluated = (trained(3, sample_mode=mode).look() for mode in ("train", "eval"))
    assert not torch.equal(train.fake, evaluated.fake)
    assert train.measurements["mode_gap"] == evaluated.measurements["mode_gap"] > 0


def test_untrained() -> None:
    made = trainer(steps=0, n_dis=0, n_gen=0)
    assert made.due()
    assert {"loss_d", "loss_g", "grad_norm_g", "update_ratio_g"}.isdisjoint(made.measure())
    assert made.measure()["finite"] == 1


# ---- while running


def test_rows_are_due_at_the_first_every_nth_and_the_last_step() -> None:
    made = trainer(measure_every=3, steps=7)
    due = [made.due()]
    for _ in range(7):
        made.train_step()
        due.append(made.due())
    assert [step for step, is_due in enumerate(due) if is_due] == [0, 3, 6, 7]


@pytest.mark.parametrize(
    "name", [name for name, row in SETTINGS.items() if row.live and name not in ("steps", "mistake")]
)
def test_every_live_setting_takes_effect(name: str) -> None:
    # What a penalty weighs acts only where there is a penalty from the start.
    needed = NEEDS[name] if name.startswith("penalty") else {}
    made, base = trained(2, **needed), trained(2, **needed)
    value = dict(CASES).get(name, "eval")
    made.set({name: value})
    assert getattr(made.experiment, name) == value
    for _ in range(2):
        made.train_step()
        base.train_step()
    if name == "sample_mode":
        assert not torch.equal(made.look().fake, base.look().fake)
    else:
        assert state_of(made) != state_of(base)


@pytest.mark.parametrize("name", [name for name, row in SETTINGS.items() if not row.live])
def test_no_other_setting_can_change(name: str) -> None:
    made = trainer()
    before = made.experiment
    with pytest.raises(SettingsError, match="cannot change while running"):
        made.set({name: getattr(before, name), "lr_g": 0.5})
    assert made.experiment == before


def test_live_steps_move_the_last_row() -> None:
    made = trainer(steps=9, measure_every=100)
    made.train_step()
    assert not made.due()
    made.set({"steps": 1})
    assert made.due()


def test_live_rate_and_momentum_reach_the_optimiser() -> None:
    """SGD without momentum moves by exactly lr times gradient."""
    made = trained(2, optimiser="sgd", beta1=0.5)
    made.set({"lr_g": 0.07, "beta1": 0.0})
    before = [p.detach().clone() for p in made.g_parameters]
    made.train_step()
    for p, then in zip(made.g_parameters, before, strict=True):
        assert p.grad is not None
        torch.testing.assert_close(p.detach(), then - 0.07 * p.grad)


def test_setting_to_the_same_is_no_change() -> None:
    made, base = trained(2), trained(2)
    made.set({"lr_g": base.experiment.lr_g, "noise": "normal"})
    for one in (made, base):
        one.train_step()
    assert state_of(made) == state_of(base)


def test_live_noise_moves_the_probe_and_back() -> None:
    made = trained(1)
    z = made.probe.z.clone()
    made.set({"noise_scale": 3.0})
    torch.testing.assert_close(made.probe.z, z * 3)
    made.set({"noise_scale": 1.0})
    assert torch.equal(made.probe.z, z)


def test_wrong_live_values_are_refused_and_change_nothing() -> None:
    made = trainer()
    before = made.experiment
    for changes in ({"lr_g": 7.0}, {"n_dis": 0, "n_gen": 0}, {"colour": 1}):
        with pytest.raises(SettingsError):
            made.set(changes)  # type: ignore[arg-type]
        assert made.experiment == before
