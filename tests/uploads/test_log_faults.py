"""Faults of loops by their logs: loops with each mistake built in, a healthy one, and what is proposed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from plain_loops import MISTAKES, NEED_NORMS, NEED_PENALTY, log_of

from gan_core.uploads import NoColumnError, Report, examine

LOSSES = ("step", "loss_d", "loss_g")


def report(rows: list[dict[str, float]], columns: tuple[str, ...] = ()) -> Report:
    few = [{name: value for name, value in row.items() if not columns or name in columns} for row in rows]
    return examine("log.jsonl", "\n".join(map(json.dumps, few)).encode())


def named(found: Report) -> set[str]:
    return {finding.failure for finding in found.findings}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_loop_is_named_by_its_log(mistake: str) -> None:
    rows = log_of(mistake, "digits", 7, steps=160, every=4, lr=1e-3)
    for columns in ((), LOSSES) if mistake not in (*NEED_NORMS, *NEED_PENALTY) else ((),):
        found = report(rows, columns)
        if not mistake:
            assert named(found) == set()
            continue
        assert MISTAKES[mistake] in named(found)
        finding = next(one for one in found.findings if one.failure == MISTAKES[mistake])
        exec(finding.code, {})
        assert finding.why.endswith(".") and finding.evidence
        for one in finding.evidence:
            assert one.value < one.threshold if one.comparison == "<" else one.value > one.threshold


def flat(count: int, **columns: Any) -> list[dict[str, float]]:
    rng = np.random.default_rng(0)
    return [
        {name: value(rng, n) if callable(value) else value for name, value in {"step": 10 * n, **columns}.items()}
        for n in range(count)
    ]


CRITIC: dict[str, Any] = {"loss_d": lambda r, _: r.normal(-3, 1), "loss_g": lambda r, _: r.normal(3, 1)}


@pytest.mark.parametrize(
    ("rows", "failure"),
    [
        # A constant answer a little above one half.
        (flat(60, d_loss_real=lambda r, _: r.normal(0.69, 0.004), d_loss_fake=lambda r, _: r.normal(0.697, 0.004),
              acc_real=1.0, acc_fake=0.0, g_loss=lambda r, _: r.normal(0.692, 0.004)), "constant-discriminator"),
        # Both certain of the same images.
        (flat(60, loss_d=1.4e-7, loss_g=1.2e-7), "wrong-labels"),
        # Cross-entropy with labels of -1.
        (flat(60, **{"loss_d": lambda r, n: -n / 9, "D(x)": 0.7, "D(G(z))": 0.6, "loss_g": 0.5}), "wrong-labels"),
        (flat(60, **{"loss_d": 1.0, "loss_g": 0.007, "D(x)": 1.0, "D(G(z))": 1.0}), "constant-discriminator"),
        (flat(60, **CRITIC, gp=0.0), "penalty-not-acting"),
        (flat(60, **CRITIC, gp=10.0), "penalty-not-acting"),
        (flat(60, loss_d=1.2, loss_g=0.9, grad_norm_g=0.0), "no-gradient-to-g"),
    ],
)  # fmt: skip
def test_numbers_that_no_right_loop_has(rows: list[dict[str, float]], failure: str) -> None:
    assert failure in named(report(rows))


@pytest.mark.parametrize(
    "rows",
    [
        # A critic whose penalty is small and lively.
        flat(60, **CRITIC, gp=lambda r, _: r.gamma(2) / 9),
        # R1 that is printed with two digits.
        flat(60, loss_d=lambda r, _: round(r.normal(1.2, 0.1), 2), loss_g=lambda r, _: round(r.normal(1, 0.2), 2),
             r1=0.0),
        # Success: losses about those of guessing, that began elsewhere.
        flat(60, loss_d=lambda r, n: 1.386 - 0.5 * 0.9**n + r.normal(0, 0.01),
             loss_g=lambda r, n: 0.693 + 0.9 * 0.9**n + r.normal(0, 0.01)),
        # Labels that are exchanged on purpose, for both.
        flat(60, **{"loss_d": lambda r, _: r.normal(1.1, 0.1), "loss_g": lambda r, _: r.normal(1, 0.1),
                    "D(x)": lambda r, _: r.normal(0.3, 0.02), "D(G(z))": lambda r, _: r.normal(0.6, 0.02)}),
        # A critic behind a sigmoid, whose loss is the difference of its answers.
        flat(60, **{"loss_d": -0.4, "D(x)": 0.7, "D(G(z))": 0.3, "loss_g": -0.3}),
        # Least squares.
        flat(60, loss_d=lambda r, _: abs(r.normal(0.3, 0.05)), loss_g=lambda r, _: abs(r.normal(0.5, 0.1))),
    ],
)  # fmt: skip
def test_healthy_numbers_are_not_accused(rows: list[dict[str, float]]) -> None:
    assert named(report(rows)) == set()


def test_a_cure_is_never_what_the_log_proves_to_be_in_use() -> None:
    strong = {"loss_d": 1e-5}
    minimax = report(flat(40, **strong, loss_g=-1e-4)).findings[0]
    assert minimax.fix == {"loss": "non_saturating"}
    saturated = report(flat(40, **strong, loss_g=57.0)).findings[0]
    assert "loss" not in saturated.fix and "r1" in saturated.code
    clipped = report(flat(40, **strong, loss_g=16.118)).findings[0]
    assert "exactly 0" in clipped.why and "logits" in clipped.code
    held = report(flat(40, **strong, loss_g=9.0, gp=lambda r, _: r.gamma(2), lr_d=1e-4)).findings[0]
    assert held.fix == {"lr_d": 2.5e-5}
    weak = report(flat(40, loss_d=2.3, loss_g=0.2, learning_rate=2e-3)).findings[0]
    assert weak.failure == "discriminator-too-weak" and "lr_d" not in weak.fix


def test_the_code_that_is_shown_is_right() -> None:
    """R1 against its closed form on a linear discriminator, and the penalty at gradients of norm 1."""
    names: dict[str, Any] = {}
    exec(report(flat(40, loss_d=1e-5, loss_g=57.0)).findings[0].code, names)
    weights = torch.tensor([3.0, 4.0])
    assert float(names["r1"](lambda x: x @ weights, torch.randn(8, 2), weight=10.0)) == pytest.approx(10 / 2 * 25)
    exec(report(flat(60, loss_d=-3.1, loss_g=3.2, gp=10.0)).findings[0].code, names)
    unit = weights / 5
    assert float(names["penalty"](lambda x: x @ unit, torch.randn(8, 2), torch.randn(8, 2))) == pytest.approx(
        0, abs=1e-9
    )


def test_what_was_looked_for_and_what_could_not_be_judged() -> None:
    found = report(flat(40, loss_d=lambda r, _: r.normal(1.2, 0.1)))
    assert "discriminator-too-strong" in found.looked_for
    missing = {one.failure: one.needed for one in found.not_judged}
    assert "gradient norm" in missing["accumulated-gradients"] and "penalty" in missing["penalty-not-acting"]
    assert "samples" in missing["noise"]
    assert not set(missing) & set(found.looked_for)
    assert {"looked_for", "not_judged"} <= set(found.as_dict())


def test_columns_can_be_corrected() -> None:
    rows = flat(40, alpha=1e-5, beta=9.0, loss_d=1.2)
    with pytest.raises(NoColumnError) as caught:
        report(rows, ("step", "alpha", "beta"))
    assert caught.value.columns == ["step", "alpha", "beta"]
    chosen = {"alpha": "loss_d", "beta": "loss_g", "loss_d": ""}
    found = examine("log.jsonl", "\n".join(map(json.dumps, rows)).encode(), columns=chosen)
    assert named(found) == {"discriminator-too-strong"}
    assert found.seems.columns == {"alpha": "loss_d", "beta": "loss_g", "step": "step"}
    assert found.seems.others == ["loss_d"]


def test_rows_that_take_turns_are_one() -> None:
    lines = ["d_loss,epoch,g_loss,step"]
    for step in range(0, 2000, 50):
        lines += [f"0.00001,0,,{step}", f",0,16.118,{step}"]
    found = examine("metrics.csv", "\n".join(lines).encode())
    assert named(found) == {"discriminator-too-strong"} and found.seems.steps == (0, 1950)
    assert "Keras" in found.findings[0].why


def answered(twice: bool) -> list[dict[str, float]]:
    """The log of a D that learns slowly: its answers on real images rise and fall again, on generated ones they stay
    near one half, and its losses are those of one sigmoid, or of two."""
    # As a loop on MNIST at a rate of 1e-4 had them.
    real = np.interp(np.arange(60), [0, 8, 18, 40, 59], [0.53, 0.60, 0.80, 0.70, 0.62])
    fake = np.interp(np.arange(60), [0, 8, 18, 40, 59], [0.51, 0.52, 0.56, 0.58, 0.57])
    loss = (lambda p: np.log1p(np.exp(-p))) if twice else (lambda p: -np.log(p))
    against = (lambda p: np.log1p(np.exp(p))) if twice else (lambda p: -np.log(1 - p))
    return [
        {"step": 5 * n, "loss_d": float(loss(p) + against(q)), "loss_g": float(loss(q)), "D(x)": p, "D(G(z))": q,
         "acc_real": 1.0, "acc_fake": 0.0}
        for n, (p, q) in enumerate(zip(real.tolist(), fake.tolist(), strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize("columns", [(), LOSSES, (*LOSSES, "acc_real", "acc_fake")])
def test_a_slow_healthy_loop_is_not_taken_for_one_with_two_sigmoids_nor_for_a_constant_d(
    columns: tuple[str, ...],
) -> None:
    healthy, wrong = answered(twice=False), answered(twice=True)
    # Within all the bounds of two sigmoids, so that these alone would accuse it.
    assert min(row["loss_d"] for row in healthy) > 1.0064 and max(row["loss_g"] for row in healthy) < 0.693
    assert named(report(healthy, columns)) == set()
    assert "double-sigmoid" in named(report(wrong, columns))
