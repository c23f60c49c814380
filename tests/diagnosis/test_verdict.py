"""What a run's state is called: one word, one colour, one sentence, whatever page asks."""

from __future__ import annotations

from typing import Any

import pytest

from gan_core.diagnosis.detector import Evidence
from gan_core.diagnosis.evidence import told
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.titles import title_of
from gan_core.diagnosis.verdict import State, outlook, verdict
from gan_core.saving_mistakes.known_mistakes import PLAINEST
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment
from gan_core.uploads.known_faults import KNOWN_FAULTS

CLASSES = {f"class_share_{number}": 0.1 for number in range(10)}
SOUND = {
    "finite": 1.0, "out_of_range": 0.0, "excess": 0.0, "contrast": 0.9, "pixel_mean": 0.2, "diversity": 0.9,
    "duplicates": 0.0, "nyquist": 0.01, "neighbours": 0.95, "histogram_distance": 0.02, "logit_max": 4.0,
    "logit_gap": 1.0, "d_accuracy": 0.7, "grad_norm_g": 0.6, "update_ratio_g": 0.01, "mode_gap": 0.1,
    "unreachable": 0.0,
}  # fmt: skip


def run(shares: dict[int, float], classes: float = 10.0, **measured: float) -> list[Row]:
    """Rows at some steps with the share that is recognised at each."""
    return [
        Row(step, {**SOUND, **CLASSES, **measured, "recognised": share, "modes_covered": classes})
        for step, share in shares.items()
    ]


def every_50(last: int, share: float) -> dict[int, float]:
    return dict.fromkeys(range(0, last + 1, 50), share)


@pytest.mark.parametrize(
    ("rows", "state", "mark"),
    [
        ([], "not started", "open"),
        (run(every_50(100, 0.0)), "too early", "open"),
        (run(every_50(1000, 0.0)), "nothing to recognise", "open"),
        (run({0: 0.0, 250: 0.05, 500: 0.19}), "learning", "open"),
        (run({0: 0.0, 500: 0.02, 1000: 0.05}), "slow", "open"),
        (run({0: 0.0, 50: 0.2, 100: 0.4}), "learning", "open"),
        (run({0: 0.0, 500: 0.2, 1000: 0.4}), "learning", "open"),
        (run(every_50(1000, 0.4)), "slow", "open"),  # it stands still
        (run(every_50(1000, 0.9), classes=5.0), "slow", "open"),
        (run(every_50(1000, 0.7)), "healthy", "well"),
        (run(every_50(2000, 0.1)), "failing", "ill"),  # its steps are used up
        (run(every_50(2000, 0.9), classes=2.0), "failing", "ill"),
        (run(every_50(1000, 0.0), contrast=0.01, pixel_mean=0.0), "failing", "ill"),
    ],
)
def test_the_state_of_a_run(rows: list[Row], state: State, mark: str) -> None:
    of = verdict(Experiment(steps=2000), rows)
    assert (of.state, of.mark) == (state, mark)
    assert of.headline and (of.words.endswith(".") or state == "not started")
    assert bool(of.findings) == (state == "failing")


def test_nothing_is_well_over_pictures_in_which_nothing_can_be_recognised() -> None:
    e = Experiment(steps=1000)
    for last in range(0, 1001, 50):
        for share, classes in ((0.0, 0.0), (0.19, 10.0), (1.0, 3.0)):
            assert verdict(e, run(every_50(last, share), classes)).mark != "well"
    # At the end there is a finding that says why, with the numbers that show it, and what to change.
    (finding,) = verdict(e, run(every_50(1000, 0.1), 2.0)).findings
    assert finding.failure == "too-slow" and finding.since_step == 1000 and finding.fix
    assert [(seen.measurement, seen.value) for seen in finding.evidence] == [("recognised", 0.1), ("modes_covered", 2)]


def test_an_untrained_generator_is_not_green() -> None:
    assert verdict(Experiment(steps=0), run({0: 0.0})).mark == "open"


def test_a_run_that_came_to_nothing_says_which_setting_to_suspect() -> None:
    nothing = run(every_50(400, 0.0))
    assert "There are too few steps" in verdict(Experiment(steps=400), nothing).words
    assert (
        "“Learning rate of G” is the setting to suspect first"
        in verdict(Experiment(steps=400, lr_g=0.1), nothing).words
    )
    assert "has no updates in a step" in verdict(Experiment(steps=400, n_gen=0), nothing).words


def test_a_run_on_its_way_says_until_when() -> None:
    growing = run({0: 0.0, 500: 0.1, 1000: 0.2})  # a tenth in 500 steps: three fifths after 3,000
    assert "about 3,000 steps; this run has 2,000" in verdict(Experiment(steps=2000), growing).words
    assert "at about step 3,000" not in verdict(Experiment(steps=2000), growing).words
    on_time = verdict(Experiment(steps=5000), run({0: 0.0, 500: 0.05, 1000: 0.19}))
    assert on_time.state == "learning" and "at about step 2,500" in on_time.words
    assert "If this is still so at step 2,000" in verdict(Experiment(steps=2000), run(every_50(1000, 0.0))).words


def test_of_pictures_without_classes_likeness_is_told() -> None:
    e = Experiment(dataset="folder", folder="cats", steps=1000)
    like = [Row(step, SOUND) for step in range(0, 1001, 50)]
    assert verdict(e, like).state == "healthy" and "judge for yourself" in verdict(e, like).words
    unlike = [Row(row.step, {**row.measurements, "contrast": 0.4}) for row in like]
    assert verdict(e, unlike).mark == "open"


def test_what_is_over_is_told_by_name_with_its_last_step() -> None:
    e = Experiment(steps=2000)
    rows = [*run(every_50(600, 0.3), duplicates=0.95), *run(dict.fromkeys(range(650, 1001, 50), 0.7))]
    of = verdict(e, rows)
    assert of.state == "healthy" and of.words.endswith("Mode collapse showed until step 600.")
    assert [finding.failure for finding in of.passed] == ["mode-collapse"]
    assert ("Mode collapse", "was there until step 600") in outlook(of, e, rows)


def outlook_of(e: Experiment, rows: list[Row]) -> dict[str, str]:
    return dict(outlook(verdict(e, rows), e, rows))


def test_a_failure_that_is_no_longer_looked_for_is_over_with_the_change() -> None:
    now = Experiment(norm_g="batch", sample_mode="train", steps=2000)
    rows = run(every_50(1000, 0.7))
    for row in rows[:11]:
        row.measurements["mode_gap"] = 0.9
    before = verdict(now.replace(sample_mode="eval"), rows[:11])
    assert [finding.failure for finding in before.findings] == ["batchnorm-mismatch"]
    assert not verdict(now, rows).passed
    (over,) = verdict(now, rows, [Change(500, "sample_mode", "eval", "train")]).passed
    assert (over.failure, over.until_step) == ("batchnorm-mismatch", 500)


def test_the_outlook_has_a_line_for_each_detector_at_any_step() -> None:
    e = Experiment(steps=350)
    young = outlook_of(e, run(every_50(50, 0.0)))
    assert young["Mode collapse"] == "cannot be judged before step 300" and young["NaN or infinity"] == "not seen"
    e = Experiment(steps=200)
    assert "ends earlier" in outlook_of(e, run(every_50(50, 0.0)))["Mode collapse"]
    black = outlook_of(e, run(every_50(200, 0.0), contrast=0.0, pixel_mean=0.0))
    assert black["Blank: all black"] == "found, since step 0"


def test_each_failure_that_can_be_found_has_one_name_for_people() -> None:
    names = {*FAILURES, *PLAINEST, *(fault.failure for fault in KNOWN_FAULTS)}
    titles = {name: title_of(name) for name in names}
    assert len(set(titles.values())) == len(names)
    assert all(title[0].isupper() and title != name for name, title in titles.items())


@pytest.mark.parametrize(
    ("passing", "words"),
    [
        ([("d_accuracy", 1.0, 0.97, ">")], "images that the discriminator gets right is 100%; alarm above 97%."),
        ([("recognised", 0.1984, 0.2, "<")], "is 19.8%; alarm below 20%."),
        ([("grad_norm_g", 0.00412, 0.1, "<")], "The generator's gradient norm is 0.00412; alarm below 0.1."),
        ([("n_gen", 0.0, 1.0, "<")], "The number of G updates per step is 0; alarm below 1."),
        ([("reach_low", 0.0, -1.0, ">")], "value that the output activation can give is 0; alarm above −1."),
        ([("pixel_mean", 0.5, 0.75, "<"), ("pixel_mean", 0.5, 0.25, ">")], "is 0.5; alarm between 0.25 and 0.75."),
    ],
)  # fmt: skip
def test_evidence_is_a_sentence_with_its_numbers(passing: Any, words: str) -> None:
    (seen,) = told([Evidence(*one) for one in passing])
    assert seen.words.endswith(words)
    assert seen.measurement == passing[0][0] and seen.thresholds == tuple(one[2] for one in passing)


def test_all_evidence_has_words_for_people() -> None:
    """Of runs, of brought pictures and of brought logs."""
    conditions = [one for fault in KNOWN_FAULTS for one in fault.conditions]
    for failure in FAILURES.values():
        detector = failure.detector_for(Experiment(norm_g="batch", sample_mode="eval"))
        conditions += [*detector.conditions, *detector.alternative] if detector else []
    assert len(conditions) > 40
    for one in conditions:
        (seen,) = told([Evidence(one.measurement, 1.0, one.threshold, one.comparison)])
        assert not seen.words.lower().startswith(one.measurement), seen.words
