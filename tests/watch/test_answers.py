"""The formulas that losses are recognised by, against PyTorch's own; and that right ones are never accused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from gan_core.diagnosis.loop_verdict import loop_findings
from gan_core.diagnosis.row import Row
from gan_core.watch.answers import WatchedAnswers, measure_answers

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def bce(x: torch.Tensor, label: float) -> torch.Tensor:
    return F.binary_cross_entropy(x, torch.full_like(x, label))


def bce_logits(x: torch.Tensor, label: float) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(x, torch.full_like(x, label))


RIGHT: dict[str, tuple[bool, Loss, Callable[[torch.Tensor], torch.Tensor]]] = {  # probabilities?, D's loss, G's
    "BCELoss": (True, lambda r, f: bce(r, 1) + bce(f, 0), lambda f: bce(f, 1)),
    "BCELoss smoothed": (True, lambda r, f: bce(r, 0.9) + bce(f, 0), lambda f: bce(f, 1)),
    "BCELoss halved": (True, lambda r, f: (bce(r, 1) + bce(f, 0)) / 2, lambda f: bce(f, 1)),
    "BCEWithLogitsLoss": (False, lambda r, f: bce_logits(r, 1) + bce_logits(f, 0), lambda f: bce_logits(f, 1)),
    "minimax": (False, lambda r, f: bce_logits(r, 1) + bce_logits(f, 0), lambda f: -bce_logits(f, 0)),
    "least squares": (False, lambda r, f: ((r - 1) ** 2).mean() + (f**2).mean(), lambda f: ((f - 1) ** 2).mean()),
    "hinge": (False, lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean(), lambda f: -f.mean()),
    "Wasserstein": (False, lambda r, f: f.mean() - r.mean(), lambda f: -f.mean()),
}


def answers(seed: int, *, probabilities: bool, gap: float) -> tuple[torch.Tensor, torch.Tensor]:
    draw = np.random.default_rng(seed)
    r, f = (torch.tensor(draw.normal(mean, 1, 64)) for mean in (gap, -gap))
    return (r.sigmoid(), f.sigmoid()) if probabilities else (r, f)


def row(seed: int, d: Loss, g: Callable[[torch.Tensor], torch.Tensor], *, probabilities: bool, gap: float) -> Row:
    r, f = answers(seed, probabilities=probabilities, gap=gap)
    loss_d, loss_g = float(d(r, f)), float(g(f))
    told = measure_answers(r.numpy().astype(np.float32), f.numpy().astype(np.float32), loss_d, loss_g)
    return Row(50 * seed, {**told, "loss_d": loss_d, "loss_g": loss_g, "finite": 1.0})


@pytest.mark.parametrize("gap", [0.0, 0.3, 1.5, 4.0])
@pytest.mark.parametrize("name", RIGHT)
def test_right_losses_fit_their_formula_and_are_not_accused(name: str, gap: float) -> None:
    probabilities, d, g = RIGHT[name]
    rows = [row(seed, d, g, probabilities=probabilities, gap=gap) for seed in range(40)]
    assert max(one.measurements["usual_off"] for one in rows) < 1e-4
    assert max(one.measurements["usual_g_off"] for one in rows) < 1e-4
    assert loop_findings(rows) == []


def right_d(r: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
    return bce_logits(r, 1) + bce_logits(f, 0)


def right_g(f: torch.Tensor) -> torch.Tensor:
    return bce_logits(f, 1)


WRONG: dict[str, tuple[bool, Loss, Callable[[torch.Tensor], torch.Tensor]]] = {
    "sigmoid twice": (True, right_d, right_g),
    "labels exchanged": (False, lambda r, f: bce_logits(r, 0) + bce_logits(f, 1), right_g),
    "label 0 for G": (False, right_d, lambda f: bce_logits(f, 0)),
    "label 1.1": (False, lambda r, f: bce_logits(r, 1.1) + bce_logits(f, 0), right_g),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_are_named(name: str) -> None:
    probabilities, d, g = WRONG[name]
    failure = "double-sigmoid" if name == "sigmoid twice" else "wrong-labels"
    rows = [row(seed, d, g, probabilities=probabilities, gap=1.0) for seed in range(12)]
    (found,) = loop_findings(rows)
    assert found.failure == failure and found.advice and found.fix == {}


def spread(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of a D that is surer at each look."""
    draw = np.random.default_rng(number)
    return tuple(1 / (1 + np.exp(-draw.normal(side * (1 + number), 0.5, 64))) for side in (1, -1))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("loss", "named"),
    [
        (lambda r, f: float(-(1.2 * np.log(r) - 0.2 * np.log1p(-r)).mean() - np.log1p(-f).mean()), True),
        (lambda r, f: float(-np.log(r).mean() - np.log1p(-f).mean()), False),
        (lambda r, f: float(np.log(r).mean() + np.log1p(-f).mean()), False),  # the likelihood, as a score
        (lambda r, f: float(f.mean() - r.mean()), False),  # a critic behind a sigmoid
        (lambda r, f: float(f.mean() - r.mean() + 0.3), False),  # and its penalty
    ],
)
def test_a_loss_below_0_beside_probabilities_is_named_where_no_right_formula_is(
    loss: Callable[..., float], named: bool
) -> None:
    """D's answers are of another moment than its loss, as those of predict()."""
    answers_, rows = WatchedAnswers(), []
    for step in range(14):
        (r, f), now = spread(step % 7), spread(step % 7 + 1)
        told = answers_.measure(now[0].astype(np.float32), now[1].astype(np.float32), loss(r, f), None)
        rows.append(Row(10 * step, told))
    assert ("wrong-labels" in [finding.failure for finding in loop_findings(rows)]) is named


def test_d_that_gives_one_answer_to_all_is_constant() -> None:
    same = np.full(64, 0.5, np.float32)
    told = measure_answers(same, same, 2 * np.log(2), np.log(2))
    rows = [Row(50 * at, told) for at in range(10)]
    assert [finding.failure for finding in loop_findings(rows)] == ["constant-discriminator"]
