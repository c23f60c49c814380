"""What is named in runs on points: on hand-made rows, and in the page's failures at a seed nobody chose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import study_points
from study import TOP, named

from gan_core.diagnosis.findings import diagnose
from gan_core.diagnosis.point_failures import POINT_FAILURES
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

FRESH_SEED = 20_261_129
ROWS = range(0, 501, 50)
HEALTHY = {
    "finite": 1.0, "diversity": 1.0, "logit_max": 4.0, "logit_gap": 0.3, "d_accuracy": 0.6, "grad_norm_g": 0.5,
    "update_ratio_g": 0.02, "precision": 0.9, "recall": 0.9, "high_quality": 0.95, "modes_covered": 8.0,
    "mode_turnover": 0.03,
}  # fmt: skip
ON_ONE_MODE = {"modes_covered": 1.0, "precision": 0.6, "recall": 0.1, "diversity": 0.08}
BETWEEN = {"precision": 0.4, "recall": 0.95}


def called(measured: dict[str, float], at: range = ROWS, **settings: Any) -> list[str]:
    e = Experiment(**{"dataset": "ring", **settings})
    return [finding.failure for finding in diagnose(e, [Row(step, {**HEALTHY, **measured}) for step in at])]


def test_one_mode_after_another_is_hopping_and_one_that_stays_is_collapse() -> None:
    assert called({}) == []
    assert called({**ON_ONE_MODE, "mode_turnover": 1.0}) == ["mode-hopping"]
    assert called({**ON_ONE_MODE, "mode_turnover": 0.02}) == ["mode-collapse"]
    assert called({"mode_turnover": 1.0}) == []  # it covers all of them


def test_hopping_is_named_where_all_points_move_together() -> None:
    hopping = {**ON_ONE_MODE, "mode_turnover": 1.0}
    assert called(hopping, range(0, 201, 50)) == []
    assert called(hopping, range(0, 251, 50)) == ["mode-hopping"]
    wandering = {**hopping, "diversity": 0.8, "mode_turnover": 0.5}  # a few points, one now and one then
    assert called(wandering) == ["mode-collapse"]
    assert called({**wandering, "mode_turnover": 0.6}) == ["mode-hopping"]
    e = Experiment(dataset="ring")
    rows = [Row(step, {**HEALTHY, **(hopping if step >= 400 else {})}) for step in ROWS]
    assert [len(diagnose(e, rows[:until])) for until in (9, 10)] == [0, 1]
    (finding,) = diagnose(e, rows[:10])
    assert finding.since_step == 400
    assert {one.measurement: one.threshold for one in finding.evidence} == {
        "modes_covered": pytest.approx(5.2), "diversity": 0.6, "mode_turnover": 0.4,
    }  # fmt: skip


def test_modes_are_counted_where_there_are_any() -> None:
    hopping = {**ON_ONE_MODE, "mode_turnover": 1.0}
    assert called({**hopping, "modes_covered": 15.0}, dataset="grid") == ["mode-hopping"]
    assert called({**hopping, "modes_covered": 17.0}, dataset="grid") == []
    for dataset in ("spiral", "gaussian"):
        assert "mode-hopping" not in called(hopping, dataset=dataset)


def test_a_generator_that_ignores_its_noise_explains_all_that_follows() -> None:
    hopping = {**ON_ONE_MODE, "mode_turnover": 1.0}
    assert called({**hopping, "diversity": 0.0}) == ["identical-samples"]
    # All points on one of eight modes are several times as far apart as the threshold.
    assert called({**hopping, "diversity": 0.05 / 0.71}) == ["mode-hopping"]


def test_a_small_generator_lies_between_the_modes_and_one_of_the_usual_size_is_slow() -> None:
    assert called(BETWEEN, width=0.125) == ["generator-too-small"]
    assert called(BETWEEN, width=0.125, steps=500) == ["generator-too-small"]
    assert called(BETWEEN, steps=500) == ["too-slow"]
    assert called({**BETWEEN, "update_ratio_g": 1e-4}, width=0.125, steps=500) == ["too-slow"]
    assert called({"precision": 0.7, "recall": 0.95}, width=0.125, steps=500) == []


def test_the_likeliest_change_is_the_one_that_sets_the_sides_apart() -> None:
    for failure in POINT_FAILURES:
        if failure.name in ("mode-hopping", "generator-too-small"):
            measured = {**ON_ONE_MODE, "mode_turnover": 1.0} if failure.name == "mode-hopping" else BETWEEN
            rows = [Row(step, {**HEALTHY, **measured}) for step in ROWS]
            (finding,) = diagnose(failure.experiment(broken=True), rows)
            assert finding.fix == {failure.setting: failure.fixed}


@pytest.mark.slow
@pytest.mark.parametrize("case", [*study_points.cases("failures", FRESH_SEED)], ids=lambda case: case.label)
def test_each_failure_of_the_page_is_named_and_its_cure_is_not_accused(case: study_points.Case) -> None:
    rows = [Row(step, measured) for step, _, measured in study_points.train(case.experiment)]
    if case.failure:
        assert study_points.is_called(case, rows)
    else:
        assert named(case.experiment, rows, ever=True) == set()


def test_what_is_counted_anew_leaves_the_rest_of_the_study(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Failures and healthy runs are trained at different times: a table of one keeps the counts of the other."""
    kept = json.loads(study_points.STUDY.read_text())
    monkeypatch.setattr(study_points, "STUDY", tmp_path / "study.json")
    study_points.STUDY.write_text(json.dumps(kept))
    case = next(case for case in study_points.cases("healthy", 200) if case.label == "spiral")
    rows = [[step, 1.0, {**HEALTHY, **BETWEEN}] for step in (*ROWS, 1500)]
    line = {"digest": case.key, "label": case.label, "seed": 200, "rows": rows}
    (tmp_path / "runs.jsonl").write_text(json.dumps(line) + "\n")
    monkeypatch.setattr("sys.argv", ["study_points", "table", "--runs", str(tmp_path / "runs.jsonl")])
    study_points.main()
    found = json.loads(study_points.STUDY.read_text())
    assert (found["spiral"]["right"], found["spiral"]["of"]) == (0, 1)
    assert {label: cell for label, cell in found.items() if label != "spiral"} == {
        label: cell for label, cell in kept.items() if label != "spiral"
    }
    assert "spiral 0/1" in capsys.readouterr().out


def test_the_readme_tells_of_healthy_runs_what_was_counted() -> None:
    healthy = [cell for label, cell in json.loads(study_points.STUDY.read_text()).items() if ":" not in label]
    right, of = (sum(cell[part] for cell in healthy) for part in ("right", "of"))
    assert of and f"{right}/{of} (" in (TOP / "README.md").read_text()
