"""The study's counting; that it trains is shown by its result in assets/study.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import study
from random_settings import Moves

from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment


def test_wilson_interval() -> None:
    assert study.wilson(10, 10) == pytest.approx((0.722, 1.0), abs=1e-3)
    assert study.wilson(0, 20) == pytest.approx((0.0, 0.161), abs=1e-3)
    assert study.wilson(0, 0) == (0.0, 1.0)


def test_no_healthy_case_is_a_recipes_side() -> None:
    healthy = {case.experiment.digest for case in study.cases("healthy", "digits", 3)}
    recipes = {case.experiment.digest for part in ("recipes", "documents") for case in study.cases(part, "digits", 3)}
    assert len(healthy) >= 15
    assert not healthy & recipes


def test_runs_are_counted_by_what_they_should_be_named(tmp_path: Path) -> None:
    grey = {"contrast": 0.01, "pixel_mean": 0.5}
    shades = {"contrast": 1.0, "pixel_mean": 0.5}
    cases = {case.label: case.experiment for case in study.cases("recipes", "digits", 3)}
    measured = {
        "untrained-grey:broken": grey,
        "untrained-grey:fixed": shades,
        "blank-grey:fixed": {"out_of_range": 1.0},
    }
    path = tmp_path / "runs.jsonl"
    with path.open("w") as file:
        for label, row in measured.items():
            line = {"digest": cases[label].digest, "label": label, "dataset": "digits", "seed": 3, "seconds": 1.0}
            file.write(json.dumps({**line, "rows": [[0, row]]}) + "\n")
    tally = study.tally(path)
    cell = tally["runs"]["untrained-grey:broken"]["digits"]
    assert (cell["runs"], cell["right"], dict(cell["named"])) == (1, 1, {"untrained-grey": 1})
    assert cell["measured"] == {"contrast": (0.01, 0.01), "pixel_mean": (0.5, 0.5)}
    assert (cell["low"], cell["high"]) == pytest.approx(study.wilson(1, 1), abs=1e-4)
    assert tally["runs"]["untrained-grey:fixed"]["digits"]["right"] == 1
    failing = tally["totals"]["failing sides of recipes, named as what they are"]["digits"]
    assert (failing["right"], failing["runs"]) == (1, 1)
    assert tally["failures"] == {"untrained-grey": {"digits": failing}}
    assert "| untrained-grey:broken | digits | 1/1 |" in study.markdown(tally)
    assert study.carries_over(tally)["untrained-grey"] == {"digits": "1 of 1 broken, 1 of 1 fixed"}


def test_a_cause_that_explains_the_failure_is_right_too() -> None:
    case = study.Case("x", "identical-samples", Experiment())
    assert study._right(case, {"discriminator-too-strong"})
    assert not study._right(case, {"mode-collapse"})
    assert not study._right(study.Case("x", "", Experiment()), {"mode-collapse"})


def test_a_run_is_trained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[Experiment] = []

    def train(e: Experiment, moved: Moves) -> tuple[list[Row], float, bytes]:
        trained.append(e)
        return [Row(0, {"contrast": 1.0})], 0.1, b"a picture"

    monkeypatch.setattr(study, "train", train)
    path = tmp_path / "runs.jsonl"
    for _ in range(2):
        study.run("healthy", "digits", range(3, 4), 1.0, path)
    assert len(trained) == len(set(trained)) == len(study.cases("healthy", "digits", 3))
