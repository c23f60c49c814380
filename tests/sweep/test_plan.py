"""What a sweep is to train, as its file says it; what is wrong with a file, in one sentence each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gan_core.settings.experiment import Experiment
from gan_core.sweep.plan import PlanError, SweepPlan, read_plan


def plan(**parts: Any) -> SweepPlan:
    return read_plan(json.dumps(parts))


def test_the_cells_are_all_combinations_in_order() -> None:
    found = plan(base={"width": 0.5}, vary={"lr_g": [0.1, 1], "n_dis": [1, 2]}, seeds=[3, 4], steps=7).cells
    expected = [({"lr_g": g, "n_dis": n}, s) for g in (0.1, 1.0) for n in (1, 2) for s in (3, 4)]
    assert [(cell.settings, cell.seed) for cell in found] == expected
    assert [cell.experiment for cell in found] == [
        Experiment(width=0.5, steps=7, seed=seed, **settings) for settings, seed in expected
    ]


def test_settings_that_follow_another_follow_it() -> None:
    _, plain = plan(vary={"architecture": ["mlp", "mlp-plain"]}).cells
    assert plain.experiment == Experiment(architecture="mlp-plain")


def test_sets_and_switches_vary_as_numbers_do() -> None:
    found = plan(vary={"augment": [[], ["flip", "crop"]], "minibatch_std": [False, True]}).cells
    assert [cell.settings["augment"] for cell in found] == [(), (), ("crop", "flip"), ("crop", "flip")]


def test_a_combination_that_cannot_be_is_a_cell_with_its_reason() -> None:
    made = plan(vary={"norm_g": ["batch", "instance"], "architecture": ["mlp", "dcgan"]}, seeds=[0, 1])
    refused = [cell for cell in made.cells if cell.experiment is None]
    assert [cell.settings for cell in refused] == [{"norm_g": "instance", "architecture": "mlp"}] * 2
    (words,) = made.refusals()
    assert "norm_g=instance, architecture=mlp" in words and "use 'layer'" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "no JSON object"),
        ('{"vary": {"lr_g": [1]}, "cells": 3}', "cells: a sweep has no such part"),
        ("{}", "vary: name 1 to 3 settings"),
        ('{"vary": {}}', "vary: 0 settings are named; name 1 to 3"),
        ('{"vary": {"lr_g": [1], "lr_d": [1], "n_dis": [1], "n_gen": [1]}}', "vary: 4 settings are named"),
        ('{"vary": {"lr": [1]}}', "vary: there is no setting 'lr'"),
        ('{"vary": {"lr_g": 1}}', "vary: lr_g needs a list"),
        ('{"vary": {"lr_g": []}}', "vary: lr_g has no values"),
        ('{"vary": {"lr_g": [2]}}', "vary: lr_g: 2 is not allowed; it must be a number from 1e-06 to 1"),
        ('{"vary": {"lr_g": [{}]}}', "vary: lr_g: {} is not allowed"),
        ('{"vary": {"lr_g": [1, 1.0]}}', "vary: lr_g has 1.0 twice"),
        ('{"vary": {"seed": [1]}}', "give the seeds as “seeds”"),
        ('{"vary": {"steps": [1]}, "steps": 2}', "steps: it varies already"),
        ('{"vary": {"lr_g": [1]}, "steps": "many"}', "base: steps='many': must be a whole number"),
        ('{"vary": {"lr_g": [1]}, "base": {"colour": 1}}', "base: colour=1: there is no such setting"),
        ('{"vary": {"lr_g": [1]}, "base": []}', "base: an object of settings"),
        ('{"vary": {"lr_g": [1]}, "seeds": []}', "seeds: give at least one"),
        ('{"vary": {"lr_g": [1]}, "seeds": [1, 1]}', "seeds: give at least one, and each once"),
        ('{"vary": {"lr_g": [1]}, "seeds": 1}', "seeds: a list of whole numbers"),
        ('{"vary": {"lr_g": [1]}, "seeds": [-1]}', "seeds: -1 is not allowed"),
        ('{"vary": {"lr_g": [1]}, "seeds": [[]]}', "seeds: [] is not allowed"),
    ],
)  # fmt: skip
def test_a_wrong_file_gets_one_sentence(text: str, words: str) -> None:
    with pytest.raises(PlanError) as refused:
        read_plan(text)
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_more_cells_than_anybody_waits_for_are_refused() -> None:
    with pytest.raises(PlanError, match="100,100 cells"):
        plan(vary={"lr_g": [0.1]}, seeds=[*range(100_100)])


def test_a_plan_of_which_nothing_can_be_trained_is_refused() -> None:
    with pytest.raises(PlanError, match=r"no cell can be trained\. norm_g=instance: .*use 'layer'"):
        plan(vary={"norm_g": ["instance"]}).check()
