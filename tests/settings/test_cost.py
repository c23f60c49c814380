"""What a run takes, as multiples of the usual one."""

from __future__ import annotations

import pytest

from gan_core.diagnosis.recipes import RECIPES
from gan_core.settings import cost
from gan_core.settings.experiment import Experiment


def test_the_usual_run_is_one() -> None:
    for e in (Experiment(), Experiment(architecture="dcgan")):
        assert cost.memory(e) == cost.work(e) == 1


def test_memory_grows_with_pixels_units_and_pictures_and_work_with_updates_too() -> None:
    e = Experiment(image_size=56, width=2, batch_size=32, n_dis=3)
    assert cost.memory(e) == 4 * 2 * 0.5
    assert cost.work(e) == 4 * 2 * 2 * 0.5 * 2


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"threads": 3}, "Threads"),
        ({"image_size": 64, "width": 4, "batch_size": 512, "architecture": "dcgan"}, "Image size, Width or Batch size"),
        ({"width": 4, "n_dis": 10, "n_gen": 10}, "D updates per step"),
    ],
)
def test_too_much_names_what_to_change(settings: dict[str, object], named: str) -> None:
    assert named in cost.too_much(Experiment(**settings), processors=2)


def test_every_recipe_may_be_one_of_many() -> None:
    sides = [side for recipe in RECIPES.values() for side in (recipe.broken, recipe.fixed)]
    assert [cost.too_much(e, processors=1) for e in sides] == [""] * len(sides)
