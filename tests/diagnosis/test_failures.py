"""The registry of failures: complete, in order, and each record whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from gan_core.claims.ledger import CLAIMS
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.failures import CARDS, FAILURES
from gan_core.diagnosis.recipes import RECIPES
from gan_core.saving_mistakes.known_mistakes import PLAINEST
from gan_core.settings.experiment import Experiment, diff
from gan_core.uploads.known_faults import KNOWN_FAULTS

PICTURES = Path(__file__).parents[2] / "assets" / "failures"
# The failure names of training that are a contract: links, saved runs and lessons hold them.
CONTRACT = {
    "out-of-range", "blank-grey", "blank-black", "blank-white", "discriminator-too-strong",
    "discriminator-too-weak", "identical-samples", "mode-collapse", "exploding", "non-finite", "untrained-grey",
    "batchnorm-mismatch", "checkerboard", "unreachable-range", "noise", "too-slow",
}  # fmt: skip
OF_FILES = {"clipped-dark", "half-range", "shifted-range", "normalised-twice", "low-bit-depth"}
each = pytest.mark.parametrize("failure", FAILURES.values(), ids=list(FAILURES))


def test_every_name_of_the_contract_has_a_record() -> None:
    assert set(FAILURES) >= CONTRACT
    assert len(CARDS) == len(FAILURES)
    assert set(PLAINEST) == {"wrapped-pixels", "wrong-range-map", "pil-error", "channel-order", "jpeg-loss"}
    assert {known.failure for known in KNOWN_FAULTS} <= {*FAILURES, *PLAINEST, *OF_FILES}


@each
def test_a_record_is_whole(failure: Failure) -> None:
    for words in (failure.title, failure.looks, failure.reason, failure.tell, failure.reported, failure.why):
        assert words.strip() == words != ""
    assert failure.why.endswith(".")
    assert set(failure.claims) <= set(CLAIMS)
    assert failure.explained_by <= set(FAILURES) - {failure.name}


@each
def test_its_recipe_has_its_name_and_one_setting_mends_it(failure: Failure) -> None:
    recipe = failure.recipe
    assert (recipe.name, recipe.failure, recipe.document) == (failure.name, failure.name, "")
    assert RECIPES[failure.name] is recipe
    assert len(diff(recipe.broken, recipe.fixed)) == 1
    assert failure.is_looked_for(recipe.broken)
    assert failure.signs(recipe.broken)


@each
def test_its_card_has_both_pictures(failure: Failure) -> None:
    made = json.loads((PICTURES / "pictures.json").read_text())[failure.name]
    for side in ("broken", "fixed"):
        with Image.open(PICTURES / made[side]) as picture:
            assert picture.size == (made["width"], made["height"])


def test_causes_come_before_what_they_explain() -> None:
    order = list(FAILURES)
    for name, failure in FAILURES.items():
        assert all(order.index(cause) < order.index(name) for cause in failure.explained_by)


def test_no_two_have_the_same_place_in_either_order() -> None:
    assert len({failure.rank for failure in FAILURES.values()}) == len(FAILURES)
    assert len({failure.place for failure in FAILURES.values()}) == len(FAILURES)


def test_the_cards_end_with_what_needs_no_training() -> None:
    assert [failure.name for failure in CARDS[:2]] == ["out-of-range", "blank-grey"]
    assert CARDS[-1].name == "untrained-grey"


def test_an_untrained_generator_is_not_accused_of_what_training_does() -> None:
    untrained = Experiment(steps=0)
    looked_for = {name for name, failure in FAILURES.items() if failure.is_looked_for(untrained)}
    assert looked_for == {"untrained-grey", "unreachable-range"}
    assert not FAILURES["untrained-grey"].is_looked_for(Experiment())
