"""The diagnosis on hand-made rows: what is named, with which evidence, and what is kept quiet."""

from __future__ import annotations

import gc
import sys
from collections import Counter

import pytest
from diagnosis.hand_made_rows import HEALTHY, SHOWN, Rows, assert_complete, failing, named, rows, shown

from gan_core.diagnosis.detector import Condition
from gan_core.diagnosis.findings import detectors, diagnose
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment


def test_a_healthy_run_has_no_finding() -> None:
    assert diagnose(Experiment(), rows({})) == []
    assert diagnose(Experiment(), []) == []


@failing
def test_each_failure_is_named_alone_with_evidence_reason_and_fix(failure: str) -> None:
    e, of = shown(failure)
    (finding,) = diagnose(e, of)
    assert finding.failure == failure
    assert_complete(finding, e)


@failing
def test_the_threshold_itself_is_no_alarm(failure: str) -> None:
    e, of = shown(failure)
    for condition in detectors(e)[failure].conditions:
        at = [Row(row.step, {**row.measurements, condition.measurement: condition.threshold}) for row in of]
        assert failure not in named(e, at)
        side = -1 if condition.comparison == "<" else 1
        beyond = condition.threshold + side * 1e-6 * max(1.0, abs(condition.threshold))
        assert failure in named(e, [Row(row.step, {**row.measurements, condition.measurement: beyond}) for row in of])


def test_a_critic_that_is_misled_is_too_weak_though_it_has_no_accuracy() -> None:
    e = Experiment(loss="wasserstein", penalty="gradient_penalty")
    without = {name: value for name, value in HEALTHY.items() if not name.startswith("d_accuracy")}
    steps = range(0, 501, 50)
    misled = [Row(step, {**without, "logit_gap": -1.5, "grad_norm_g": 0.02, "recognised": 0.0}) for step in steps]
    (finding,) = diagnose(e, misled)
    assert finding.failure == "discriminator-too-weak"
    assert {evidence.measurement for evidence in finding.evidence} == {"logit_gap", "grad_norm_g", "recognised"}
    # A critic that is behind but teaches is no failure, and neither is a gentle one that is ahead.
    assert not diagnose(e, [Row(row.step, {**row.measurements, "grad_norm_g": 3.0}) for row in misled])
    assert not diagnose(e, [Row(row.step, {**row.measurements, "logit_gap": 0.1}) for row in misled])


def test_an_output_that_nothing_bounds_is_told_earlier_that_it_strays() -> None:
    strays = rows({"out_of_range": 0.3, "excess": 0.015})
    assert named(Experiment(output_activation="linear"), strays) == ["out-of-range"]
    assert named(Experiment(output_activation="hardtanh", data_range="[0,1]"), strays) == []


@failing
def test_no_verdict_without_the_measurement(failure: str) -> None:
    e, of = shown(failure)
    for condition in detectors(e)[failure].conditions:
        assert failure not in named(
            e, [Row(row.step, {k: v for k, v in row.measurements.items() if k != condition.measurement}) for row in of]
        )


def test_a_condition_that_nothing_measured_does_not_hold() -> None:
    assert not Condition("contrast", "<", 1.0).holds({})


# ------------------------------------------------------------------------------------------ settings alone


@pytest.mark.parametrize(
    ("output", "data_range", "found"),
    [
        ("sigmoid", "[-1,1]", True), ("relu", "[-1,1]", True), ("tanh", "[-1,1]", False), ("linear", "[-1,1]", False),
        ("sigmoid", "[0,1]", False), ("tanh", "[0,1]", False), ("tanh", "raw", True), ("sigmoid", "raw", True),
        ("relu", "raw", False), ("linear", "raw", False),
    ],
)  # fmt: skip
def test_unreachable_range_is_known_before_the_first_step(output: str, data_range: str, found: bool) -> None:
    e = Experiment(output_activation=output, data_range=data_range)
    findings = diagnose(e, [])
    assert [finding.failure for finding in findings] == ["unreachable-range"] * found
    for finding in findings:
        assert finding.since_step == 0
        assert_complete(finding, e)
        assert diagnose(e.replace(**finding.fix), []) == []


def test_unreachable_range_of_standardised_data_is_known_with_the_images() -> None:
    e = Experiment(data_range="standardised")
    assert diagnose(e, []) == []
    (finding,) = diagnose(e, [Row(0, {"unreachable": 0.12})])
    assert finding.failure == "unreachable-range"
    assert_complete(finding, e)
    assert diagnose(e, [Row(0, {"unreachable": 0.0})]) == []


def test_untrained_grey_is_looked_for_where_nothing_trains() -> None:
    flat = [Row(0, {**HEALTHY, "contrast": 0.02, "pixel_mean": 0.5})]
    e = Experiment(steps=0, norm_g="none")
    (finding,) = diagnose(e, flat)
    assert finding.failure == "untrained-grey"
    assert_complete(finding, e)
    assert diagnose(Experiment(norm_g="none"), flat) == []
    assert diagnose(e, [Row(0, HEALTHY)]) == []


# ------------------------------------------------------------------------------------------ together


def test_causes_are_named_and_what_follows_from_them_is_not() -> None:
    everything = {**SHOWN["identical-samples"][0], **SHOWN["blank-black"][0], **SHOWN["exploding"][0]}
    assert named(Experiment(), rows(everything)) == ["exploding", "blank-black"]
    weak = {**SHOWN["identical-samples"][0], **SHOWN["discriminator-too-weak"][0]}
    assert named(Experiment(), rows(weak)) == ["discriminator-too-weak"]
    assert named(Experiment(), rows({**everything, "finite": 0.0})) == ["non-finite"]


def test_a_checkerboard_needs_an_upsampling_that_makes_one() -> None:
    noisy = rows(SHOWN["checkerboard"][0])
    assert named(Experiment(architecture="dcgan"), noisy) == []
    assert named(Experiment(upsample="transpose3"), noisy) == []


def test_a_critic_is_not_accused_of_being_sure() -> None:
    sure = rows(SHOWN["discriminator-too-strong"][0])
    assert named(Experiment(loss="wasserstein", penalty="gradient_penalty"), sure) == []


def test_raw_pixels_have_greater_logits() -> None:
    assert named(Experiment(output_activation="linear", data_range="raw"), rows({"logit_max": 500.0})) == []


# ------------------------------------------------------------------------------------------ its cost


def test_a_poll_over_thousands_of_rows_calls_no_function_for_each() -> None:
    e = Experiment(norm_g="none")
    changes = {**SHOWN["identical-samples"][0], **SHOWN["out-of-range"][0]}
    short, long = (_calls(e, rows(changes, range(0, steps, 50))) for steps in (25_000, 250_000))
    assert long["call"] == short["call"]
    # It looks a measurement of a row up at most once for each condition of the detectors.
    looked_up = sum(len(found.conditions) + len(found.alternative) for found in detectors(e).values())
    assert long["c_call"] - short["c_call"] <= looked_up * (5_000 - 500)


def _calls(e: Experiment, of: Rows) -> Counter[str]:
    """How often a diagnosis calls a function of Python, and one of the interpreter's own, such as `dict.get`."""
    calls: Counter[str] = Counter()
    gc.collect()
    gc.disable()  # what it finalises of earlier tests would be counted, too
    sys.setprofile(lambda _frame, event, _argument: calls.update([event]))
    try:
        found = named(e, of)
    finally:
        sys.setprofile(None)
        gc.enable()
    assert found == ["out-of-range", "identical-samples"]
    return calls
