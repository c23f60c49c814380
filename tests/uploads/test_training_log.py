"""Training logs as people keep them: which columns are understood, what is named, and what is left untold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from gan_core.files.errors import DataError
from gan_core.uploads import Report, examine
from gan_core.uploads.log_columns import recognised

Columns = dict[str, list[float]]


def csv(columns: Columns) -> bytes:
    rows = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    return "\n".join(rows).encode()


def report(columns: Columns) -> Report:
    return examine("log.csv", csv(columns))


def named(columns: Columns) -> list[tuple[str, int]]:
    return [(finding.failure, finding.since_step) for finding in report(columns).findings]


STEPS: list[float] = list(range(0, 1000, 50))
MANY = len(STEPS)


def around(middle: float, width: float = 0.1) -> list[float]:
    return (middle + width * np.random.default_rng(0).standard_normal(MANY)).tolist()


HEALTHY: Columns = {"step": STEPS, "loss_d": around(1.25), "loss_g": around(0.9)}


def test_a_healthy_log_is_not_accused() -> None:
    found = report(HEALTHY)
    assert found.findings == []
    assert (found.seems.kind, found.seems.count, found.seems.steps) == ("log", 20, (0, 950))
    assert found.seems.columns == {"loss_d": "loss_d", "loss_g": "loss_g", "step": "step"}
    assert found.measurements == {"loss_d": HEALTHY["loss_d"][-1], "loss_g": HEALTHY["loss_g"][-1]}
    assert found.pictures is None


@pytest.mark.parametrize(
    ("changes", "failure", "since"),
    [
        ({"loss_d": [1.2] * 10 + [0.001] * 10}, "discriminator-too-strong", 500),
        ({"loss_d": [1.2] * 8 + [2.3] * 12, "loss_g": [0.2] * 20}, "discriminator-too-weak", 400),
        ({"loss_d": [1.2] * 12 + [1e4] * 8}, "exploding", 600),
        ({"loss_g": [0.9] * 7 + [float("nan")] * 13}, "non-finite", 350),
        ({"loss_d": [1.2] * 7 + [float("inf")] + [1.2] * 12}, "non-finite", 350),
        ({"d_accuracy": [0.8] * 5 + [1.0] * 15}, "discriminator-too-strong", 250),
        ({"d_acc": [80] * 5 + [100] * 15}, "discriminator-too-strong", 250),
        ({"D(x)": [0.999] * 20, "D(G(z))": [0.001] * 20}, "discriminator-too-strong", 0),
    ],
)
def test_what_is_named_and_since_when(changes: dict[str, Any], failure: str, since: int) -> None:
    found = report(HEALTHY | changes)
    assert [(finding.failure, finding.since_step) for finding in found.findings] == [(failure, since)]
    for one in found.findings[0].evidence:
        assert one.value < one.threshold if one.comparison == "<" else one.value > one.threshold
    exec(found.findings[0].code, {})


def test_the_losses_to_take_instead_are_those_on_logits() -> None:
    names: dict[str, Any] = {}
    for changes in ({"loss_g": [float("nan")] * 20}, {"loss_d": [0.001] * 20}, {"loss_d": [1e4] * 20}):
        exec(report(HEALTHY | changes).findings[0].code, names)
    real, fake = torch.tensor([2.0, -1.0]), torch.tensor([0.5, -40.0])
    of = torch.nn.functional.binary_cross_entropy_with_logits
    expected = of(real, torch.ones(2)) + of(fake, torch.zeros(2))
    assert names["loss_d"](real, fake) == pytest.approx(float(expected))
    assert names["loss_g"](fake) == pytest.approx(float(of(fake, torch.ones(2))))
    assert names["optimiser_d"](torch.nn.Linear(2, 1)).defaults["lr"] == 1e-3


@pytest.mark.parametrize(
    "changes",
    [
        {"loss_d": [0.001] * 3 + around(1.2)[3:]},  # sure at first only
        {"loss_d": [1.2] * 18 + [0.001] * 2},  # not yet for long
        {"loss_d": [-5.0, 0.001] * 10},  # a critic's
        {"loss_d": around(1.75), "loss_g": [-1.0, 0.3] * 10},  # hinge
        {"loss_d": [1.2] * 10 + [500.0] + [1.2] * 9},  # for a moment
        {"d_accuracy": [0.5] * 20},  # success or weakness
    ],
)
def test_what_is_not_named(changes: Columns) -> None:
    assert named(HEALTHY | changes) == []


@pytest.mark.parametrize(
    ("column", "measurement"),
    [
        *[(name, "loss_d") for name in (
            "loss_d", "d_loss", "lossD", "D_loss", "Loss_D", "dloss", "critic_loss", "discriminator loss", "errD",
            "Discriminator/Loss", "train/d_loss", "loss/disc", "netD loss", "loss_discriminator_epoch",
        )],
        *[(name, "loss_g") for name in ("loss_g", "g_loss", "lossG", "gen_loss", "generator_loss", "errG", "G loss")],
        ("d_loss_real", "loss_d_real"), ("d_loss_fake", "loss_d_fake"), ("disc_accuracy", "d_accuracy"),
        ("accuracy", "d_accuracy"), ("d_acc_real", "d_accuracy_real"), ("D(x)", "d_real"), ("D_x", "d_real"),
        ("D(G(z))", "d_fake"), ("D_G_z1", "d_fake"), ("grad_norm_g", "grad_norm_g"), ("d_real", "d_real"),
        ("判别器损失", "loss_d"), ("Verlust D", "loss_d"), ("Generador pérdida", "loss_g"),
        ("lr_d", ""), ("loss", ""), ("val_loss", ""), ("g_accuracy", ""), ("time", ""), ("D_real", ""), ("fid", ""),
    ],
)  # fmt: skip
def test_names_that_people_give(column: str, measurement: str) -> None:
    assert recognised([{column: 1.0}]).get(column, "") == measurement


def test_a_loss_in_two_parts_is_summed() -> None:
    half = {"iter": STEPS, "d_loss_real": [0.001] * MANY, "d_loss_fake": [0.002] * MANY, "g_loss": around(7)}
    found = report(half)
    assert found.measurements["loss_d"] == pytest.approx(0.003)
    assert [finding.failure for finding in found.findings] == ["discriminator-too-strong"]


def test_steps_are_those_that_only_grow() -> None:
    # An iteration that begins again each epoch counts nothing; the epoch does not grow either: the rows do.
    found = report({"iteration": [0, 1] * 10, "epoch": [n // 2 for n in range(20)], "loss_d": [0.001] * 20})
    assert found.findings[0].since_step == 0
    assert found.seems.steps == (0, 19)
    assert any("rows are counted" in sentence for sentence in found.untold)
    assert report({"epoch": list(range(1, 21)), "loss_d": around(1.2)}).seems.steps == (1, 20)


def test_a_log_of_this_project_is_read_by_the_detectors_of_runs() -> None:
    rows = [
        {"step": step, "loss_d": 1.2, "loss_g": 0.9, "contrast": 0.01, "pixel_mean": 0.5, "grad_norm_g": 0.5,
         "diversity": 0.01, "duplicates": 1.0, "d_accuracy": 0.7, "finite": 1.0}
        for step in STEPS
    ]  # fmt: skip
    found = examine("measurements.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert [finding.failure for finding in found.findings] == ["blank-grey"]
    assert found.untold == []


def test_noise_is_named_in_a_log_of_this_project_that_is_long_enough() -> None:
    steps: list[float] = list(range(0, 2000, 50))
    static: Columns = {"step": steps, "neighbours": [0.1] * 40, "loss_d": [1.2] * 40}
    assert [failure for failure, _ in named(static)] == ["noise"]
    assert named(static | {"neighbours": [0.1] * 6 + [0.9] * 34}) == []


@pytest.mark.parametrize(
    ("columns", "read"),
    [
        ("loss_D,loss_G,loss_G_GAN,loss_G_L1", {"loss_D": "loss_d", "loss_G_GAN": "loss_g"}),
        ("D/loss,G/loss_fake,G/loss_rec,D/gp", {"D/loss": "loss_d", "G/loss_fake": "loss_g", "D/gp": "penalty"}),
        ("d_loss,adv_loss,cycle_loss", {"d_loss": "loss_d", "adv_loss": "loss_g"}),
        ("l_d_real,l_g_pix,l_g_gan", {"l_d_real": "loss_d_real", "l_g_gan": "loss_g"}),
        ("Average loss D,G,lr", {"Average loss D": "loss_d", "G": "loss_g"}),
        ("loss_d,g_norm", {"loss_d": "loss_d"}),
    ],
)  # fmt: skip
def test_the_loss_of_the_game_is_told_from_what_it_is_added_to(columns: str, read: dict[str, str]) -> None:
    row = dict.fromkeys(columns.split(","), 1.5)
    assert recognised([row]) == read


def test_what_cannot_be_told_is_said() -> None:
    plain = report(HEALTHY).untold
    assert any("1.39 and 0.69" in sentence and "only samples" in sentence for sentence in plain)
    assert any("does not show" in sentence for sentence in plain)
    critic = report(HEALTHY | {"loss_d": [-0.5] * MANY}).untold
    assert any("critic" in sentence for sentence in critic)


def test_no_column_is_known() -> None:
    with pytest.raises(DataError, match=r"log.csv has no column that is recognised \(time, fid\): name them step"):
        report({"time": STEPS, "fid": STEPS})
