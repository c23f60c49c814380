"""What a finding proposes: settings that the run does not have yet, and for a recipe the one that broke it."""

from __future__ import annotations

from typing import Any

import pytest

from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import RECIPES
from gan_core.settings.experiment import Experiment


@pytest.mark.parametrize("failure", FAILURES)
def test_a_remedy_changes_settings_to_what_they_are_not_yet(failure: str) -> None:
    unusual: list[dict[str, Any]] = [
        {}, {"lr_g": 0.3}, {"lr_d": 0.3}, {"lr_g": 1e-5, "lr_d": 1e-5}, {"lr_g": 2e-4, "lr_d": 1e-4},
        {"norm_g": "none"}, {"beta1": 0.9}, {"beta1": 0.9, "lr_g": 1e-2},
        {"penalty": "gradient_penalty"}, {"penalty": "gradient_penalty", "penalty_weight": 100.0, "beta1": 0.0},
        {"optimiser": "sgd", "lr_d": 1.0}, {"loss": "wasserstein"}, {"n_gen": 5}, {"n_dis": 0}, {"n_dis": 2},
        {"noise": "constant"}, {"latent_dim": 1}, {"data_range": "raw", "output_activation": "linear"},
        {"sample_mode": "eval"}, {"bn_momentum": 0.001, "sample_mode": "eval"}, {"minibatch_std": True},
        {"init": "zeros", "norm_g": "none"}, {"init": "normal", "init_std": 10.0}, {"norm_d": "spectral"},
        {"output_activation": "sigmoid", "data_range": "standardised"}, {"output_activation": "hardtanh"},
        {"architecture": "dcgan", "upsample": "transpose4"}, {"architecture": "document-dcgan"},
        {"init": "he_normal", "norm_g": "batch"}, {"penalty": "r1", "norm_g": "batch", "minibatch_std": True},
    ]  # fmt: skip
    record = FAILURES[failure]
    asked = [record.recipe.broken, *(Experiment(**settings) for settings in unusual)]
    if record.runs == "untrained":
        asked = [e.replace(steps=0) for e in asked]
    may_show = [e for e in asked if record.detector_for(e) or (record.of_settings and record.of_settings(e))]
    assert may_show
    for e in may_show:
        change = record.remedy(e)
        assert change and all(getattr(e, name) != value for name, value in change.items())
        e.replace(**change)


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if recipe.failure and not recipe.document])
def test_the_remedy_of_a_recipes_broken_side_touches_the_setting_that_broke_it(name: str) -> None:
    recipe = RECIPES[name]
    setting, value = next(iter(FAILURES[recipe.failure].remedy(recipe.broken).items()))
    assert getattr(recipe.broken, setting) != value
    assert getattr(recipe.fixed, setting) == value or setting in SAME_CAUSE.get(name, ())


# The finding names another setting than the recipe, or another value, where either mends it.
SAME_CAUSE = {"blank-grey": ("output_activation",), "blank-white": ("lr_g",)}
