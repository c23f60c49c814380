"""The recipes: their form, and that each shows what it promises at a seed that no threshold was tuned on."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from counting import counted
from study import named, train

from gan_core.__main__ import main
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import RECIPES, find
from gan_core.diagnosis.remedies import needed
from gan_core.diagnosis.row import Row
from gan_core.engine.class_coverage import classifier_of
from gan_core.engine.training_data import load_images
from gan_core.saving_mistakes.journey import Choices
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import PLAINEST
from gan_core.saving_mistakes.known_mistakes import recipes as saving_recipes
from gan_core.saving_mistakes.sample_tensors import SOURCES
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.mistakes import MISTAKES, NONE
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import SettingsError

FRESH_SEED = 20_261_123

# A side shows its promise within 15 s of one core. Seconds say how busy a machine is, so the work is counted: the
# slowest kinds of sides did so many multiply-adds of forward passes in each second of the study (assets/study.json).
MOST_S = 15
MULTIPLY_ADDS_A_SECOND = 7.5e9


@pytest.mark.parametrize("name", RECIPES)
def test_the_sides_differ_in_exactly_one_setting(name: str) -> None:
    recipe = RECIPES[name]
    assert len(diff(recipe.broken, recipe.fixed)) == 1


@pytest.mark.parametrize("name", RECIPES)
def test_words_are_few_and_failure_and_document_are_known(name: str) -> None:
    recipe = RECIPES[name]
    assert 1 <= len(recipe.words.split()) <= 7
    assert recipe.failure in {"", *FAILURES}
    assert recipe.document in {"", "000", "001", "002", "004"}
    kind = "mistake-" if recipe.mistake else recipe.document or recipe.failure
    assert recipe.name.startswith(kind)


def test_every_failure_has_a_recipe_of_its_name() -> None:
    own = {name for name, recipe in RECIPES.items() if not recipe.document and not recipe.mistake}
    assert own == set(FAILURES)
    assert all(RECIPES[name].failure == name for name in FAILURES)


def test_every_mistake_has_a_recipe_whose_cure_is_not_to_make_it() -> None:
    recipes = [recipe for recipe in RECIPES.values() if recipe.mistake]
    assert [recipe.mistake for recipe in recipes] == [mistake for mistake in MISTAKES if mistake != NONE]
    for recipe in recipes:
        assert diff(recipe.broken, recipe.fixed) == {"mistake": (recipe.mistake, NONE)}
        assert "%" in recipe.seen


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "004-fashion"])
def test_recipes_need_no_network(name: str) -> None:
    assert RECIPES[name].broken.dataset == RECIPES[name].fixed.dataset
    assert RECIPES[name].broken.dataset in {"digits", *POINT_SETS}


def test_a_recipe_is_found_by_name_and_side() -> None:
    recipe = RECIPES["exploding"]
    assert find("exploding") == find("exploding:broken") == recipe.broken
    assert find("exploding:fixed") == recipe.fixed
    for wrong in ("nothing", "exploding:worse", "", ":fixed"):
        with pytest.raises(ValueError, match="recipe"):
            find(wrong)


def test_command_line_lists_recipes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == [*RECIPES, *PLAINEST]
    for entry in listed:
        assert set(entry) == {"name", "failure", "document", "broken", "fixed", "words", "carries_over"}
    for entry in listed[: len(RECIPES)]:
        assert Experiment.from_json(json.dumps(entry["broken"])) == RECIPES[entry["name"]].broken
        assert Experiment.from_json(json.dumps(entry["fixed"])) == RECIPES[entry["name"]].fixed
        own = entry["broken"]["dataset"]
        assert set(entry["carries_over"]) == {"digits", "mnist", "fashion-mnist"} - {own}


def test_each_failure_of_saving_is_found_on_the_broken_side_of_its_recipe_only() -> None:
    assert [entry["failure"] for entry in saving_recipes()] == list(PLAINEST)
    for entry in saving_recipes():
        for side, found in (("broken", {entry["failure"]}), ("fixed", set())):
            ways = dict(entry[side])
            tensor = SOURCES[ways.pop("source")].make()
            image = ways.pop("image")
            verdict = judge(tensor.values[image], tensor.range_map, Choices(**ways), image)
            assert {finding.failure for finding in verdict.findings} == found, (entry["name"], side)
        assert len(entry["words"].split()) <= 7


def test_a_recipe_of_saving_trains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for name in PLAINEST:
        for side in ("", ":fixed"):
            assert main(["train", "--recipe", f"{name}{side}"]) == 2
            said = capsys.readouterr().err
            assert name in said and "see the page pixels" in said and said.count("\n") == 1


def test_command_line_trains_a_recipe_with_set_on_top(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "--recipe", "exploding:fixed", "--set", "seed=5", "--steps", "1"]
    assert main([*arguments, "--set", "measure_every=1"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    told = RECIPES["exploding"].fixed.replace(seed=5, steps=1, measure_every=1)
    assert outcome["experiment"] == told.model_dump(mode="json")


@pytest.mark.parametrize(
    "arguments",
    [["--recipe", "nothing"], ["--recipe", "exploding:worse"], ["--recipe", "exploding", "--experiment", "e.json"]],
)
def test_command_line_refuses_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# ------------------------------------------------------------------------------------------ what they show


@cache
def _run(e: Experiment) -> tuple[list[Row], int]:
    """The rows of a run, and the multiply-adds of its forward passes; several recipes share a side."""
    if e.dataset not in POINT_SETS:
        classifier_of(load_images(e))  # trained once for all runs on a machine
    with counted() as work:
        rows, *_ = train(e)
    return rows, work.multiply_adds


def _sides(untrained: bool) -> list[Any]:
    chosen = [recipe for recipe in RECIPES.values() if (recipe.broken.steps == 0) == untrained]
    return [
        pytest.param(recipe.name, side, id=f"{recipe.name}:{side}")
        for recipe in chosen
        for side in ("broken", "fixed")
        if recipe.name != "004-fashion"
    ]


def _shows_its_promise(name: str, side: str) -> None:
    e = find(f"{name}:{side}").replace(seed=FRESH_SEED)
    rows, multiply_adds = _run(e)
    failure = RECIPES[name].failure if side == "broken" else ""
    if failure:
        assert failure in named(e, rows, ever=False)
    else:
        # What is slow by its kind may not be there yet when its few steps are used up, and nothing else.
        assert named(e, rows, ever=True) <= ({"too-slow"} if e.steps < needed(e) else set())
    assert 0 < multiply_adds < MOST_S * MULTIPLY_ADDS_A_SECOND


@pytest.mark.parametrize(("name", "side"), _sides(untrained=True))
def test_untrained_recipe_shows_its_promise(name: str, side: str) -> None:
    _shows_its_promise(name, side)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "side"), _sides(untrained=False))
def test_recipe_shows_its_promise(name: str, side: str) -> None:
    _shows_its_promise(name, side)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "hinge", "norm_d": "spectral", "batch_size": 32, "steps": 500},
        {"architecture": "dcgan", "width": 0.5, "latent_dim": 32, "noise": "uniform", "steps": 200},
        {"penalty": "r1", "penalty_weight": 1.0, "hidden_activation": "relu", "steps": 500},
        {"ema": 0.99, "optimiser": "rmsprop", "lr_g": 5e-4, "lr_d": 5e-4, "steps": 600},
    ],
    ids=lambda settings: "-".join(str(value) for value in settings.values()),
)
def test_a_healthy_run_is_not_accused(settings: dict[str, Any]) -> None:
    e = Experiment(**settings, seed=FRESH_SEED)
    assert named(e, _run(e)[0], ever=True) == set()


def test_a_wrong_setting_on_top_is_refused_as_ever() -> None:
    with pytest.raises(SettingsError):
        find("exploding").replace(lr_g=5.0)
