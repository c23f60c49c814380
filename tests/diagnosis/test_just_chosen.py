"""Settings that a person just chose, of which the diagnosis once had nothing to say, or the wrong thing."""

from __future__ import annotations

from typing import Any

import pytest
from study import train

from gan_core.diagnosis.recipes import find
from gan_core.diagnosis.verdict import verdict
from gan_core.settings.experiment import Experiment


@pytest.mark.parametrize(
    ("settings", "failures", "fix"),
    [
        # Static, and D right about everything: the failure of document 001, without its loss.
        ({"lr_g": 1e-6, "lr_d": 0.01}, {"discriminator-too-strong"}, {"lr_g": 2e-3, "lr_d": 2e-3}),
        ({"lr_g": 1e-6}, {"discriminator-too-strong", "too-slow"}, {"lr_g": 2e-3}),
        # Tanh leaves [0, 1] from the start, and G that does not move stays there.
        ({"lr_g": 1e-6, "data_range": "[0,1]"}, {"discriminator-too-strong", "too-slow"}, {"lr_g": 2e-3}),
        # Grey from birth.
        ({"init": "zeros"}, {"blank-grey"}, {"init": "pytorch"}),
        ({"optimiser": "sgd"}, {"too-slow"}, {"optimiser": "adam"}),
        ({"n_gen": 0}, {"too-slow"}, {"n_gen": 1}),
        ({"lr_d": 0.1}, {"exploding", "mode-collapse", "discriminator-too-strong", "too-slow"}, {"lr_d": 2e-3}),
        # The pictures of running statistics that never move: one of them again and again.
        ({"bn_momentum": 0.0, "sample_mode": "eval"}, {"batchnorm-mismatch"}, {"bn_momentum": 0.1}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",  # a set has its order by chance
)
def test_the_cause_is_named_with_what_mends_it(
    settings: dict[str, Any], failures: set[str], fix: dict[str, Any]
) -> None:
    e = Experiment(**settings, width=0.25, steps=600)
    rows, *_ = train(e)
    of = verdict(e, rows)
    assert of.state == "failing"
    assert of.findings[0].failure in failures
    assert of.findings[0].fix == fix


def test_rates_that_were_moved_while_it_ran_are_those_of_the_finding() -> None:
    e, moved = Experiment(width=0.25, steps=600), ((50, {"lr_d": 0.01}), (100, {"lr_g": 1e-5}))
    rows, *_ = train(e, moved)
    of = verdict(e.replace(lr_d=0.01, lr_g=1e-5), rows)
    assert of.mark != "well"
    assert of.findings[0].failure in {"discriminator-too-strong", "too-slow"} and "lr_g" in of.findings[0].fix


def test_a_mismatch_is_named_to_the_end_of_the_run() -> None:
    """At this seed the gap dips below the threshold in the last row."""
    e = find("batchnorm-mismatch:broken").replace(seed=90210)
    rows, *_ = train(e)
    assert [finding.failure for finding in verdict(e, rows).findings] == ["batchnorm-mismatch"]
