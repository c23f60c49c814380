"""The graph of causes: one real run for each arrow, in which both failures show and only the cause is named.

The runs were trained once, since some are chaotic and turn out otherwise on another processor; their rows stand in
cause_runs.json. `python -m tests.diagnosis.test_causes` trains them again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import detectors, diagnose
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

SKETCH: dict[str, Any] = {"architecture": "mlp", "width": 0.25, "steps": 400}
PLAIN: dict[str, Any] = {"architecture": "mlp-plain", "width": 0.25, "steps": 700}
FROZEN: dict[str, Any] = {**SKETCH, "bn_momentum": 0.0, "sample_mode": "eval"}
HOPPING: dict[str, Any] = {"dataset": "ring", "lr_d": 1e-3, "ema": 0.0, "skip": 0.0, "steps": 400}

# A run, and what explains what in it.
RUNS: list[tuple[dict[str, Any], dict[str, tuple[str, ...]]]] = [
    (
        {**SKETCH, "n_gen": 0},
        {"too-slow": ("discriminator-too-strong",)},
    ),
    (
        {**SKETCH, "lr_g": 1e-06, "data_range": "[0,1]"},
        {"discriminator-too-strong": ("out-of-range",)},
    ),
    (
        {
            **SKETCH,
            "steps": 800,
            "optimiser": "sgd",
            "noise": "constant",
            "output_activation": "sigmoid",
            "hidden_activation": "tanh",
            "lr_g": 1e-3,
            "seed": 1,
        },
        {"blank-white": ("identical-samples", "mode-collapse")},
    ),
    (
        {**SKETCH, "steps": 600, "noise": "constant", "optimiser": "sgd", "output_activation": "sigmoid"},
        {
            "blank-grey": (
                "identical-samples",
                "mode-collapse",
            ),
            "too-slow": (
                "blank-grey",
                "blank-white",
                "identical-samples",
                "mode-collapse",
            ),
        },
    ),
    (
        {**FROZEN, "init": "zeros"},
        {
            "blank-grey": ("discriminator-too-weak",),
            "discriminator-too-weak": (
                "identical-samples",
                "mode-collapse",
            ),
        },
    ),
    (
        {**FROZEN, "init": "dcgan", "data_range": "[0,1]", "output_activation": "hardtanh"},
        {
            "batchnorm-mismatch": (
                "blank-black",
                "identical-samples",
                "mode-collapse",
            )
        },
    ),
    (
        {**PLAIN, "loss": "minimax", "lr_d": 0.1},
        {
            "discriminator-too-strong": ("noise",),
            "exploding": (
                "discriminator-too-strong",
                "noise",
            ),
        },
    ),
    ({**SKETCH, "lr_g": 1e-06, "lr_d": 1e-06, "data_range": "[0,1]"}, {"too-slow": ("out-of-range",)}),
    ({**SKETCH, "lr_g": 1e-06, "norm_g": "none"}, {"blank-grey": ("discriminator-too-strong",)}),
    ({**SKETCH, "lr_g": 0.1, "lr_d": 0.1, "penalty": "none"}, {"exploding": ("mode-collapse",)}),
    ({**SKETCH, "lr_g": 1.0, "lr_d": 1.0}, {"exploding": ("discriminator-too-weak",)}),
    (
        {**FROZEN, "init": "zeros", "data_range": "[0,1]", "output_activation": "hardtanh"},
        {"blank-black": ("discriminator-too-weak",)},
    ),
    ({**PLAIN, "lr_g": 1.0, "optimiser": "sgd"}, {"discriminator-too-weak": ("noise",), "noise": ("mode-collapse",)}),
    ({**PLAIN, "data_range": "[0,1]", "beta1": 0.9}, {"out-of-range": ("noise",)}),
    (
        {**PLAIN, "output_activation": "relu", "init": "he_normal_fan_out", "beta1": 0.0, "steps": 1000, "seed": 1009},
        {"blank-grey": ("noise",), "exploding": ("identical-samples",)},
    ),
    (
        {**SKETCH, "output_activation": "relu", "data_range": "raw"},
        {
            "blank-black": ("discriminator-too-strong", "identical-samples", "mode-collapse"),
            "discriminator-too-strong": ("identical-samples", "mode-collapse"),
            "identical-samples": ("mode-collapse",),
        },
    ),
    (
        {
            **SKETCH,
            "lr_g": 1e-6,
            "noise": "constant",
            "output_activation": "sigmoid",
            "hidden_activation": "tanh",
            "seed": 1,
        },
        {"blank-white": ("discriminator-too-strong",)},
    ),
    (
        {**SKETCH, "mistake": "detached_generator", "norm_g": "none"},
        {"no-gradient-to-g": ("blank-grey", "discriminator-too-strong", "mode-collapse")},
    ),
    ({**SKETCH, "mistake": "fake_label_for_g"}, {"wrong-labels": ("discriminator-too-strong",)}),
    ({**SKETCH, "mistake": "double_sigmoid"}, {"double-sigmoid": ("discriminator-too-weak",)}),
    (
        {**PLAIN, "mistake": "no_zero_grad"},
        {"accumulated-gradients": ("exploding", "identical-samples", "mode-collapse")},
    ),
    ({**PLAIN, "mistake": "swapped_labels"}, {"wrong-labels": ("discriminator-too-weak", "noise")}),
    ({**PLAIN, "mistake": "detached_generator"}, {"no-gradient-to-g": ("noise",)}),
    ({**HOPPING, "mistake": "no_zero_grad"}, {"accumulated-gradients": ("mode-hopping",)}),
    ({**HOPPING, "lr_g": 1.0}, {"identical-samples": ("mode-hopping",), "mode-hopping": ("mode-collapse",)}),
    ({**HOPPING, "lr_g": 1.0, "width": 0.125}, {"discriminator-too-weak": ("mode-hopping",)}),
    (
        {**HOPPING, "lr_g": 1e-4, "lr_d": 0.03, "penalty": "none", "width": 0.125},
        {"discriminator-too-strong": ("mode-hopping",)},
    ),
    (
        {**HOPPING, "loss": "wasserstein", "penalty": "none", "lr_d": 0.01},
        {"exploding": ("mode-hopping",)},
    ),
    ({"dataset": "grid", "lr_g": 1.0, "width": 0.125, "steps": 500}, {"exploding": ("generator-too-small",)}),
]


ROWS = Path(__file__).with_name("cause_runs.json")


def _rows(e: Experiment) -> list[Row]:
    recorded = json.loads(ROWS.read_text())
    assert e.digest in recorded, "its settings have changed: train it again"
    return [Row(*row) for row in recorded[e.digest]]


def record() -> None:
    """Train all of them, and write down what the detectors read."""
    from tests.study import train

    recorded = {}
    for settings, _ in RUNS:
        e = Experiment(**settings)
        read = {
            condition.measurement
            for detector in detectors(e).values()
            for signs in (detector, detector.sooner)
            if signs
            for condition in (*signs.conditions, *signs.alternative)
        } | {"modes_covered", "recognised"}
        rows, *_ = train(e)
        recorded[e.digest] = [
            (row.step, {name: value for name, value in row.measurements.items() if name in read or "share_" in name})
            for row in rows
        ]
    ROWS.write_text(json.dumps(recorded) + "\n")


def _showing(e: Experiment, rows: list[Row], failure: str) -> set[int]:
    """The rows, by index, in which a failure shows."""
    record = FAILURES[failure]
    if record.of_settings and record.of_settings(e):
        return set(range(len(rows)))
    found = detectors(e).get(failure)
    return {at for spell in found.spells(rows) for at in range(spell.called, spell.last + 1)} if found else set()


@pytest.mark.parametrize(
    ("settings", "cause", "consequence"),
    [
        pytest.param(settings, cause, consequence, id=f"{cause}->{consequence}")
        for settings, arrows in RUNS
        for cause, consequences in arrows.items()
        for consequence in consequences
    ],
)
def test_where_both_show_only_the_cause_is_named(settings: dict[str, Any], cause: str, consequence: str) -> None:
    e = Experiment(**settings)
    rows = _rows(e)
    both = _showing(e, rows, cause) & _showing(e, rows, consequence)
    assert both
    named = {finding.failure for finding in diagnose(e, rows[: max(both) + 1])}
    assert consequence not in named
    # Either is named, or what explains the cause itself.
    assert named & ({cause} | FAILURES[cause].explained_by)


def test_every_arrow_has_its_run() -> None:
    shown = {(cause, one) for _, arrows in RUNS for cause, consequences in arrows.items() for one in consequences}
    assert shown == {(cause, name) for name, failure in FAILURES.items() for cause in failure.explained_by}


if __name__ == "__main__":
    record()
