"""What the pages that teach cite is in the ledger, and their words agree with it."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from gan_core.claims import record
from gan_core.claims.cited import MOST, of_mistake, of_recipe, of_untrained
from gan_core.claims.ledger import CLAIMS
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import RECIPES
from gan_core.saving_mistakes.known_mistakes import ABOUT, KNOWN_MISTAKES, SYMPTOMS
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS

EVERY_MISTAKE = [(looks, name) for looks, mistakes in KNOWN_MISTAKES.items() for name in mistakes]
TAUGHT = {
    **{
        f"failure {name}": " ".join((told.title, told.looks, told.reason, told.tell, told.reported))
        for name, told in FAILURES.items()
    },
    **{f"recipe {name}": recipe.words for name, recipe in RECIPES.items()},
    **{
        f"mistake {looks}/{name}": f"{KNOWN_MISTAKES[looks][name].words} {KNOWN_MISTAKES[looks][name].met}"
        for looks, name in EVERY_MISTAKE
    },
}
# Words of these pages that say how a claim ended: where, what, which claim, and its verdict.
RELY = [
    (
        "failure out-of-range",
        "hardly any value is out of range at first, and a third",
        "000-02",
        "holds-if",
    ),
    ("failure discriminator-too-weak", "The losses alone look healthy", "001-08", "refuted"),
    ("failure non-finite", "picture turns black", "000-13", "refuted"),
    ("failure untrained-grey", "Tanh is not the cause", "002-11", "refuted"),
    ("recipe 000-tanh", "Tanh suffices: nothing left to clip", "000-07", "refuted"),
    ("recipe 001-rates", "Only slow, never blank", "001-14", "refuted"),
    ("recipe 001-equal-rates", "Equal rates: even minimax learns", "001-15", "holds"),
    ("recipe 001-gradient-penalty", "A gradient penalty restrains D", "001-16", "holds"),
    ("recipe 001-slow-d", "D too slow to teach anything", "001-07", "holds"),
    ("recipe 001-outliers", "Some broken images: no harm", "001-12", "holds-if"),
    ("recipe 001-no-augmentation", "Without augmentation: not blank either", "001-11", "refuted"),
    ("recipe 001-unnormalised", "not blank", "001-21", "holds-if"),
    ("recipe 002-eval", "in eval mode: grey", "002-01", "holds-if"),
    ("recipe 002-better", "not better", "002-22", "refuted"),
    ("recipe 002-kaiming", "still grey", "002-19", "refuted"),
    ("recipe 002-default", "Default weights grey, kaiming shows noise", "002-12", "holds-if"),
    ("recipe 002-xavier", "still grey", "002-21", "refuted"),
    ("recipe 002-sigmoid", "Sigmoid is greyer than tanh", "002-15", "refuted"),
    ("recipe 002-narrow-noise", "BatchNorm undoes it", "002-25", "refuted"),
    ("recipe 002-uniform-noise", "Uniform noise is no broader", "002-26", "refuted"),
    ("failure batchnorm-mismatch", "Keras defines momentum the other way round", "004-17", "holds-if"),
    ("recipe 004-momentum", "hardly matters", "004-18", "refuted"),
    ("recipe 004-fashion", "not realistic", "004-25", "refuted"),
    ("mistake fine/tanh", "harmless", "000-07", "refuted"),
    ("mistake fine/negative", "no error", "000-03", "refuted"),
]


@pytest.mark.parametrize(
    "ids",
    [
        *(failure.claims for failure in FAILURES.values()),
        *(KNOWN_MISTAKES[looks][name].claims for looks, name in EVERY_MISTAKE),
        *ABOUT.values(),
    ],
    ids=" ".join,
)
def test_what_is_cited_is_in_the_ledger_and_was_measured(ids: tuple[str, ...]) -> None:
    assert len(set(ids)) == len(ids) <= MOST
    for claim in ids:
        assert record.read()[claim]["measured_verdict"] == CLAIMS[claim].verdict


@pytest.mark.parametrize(("place", "words", "claim", "verdict"), RELY, ids=[place for place, *_ in RELY])
def test_the_words_agree_with_the_record(place: str, words: str, claim: str, verdict: str) -> None:
    assert words in TAUGHT[place]
    assert record.read()[claim]["measured_verdict"] == verdict


@pytest.mark.parametrize("place", TAUGHT)
def test_no_claim_is_named_but_by_its_id_in_the_ledger(place: str) -> None:
    assert not re.search(r"\b[Cc]laims? \d", TAUGHT[place])


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_cites_the_claims_that_it_shows(name: str) -> None:
    found = [claim.id for claim in of_recipe(RECIPES[name])]
    shown = {claim.id for claim in CLAIMS.values() if claim.recipe == name}
    assert len(set(found)) == len(found) <= MOST
    assert len(shown & set(found)) == min(MOST, len(shown))
    if any(CLAIMS[claim].verdict == "refuted" for claim in shown):
        assert CLAIMS[found[0]].verdict == "refuted"


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS.values() if claim.mistake], ids=lambda claim: claim.id)
def test_a_trap_cites_the_claims_that_it_shows(claim: Any) -> None:
    looks, _, name = claim.mistake.partition("/")
    assert claim in of_mistake(looks, KNOWN_MISTAKES[looks][name])


def test_a_way_that_is_no_trap_cites_what_is_said_of_the_symptom() -> None:
    assert set(ABOUT) <= set(SYMPTOMS)
    assert [claim.id for claim in of_mistake("black", None)] == ["000-19", "000-12"]
    assert of_mistake("dark", None) == ()


@pytest.mark.parametrize(
    ("settings", "grey", "expected"),
    [
        ({"output_activation": "sigmoid"}, True, "002-15"),
        ({"noise_scale": 0.01}, False, "002-25"),
        ({"noise": "uniform"}, False, "002-26"),
        ({"init": "he_normal_fan_out"}, True, "002-19"),
        ({"init": "xavier_normal", "norm_g": "none"}, True, "002-21"),
        ({"init": "normal", "init_std": 1.0, "norm_g": "none"}, False, "002-17"),
        ({"init": "normal", "init_std": 0.001, "norm_g": "none"}, True, "002-07"),
        ({"sample_mode": "eval"}, True, "002-29"),
        ({"norm_g": "none"}, True, "002-11"),
        ({}, False, "002-05"),
    ],
)
def test_an_untrained_generator_cites_what_is_about_its_settings(
    settings: dict[str, Any], grey: bool, expected: str
) -> None:
    assert expected in [claim.id for claim in of_untrained(Experiment(**settings), grey)]


def test_every_untrained_generator_cites_three_that_were_measured() -> None:
    cited = set()
    for init, output, norm, mode, grey in itertools.product(
        SETTINGS["init"].choices, ("tanh", "sigmoid"), ("batch", "none"), ("train", "eval"), (False, True)
    ):
        for more in ({}, {"init_std": 1.0}, {"init_std": 0.001}, {"noise": "uniform", "noise_scale": 0.1}):
            e = Experiment(init=init, output_activation=output, norm_g=norm, sample_mode=mode, **more)
            found = {claim.id for claim in of_untrained(e, grey)}
            assert len(found) == MOST
            cited |= found
    assert cited <= set(record.read()) and len(cited) > 10
