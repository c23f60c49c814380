"""Which claims a page that teaches cites: at most three for one thing, so that folklore stands beside its verdict."""

from __future__ import annotations

from collections.abc import Iterable

from gan_core.claims.claim import Claim
from gan_core.claims.ledger import CLAIMS
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import Recipe
from gan_core.saving_mistakes.known_mistakes import ABOUT, KnownMistake
from gan_core.settings.experiment import Experiment

MOST = 3

# What is otherwise than said is told first.
ORDER = ("refuted", "holds-if", "holds", "not-testable")


def of_recipe(recipe: Recipe) -> tuple[Claim, ...]:
    """The claims that the recipe shows, then those about its failure."""
    shown = sorted(
        (claim for claim in CLAIMS.values() if claim.recipe == recipe.name),
        key=lambda claim: ORDER.index(claim.verdict),
    )
    about = FAILURES[recipe.failure].claims if recipe.failure else ()
    return _first([claim.id for claim in shown] + list(about))


def of_mistake(looks: str, mistake: KnownMistake | None) -> tuple[Claim, ...]:
    """The claims about a known mistake, then those about every picture that looks so; without one, only these."""
    return _first([*(mistake.claims if mistake else ()), *ABOUT.get(looks, ())])


def of_untrained(e: Experiment, grey: bool) -> tuple[Claim, ...]:
    """The claims about the untrained generator of an experiment, the most particular first; `grey` says whether its
    picture looks even to the eye."""
    advice = {
        "002-15": e.output_activation == "sigmoid",
        "002-25": e.noise_scale < 0.5,
        "002-26": e.noise == "uniform",
        "002-19": e.init == "he_normal_fan_out",
        "002-20": e.init == "he_normal",
        "002-21": e.init == "xavier_normal" and e.norm_g == "none",
        "002-17": e.init == "normal" and e.init_std >= 0.5,
        "002-07": e.init == "normal" and e.init_std < 0.01,
        "002-29": e.norm_g == "batch" and e.sample_mode == "eval",
        "002-06": grey and e.architecture == "mlp-plain",
        "002-11": e.output_activation == "tanh",
        "002-05": not grey,
        "002-12": True,
        "002-01": True,
    }
    return _first(claim for claim, applies in advice.items() if applies)


def _first(ids: Iterable[str]) -> tuple[Claim, ...]:
    return tuple(CLAIMS[claim] for claim in dict.fromkeys(ids))[:MOST]
