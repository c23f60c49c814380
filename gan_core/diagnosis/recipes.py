"""All recipes by name: that of each failure, those of the mistakes in a loop, then the documents' own setups."""

from __future__ import annotations

from gan_core.diagnosis.document_recipes import DOCUMENT_RECIPES
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.mistake_recipes import MISTAKE_RECIPES
from gan_core.diagnosis.recipe import Recipe
from gan_core.settings.experiment import Experiment

_OWN = [failure.recipe for failure in sorted(FAILURES.values(), key=lambda failure: failure.place)]
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (*_OWN, *MISTAKE_RECIPES, *DOCUMENT_RECIPES)}


def find(name: str) -> Experiment:
    """The experiment called NAME, NAME:broken or NAME:fixed; without a side, the broken one.

    Raises ValueError that lists the names there are.
    """
    recipe, _, side = name.partition(":")
    if recipe not in RECIPES:
        raise ValueError(f"there is no recipe {recipe!r}: choose from {', '.join(RECIPES)}")
    if side not in ("", "broken", "fixed"):
        raise ValueError(f"a recipe has the sides broken and fixed, not {side!r}")
    return RECIPES[recipe].side("fixed" if side == "fixed" else "broken")
