"""The experiments themselves: every quick one, a share of those that train, and what a run of one says."""

from __future__ import annotations

import datetime
import json
import os
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from gan_core.claims import record
from gan_core.claims.claim import Claim
from gan_core.claims.ledger import CLAIMS, code_of, find
from gan_core.claims.outcome import Outcome
from gan_core.claims.run_claim import rounded, run
from gan_core.claims.trained_runs import Training
from gan_core.settings.experiment import Experiment

BUDGET_S = 45  # of training, by what the claims expect of themselves


def shares() -> list[list[Claim]]:
    """All training claims in their order, as many together as the budget has room for, one at least."""
    parts: list[list[Claim]] = []
    for claim in (claim for claim in CLAIMS.values() if claim.speed == "training"):
        if not parts or sum(one.seconds for one in [*parts[-1], claim]) > BUDGET_S:
            parts.append([])
        parts[-1].append(claim)
    return parts


def of_the_day() -> list[Claim]:
    """The share whose turn it is, by the day or by GAN_CLAIMS_TURN."""
    turn = int(os.environ.get("GAN_CLAIMS_TURN", datetime.datetime.now(datetime.UTC).date().toordinal()))
    return shares()[turn % len(shares())]


@cache
def quick(name: str) -> dict[str, Any]:
    """What a quick claim measures."""
    return run(CLAIMS[name])


@pytest.mark.parametrize("claim", find("quick"), ids=lambda claim: claim.id)
def test_a_quick_claim_is_measured_as_recorded(claim: Claim) -> None:
    result = quick(claim.id)
    assert result["measured_verdict"] == claim.verdict, result["measured"]
    assert result["agrees"] is True
    assert set(result["measured"]) == set(record.read()[claim.id]["measured"])


@pytest.mark.parametrize("claim", of_the_day(), ids=lambda claim: claim.id)
def test_a_training_claim_is_measured_as_recorded(claim: Claim) -> None:
    seen: list[int] = []
    result = run(claim, told=seen.append)
    assert result["measured_verdict"] == claim.verdict, result["measured"]
    kept = record.read()[claim.id]
    assert seen == list(range(1, kept["steps"] + 1))
    assert len(result["seeds"]) >= 3
    per_seed = {name for name, value in result["measured"].items() if isinstance(value, list)}
    assert per_seed == set(result["spread"]) == set(kept["spread"])


def test_every_training_claim_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    training = {claim.id for claim in CLAIMS.values() if claim.speed == "training"}
    seen: set[str] = set()
    for turn in range(len(shares())):
        monkeypatch.setenv("GAN_CLAIMS_TURN", str(turn))
        seen |= {claim.id for claim in of_the_day()}
    assert seen == training


@pytest.mark.parametrize("claim", [claim for claim in find("quick") if claim.testable], ids=lambda claim: claim.id)
def test_the_code_shown_measures_the_same(claim: Claim, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(code_of(claim), claim.id, "exec"), names)
    outcome = names[claim.experiment]()  # type: ignore[operator]
    assert repr(outcome) in capsys.readouterr().out
    assert isinstance(outcome, Outcome)
    assert {name: rounded(value) for name, value in outcome.measured.items()} == quick(claim.id)["measured"]


def test_a_result_keeps_the_contract_and_is_json() -> None:
    result = json.loads(json.dumps(run(CLAIMS["000-03"]), allow_nan=False))
    assert {"id", "document", "claim", "experiment", "measured", "verdict", "speed", "measured_verdict"} <= set(result)
    assert result["document"] == "000" and result["speed"] == "quick"
    assert result["measured"]["exceptions"] == 0
    assert set(result["versions"]) == {"python", "numpy", "pillow", "torch"}


def test_a_claim_that_cannot_be_tested_is_what_it_is() -> None:
    result = run(next(claim for claim in CLAIMS.values() if not claim.testable))
    assert result["measured_verdict"] == "not-testable" and result["measured"] == {}


def test_a_verdict_that_differs_from_the_record_is_a_disagreement() -> None:
    claim = CLAIMS["000-03"]
    wrong = replace(claim, verdict="holds")
    assert run(wrong)["agrees"] is False


def test_figures_have_four_digits_and_are_json() -> None:
    assert rounded(0.123456) == 0.1235
    assert rounded(123456.0) == 123500.0
    assert rounded(12345) == 12345
    assert rounded([1.00001, float("nan"), 0.0]) == [1.0, "nan", 0.0]
    assert rounded(float("inf")) == "inf"


def test_the_lab_trains_as_the_experiment_says_and_tells() -> None:
    told: list[int] = []
    training = Training((5, 6, 7), told.append)
    tiny = Experiment(width=0.125, image_size=8, steps=4, measure_every=2, seed=5)
    trained = training.train(tiny)
    assert [row.step for row in trained.rows] == [0, 2, 4] and trained.last is trained.at(4) and not trained.trouble
    assert told == [1, 2, 3, 4]
    list(training.count(2))
    assert training.steps == 6


def test_a_run_that_breaks_ends_with_its_reason() -> None:
    broken = Experiment(
        optimiser="sgd", beta1=0.9, lr_d=1.0, lr_g=1.0, penalty="gradient_penalty", steps=50, width=0.125, image_size=8
    )
    trained = Training().train(broken)
    assert "infinite or NaN" in trained.trouble and trained.last["finite"] == 0


def test_fewer_than_three_seeds_are_refused() -> None:
    for seeds in ((0, 1), (0, 0, 0)):
        with pytest.raises(ValueError, match="at least 3 different"):
            Training(seeds)
