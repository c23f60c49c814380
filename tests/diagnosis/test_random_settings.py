"""Experiments drawn at random for the study, and how its runs are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from random_settings import ARCHITECTURES, GIVEN, MOST_S, Drawn, draw, seconds
from study import wilson
from study_random import counts, cured, judged, markdown, quality

from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS

CLASSES = {f"class_share_{number}": 0.1 for number in range(10)}
SOUND = {"out_of_range": 0.0, "recognised": 0.9, "modes_covered": 10.0, "finite": 1.0, **CLASSES}
DRAWN = [draw("mnist", seed) for seed in range(3000, 3060)]


def test_a_seed_draws_the_same_each_time() -> None:
    assert [draw("mnist", seed).key for seed in range(3000, 3060)] == [drawn.key for drawn in DRAWN]
    assert len({drawn.key for drawn in DRAWN}) == len(DRAWN)


def test_every_architecture_is_drawn() -> None:
    assert {draw("mnist", seed).experiment.architecture for seed in range(2000, 2120)} == set(ARCHITECTURES)


def test_one_to_four_settings_are_off_the_usual_and_a_third_is_moved_while_it_runs() -> None:
    settings: set[str] = set()
    for drawn in DRAWN:
        e = drawn.experiment
        off = set(diff(Experiment(architecture=e.architecture, penalty=e.penalty), e)) | (
            {"penalty"} if e.penalty != Experiment(architecture=e.architecture).penalty else set()
        )
        assert 1 <= len(off - GIVEN) <= 4
        assert 300 <= e.steps <= 2000 and seconds(drawn.at_end) <= MOST_S
        settings |= off - GIVEN
        for step, changes in drawn.moved:
            assert 0 < step < e.steps and 1 <= len(changes) <= 2 and all(SETTINGS[name].live for name in changes)
            assert all(getattr(drawn.at_end, name) == value for name, value in changes.items())
    assert len(settings) > 25
    assert 10 <= sum(bool(drawn.moved) for drawn in DRAWN) <= 30


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "good"), ({"recognised": 0.5}, "between"), ({"recognised": 0.1}, "bad"), ({"modes_covered": 3.0}, "bad"),
        ({"out_of_range": 0.1}, "between"),
    ],
)  # fmt: skip
def test_how_good_the_pictures_are(changes: dict[str, float], expected: str) -> None:
    assert quality([Row(0, {**SOUND, **changes})]) == expected
    assert quality([Row(0, {"finite": 0.0})]) == "bad"  # what broke has nothing to show


def test_runs_and_cures_are_counted(tmp_path: Path) -> None:
    runs, cures = tmp_path / "runs.jsonl", tmp_path / "cures.jsonl"
    drawn = {seed: draw("digits", seed) for seed in range(3000, 3003)}
    measured = {3000: SOUND, 3001: {**SOUND, "recognised": 0.05}, 3002: {"finite": 0.0}}
    with runs.open("w") as file:
        for seed, m in measured.items():
            rows = [[drawn[seed].experiment.steps, m]]
            line = {
                "digest": drawn[seed].key,
                "label": "random settings",
                "dataset": "digits",
                "seed": seed,
                "rows": rows,
            }
            file.write(json.dumps(line) + "\n")
    told = {run.key: run for run in judged(runs)}
    slow, broken = told[drawn[3001].key], told[drawn[3002].key]
    assert "too-slow" in {finding.failure for finding in slow.findings}
    assert "non-finite" in {finding.failure for finding in broken.findings}
    (of,) = [finding for finding in slow.findings if finding.failure == "too-slow"]
    e = slow.experiment.replace(**of.fix)
    assert cured(slow, of, [Row(e.steps, SOUND)])
    assert not cured(slow, of, [Row(e.steps, {**SOUND, "recognised": 0.1})])  # still too slow
    with cures.open("w") as file:
        file.write(json.dumps({"key": f"{slow.key} too-slow {e.digest}", "rows": [[e.steps, SOUND]]}) + "\n")
    counted = counts(runs, cures)
    assert counted["runs"] == 3
    assert (counted["silent"]["hits"], counted["silent"]["of"]) == (0, 2)
    assert (counted["cures"]["hits"], counted["cures"]["of"]) == (1, 1)
    assert (counted["cures"]["low"], counted["cures"]["high"]) == pytest.approx(wilson(1, 1), abs=1e-4)
    assert "| proposed fixes that work | 1/1 |" in markdown(counted)


def test_a_run_that_is_drawn_otherwise_now_is_not_counted(tmp_path: Path) -> None:
    runs = tmp_path / "runs.jsonl"
    runs.write_text(json.dumps({"digest": "x", "label": "random settings", "dataset": "digits", "seed": 1, "rows": []}))
    with pytest.raises(ValueError, match="train it again"):
        list(judged(runs))
    assert Drawn(Experiment()).key == Experiment().digest
