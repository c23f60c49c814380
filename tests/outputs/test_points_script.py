"""An exported script of a run on points against the engine: the same points, to the last bit."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from clean_scripts import assert_clean
from PIL import Image

from gan_core.engine.trainer import Trainer
from gan_core.outputs.kinds import script_files
from gan_core.outputs.script import script_of
from gan_core.settings.experiment import Experiment

Case = dict[str, Any]

SMALL: Case = {"steps": 12, "measure_every": 4, "batch_size": 16, "width": 0.25, "device": "cpu"}
CASES: dict[str, Case] = {
    "ring": {"dataset": "ring"},
    "grid": {"dataset": "grid", "width": 1.0},
    "one random number": {"dataset": "spiral", "latent_dim": 1, "noise": "normal", "init": "orthogonal"},
    "packed": {"dataset": "line", "pack": 4, "fourier_d": 8, "minibatch_std": True, "norm_d": "spectral"},
    "normalised": {"dataset": "two-moons", "norm_g": "batch", "norm_d": "layer", "sample_mode": "eval", "ema": 0.0},
    "batch norm in both": {"dataset": "gaussian", "norm_g": "batch", "norm_d": "batch", "fourier_g": 0, "skip": 0.0},
    "wgan-gp": {"dataset": "drawn", "loss": "wasserstein", "penalty": "gradient_penalty", "n_dis": 3,
                "output_activation": "tanh"},
    "simultaneous": {"dataset": "ring", "update": "simultaneous", "n_gen": 2, "loss": "hinge", "penalty": "r2",
                     "output_activation": "hardtanh", "noise": "truncated_normal", "latent_dim": 8},
    "clipped": {"dataset": "ring", "loss": "wasserstein", "penalty": "clip", "optimiser": "rmsprop", "lr_d": 1e-3},
    "by chance": {"dataset": "ring", "dropout_d": 0.3, "instance_noise": 0.2, "label_smoothing": 0.1,
                  "optimiser": "sgd", "noise": "bernoulli", "noise_scale": 0.5, "penalty_every": 3},
    "G alone": {"dataset": "ring", "n_dis": 0},
    "D alone": {"dataset": "ring", "n_gen": 0},
    "untrained": {"dataset": "grid", "steps": 0},
}  # fmt: skip


def run(e: Experiment, folder: Path) -> str:
    """The script of an experiment beside its data, run in this process: what it prints."""
    for name, content in script_files(e).items():
        (folder / name).write_bytes(content)
    printed = StringIO()
    with redirect_stdout(printed), torch.random.fork_rng(devices=[]):
        exec(compile(script_of(e), "train.py", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def trained(e: Experiment) -> tuple[Trainer, dict[int, dict[str, float]]]:
    """The engine's run of the same, by the library that a script multiplies by, and its losses by step."""
    trainer, losses = Trainer(e, library="blas"), {}
    for _ in range(e.steps):
        trainer.train_step()
        if trainer.due():
            losses[trainer.step] = {name: trainer.last[name] for name in ("loss_d", "loss_g") if name in trainer.last}
    return trainer, losses


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_makes_the_points_of_the_engine(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    e = Experiment(**SMALL | case)
    printed = run(e, tmp_path)
    trainer, losses = trained(e)
    assert np.array_equal(np.load("generated.npy"), trainer.look().fake.numpy())
    found = {
        int(re.findall(r"step (\d+)", line)[0]): {n: float(v) for n, v in re.findall(r"(loss_[dg]) (\S+)", line)}
        for line in printed.splitlines()
    }
    assert found == {step: pytest.approx(values, rel=1e-6) for step, values in losses.items()}
    picture = np.asarray(Image.open("generated.png"))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == 3  # ground, real, generated


def test_prints_the_numbers_of_a_dirac_gan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With settings besides that have no meaning for it, and a batch greater than its data."""
    monkeypatch.chdir(tmp_path)
    e = Experiment(dataset="dirac", steps=40, penalty="r1", update="simultaneous", dropout_d=0.3, batch_size=32)
    *_, last = run(e, tmp_path).splitlines()
    trainer, _ = trained(e)
    theta, psi = (float(value) for value in re.findall(r"(?:theta|psi) (\S+)", last))
    numbers = [trainer.g_parameters[0].item(), trainer.d_parameters[0].item()]
    assert [theta, psi] == pytest.approx(numbers, rel=1e-6)
    assert "DROPOUT" not in script_of(e)


def test_every_script_is_short_clean_and_about_points(tmp_path: Path) -> None:
    experiments = [Experiment(**SMALL | case) for case in CASES.values()]
    experiments += [Experiment(dataset="dirac"), Experiment(dataset="dirac", steps=0)]
    for number, e in enumerate(experiments):
        text = script_of(e)
        assert len(text.splitlines()) <= 200
        assert not re.search("image|IMAGE|gan_core", text.replace("PIL import Image", "").replace("Image.new", ""))
        (tmp_path / f"script_{number}.py").write_text(text)
    assert_clean(tmp_path)
