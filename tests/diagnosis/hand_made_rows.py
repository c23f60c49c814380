"""Hand-made rows of measurements: a healthy run's, and those that show each failure."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gan_core.diagnosis.findings import Finding, diagnose
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

Rows = list[Row]

HEALTHY = {
    "finite": 1.0, "out_of_range": 0.0, "excess": 0.0, "contrast": 0.8, "pixel_mean": 0.17, "diversity": 0.8,
    "duplicates": 0.05, "nyquist": 0.01, "logit_max": 4.0, "logit_gap": 1.0, "d_accuracy": 0.75,
    "grad_norm_g": 0.6, "mode_gap": 0.15, "unreachable": 0.0, "neighbours": 0.95, "update_ratio_g": 0.01,
    "recognised": 0.4, "modes_covered": 9.0,
}  # fmt: skip

# failure -> measurements that show it, and settings under which it is looked for.
SHOWN: dict[str, tuple[dict[str, float], dict[str, Any]]] = {
    "non-finite": ({"finite": 0.0}, {}),
    "exploding": ({"logit_max": 500.0}, {}),
    "out-of-range": ({"out_of_range": 0.3, "excess": 0.06}, {"output_activation": "linear"}),
    "blank-grey": ({"contrast": 0.01, "pixel_mean": 0.5}, {}),
    "blank-black": ({"contrast": 0.01, "pixel_mean": 0.0}, {}),
    "blank-white": ({"contrast": 0.01, "pixel_mean": 1.0}, {}),
    "discriminator-too-strong": ({"d_accuracy": 1.0, "logit_gap": 20.0, "grad_norm_g": 0.001}, {"loss": "minimax"}),
    "discriminator-too-weak": ({"d_accuracy": 0.5, "grad_norm_g": 0.003, "recognised": 0.0}, {"lr_d": 1e-6}),
    "identical-samples": ({"diversity": 0.02, "duplicates": 1.0}, {"noise_scale": 0.01}),
    "mode-collapse": ({"duplicates": 0.97}, {"beta1": 0.9}),
    "batchnorm-mismatch": ({"mode_gap": 1.4}, {"sample_mode": "eval", "bn_momentum": 0.001}),
    "checkerboard": ({"nyquist": 0.2}, {"architecture": "dcgan", "upsample": "transpose3"}),
    "too-slow": ({"update_ratio_g": 1e-5, "recognised": 0.0}, {"optimiser": "sgd"}),
    "no-gradient-to-g": ({"grad_norm_g": 0.0}, {"mistake": "detached_generator"}),
    "accumulated-gradients": ({"grad_norm_g": 20.0, "grad_norm_d": 500.0}, {"mistake": "no_zero_grad"}),
    "double-sigmoid": ({"loss_d": 1.39, "loss_g": 0.6}, {"mistake": "double_sigmoid"}),
    "wrong-labels": ({"logit_gap": -15.0}, {"mistake": "swapped_labels"}),
    "noise": ({"neighbours": 0.1, "recognised": 0.0}, {"architecture": "mlp-plain", "beta1": 0.9}),
}  # fmt: skip
failing = pytest.mark.parametrize("failure", SHOWN)


def rows(changes: dict[str, float], steps: range = range(0, 2001, 50)) -> Rows:
    return [Row(step, {**HEALTHY, **changes}) for step in steps]


def shown(failure: str, steps: range = range(0, 2001, 50)) -> tuple[Experiment, Rows]:
    changes, settings = SHOWN[failure]
    return Experiment(**settings, steps=10_000), rows(changes, steps)


def named(e: Experiment, of: Rows) -> list[str]:
    return [finding.failure for finding in diagnose(e, of)]


def assert_complete(finding: Finding, e: Experiment) -> None:
    assert finding.evidence, finding
    for evidence in finding.evidence:
        assert math.isfinite(evidence.value), evidence
        above = evidence.value > evidence.threshold
        assert above if evidence.comparison == ">" else evidence.value < evidence.threshold, evidence
    assert finding.why.endswith("."), finding
    assert finding.fix and all(getattr(e, name) != value for name, value in finding.fix.items()), finding
    e.replace(**finding.fix)
