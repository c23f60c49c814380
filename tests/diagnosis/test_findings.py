"""The diagnosis on hand-made rows: what is named, when, with which evidence, and what is kept quiet."""

from __future__ import annotations

import gc
import math
import sys
from collections import Counter
from typing import Any

import pytest

from gan_core.diagnosis.detector import Condition
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import Finding, detectors, diagnose, passed, undecided
from gan_core.diagnosis.recipes import RECIPES
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

Rows = list[Row]

HEALTHY = {
    "finite": 1.0, "out_of_range": 0.0, "excess": 0.0, "contrast": 0.8, "pixel_mean": 0.17, "diversity": 0.8,
    "duplicates": 0.05, "nyquist": 0.01, "logit_max": 4.0, "logit_gap": 1.0, "d_accuracy": 0.75,
    "grad_norm_g": 0.6, "mode_gap": 0.15, "unreachable": 0.0, "neighbours": 0.95, "update_ratio_g": 0.01,
    "recognised": 0.4, "modes_covered": 9.0,
}  # fmt: skip

# failure -> measurements that show it, and settings under which it is looked for.
SHOWN: dict[str, tuple[dict[str, float], dict[str, Any]]] = {
    "non-finite": ({"finite": 0.0}, {}),
    "exploding": ({"logit_max": 500.0}, {}),
    "out-of-range": ({"out_of_range": 0.3, "excess": 0.06}, {"output_activation": "linear"}),
    "blank-grey": ({"contrast": 0.01, "pixel_mean": 0.5}, {}),
    "blank-black": ({"contrast": 0.01, "pixel_mean": 0.0}, {}),
    "blank-white": ({"contrast": 0.01, "pixel_mean": 1.0}, {}),
    "discriminator-too-strong": ({"d_accuracy": 1.0, "logit_gap": 20.0, "grad_norm_g": 0.001}, {"loss": "minimax"}),
    "discriminator-too-weak": ({"d_accuracy": 0.5, "grad_norm_g": 0.003, "recognised": 0.0}, {"lr_d": 1e-6}),
    "identical-samples": ({"diversity": 0.02, "duplicates": 1.0}, {"noise_scale": 0.01}),
    "mode-collapse": ({"duplicates": 0.97}, {"beta1": 0.9}),
    "batchnorm-mismatch": ({"mode_gap": 1.4}, {"sample_mode": "eval", "bn_momentum": 0.001}),
    "checkerboard": ({"nyquist": 0.2}, {"architecture": "dcgan", "upsample": "transpose3"}),
    "too-slow": ({"update_ratio_g": 1e-5, "recognised": 0.0}, {"optimiser": "sgd"}),
    "no-gradient-to-g": ({"grad_norm_g": 0.0}, {"mistake": "detached_generator"}),
    "accumulated-gradients": ({"grad_norm_g": 20.0, "grad_norm_d": 500.0}, {"mistake": "no_zero_grad"}),
    "double-sigmoid": ({"loss_d": 1.39, "loss_g": 0.6}, {"mistake": "double_sigmoid"}),
    "wrong-labels": ({"logit_gap": -15.0}, {"mistake": "swapped_labels"}),
    "noise": ({"neighbours": 0.1, "recognised": 0.0}, {"architecture": "mlp-plain", "beta1": 0.9}),
}  # fmt: skip
failing = pytest.mark.parametrize("failure", SHOWN)


def rows(changes: dict[str, float], steps: range = range(0, 2001, 50)) -> Rows:
    return [Row(step, {**HEALTHY, **changes}) for step in steps]


def shown(failure: str, steps: range = range(0, 2001, 50)) -> tuple[Experiment, Rows]:
    changes, settings = SHOWN[failure]
    return Experiment(**settings, steps=10_000), rows(changes, steps)


def named(e: Experiment, of: Rows) -> list[str]:
    return [finding.failure for finding in diagnose(e, of)]


def test_a_healthy_run_has_no_finding() -> None:
    assert diagnose(Experiment(), rows({})) == []
    assert diagnose(Experiment(), []) == []


@failing
def test_each_failure_is_named_alone_with_evidence_reason_and_fix(failure: str) -> None:
    e, of = shown(failure)
    (finding,) = diagnose(e, of)
    assert finding.failure == failure
    assert_complete(finding, e)


def assert_complete(finding: Finding, e: Experiment) -> None:
    assert finding.evidence
    for evidence in finding.evidence:
        assert math.isfinite(evidence.value)
        above = evidence.value > evidence.threshold
        assert above if evidence.comparison == ">" else evidence.value < evidence.threshold
    assert finding.why.endswith(".")
    assert finding.fix and all(getattr(e, name) != value for name, value in finding.fix.items())
    e.replace(**finding.fix)


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


@failing
def test_one_hit_is_enough_only_for_what_cannot_pass(failure: str) -> None:
    e, of = shown(failure)
    once = [*rows({}, range(0, 1950, 50)), of[-1]]
    assert named(e, once) == (["non-finite"] if failure == "non-finite" else [])


@failing
def test_two_hits_a_few_steps_apart_are_one(failure: str) -> None:
    e, _ = shown(failure)
    changes = SHOWN[failure][0]
    close = [*rows({}, range(0, 1950, 50)), *rows(changes, range(1990, 2001, 1))]
    assert named(e, close) == (["non-finite"] if failure == "non-finite" else [])


@failing
def test_since_is_where_the_unbroken_row_of_hits_begins(failure: str) -> None:
    e, _ = shown(failure)
    changes = SHOWN[failure][0]
    of = [*rows(changes, range(0, 500, 50)), *rows({}, range(500, 1500, 50)), *rows(changes, range(1500, 2001, 50))]
    assert [finding.since_step for finding in diagnose(e, of)] == [1500]


@failing
def test_a_failure_that_is_over_is_told_as_such(failure: str) -> None:
    e, of = shown(failure)
    (finding,) = diagnose(e, of)
    assert passed(e, of, [finding]) == []
    mended = [*of, Row(2050, HEALTHY)]
    assert diagnose(e, mended) == []
    (over,) = passed(e, mended, [])
    assert (over.failure, over.since_step, over.until_step) == (failure, finding.since_step, 2000)
    assert over.evidence and not over.fix


@failing
def test_what_showed_for_a_moment_only_is_not_told_afterwards(failure: str) -> None:
    e, of = shown(failure)
    named_at = next(at for at in range(1, len(of)) if failure in named(e, of[:at]))
    brief = [*of[: named_at + 1], *rows({}, range(of[named_at].step + 50, 3001, 50))]
    assert passed(e, brief, []) == []


@failing
def test_one_row_just_short_of_the_threshold_does_not_end_it(failure: str) -> None:
    e, of = shown(failure)
    for condition in detectors(e)[failure].conditions:
        if condition.calm is None:
            continue
        between = (condition.threshold + condition.calm) / 2
        for limit, lasts in ((between, True), (condition.calm, False)):
            dipped = [*of, Row(2050, {**of[-1].measurements, condition.measurement: limit})]
            assert (failure in named(e, dipped)) == lasts, condition
            # What is told of it is the last row that showed it, which passes every threshold.
            for finding in diagnose(e, dipped):
                assert_complete(finding, e)
        # It takes the threshold itself to name it.
        short = [Row(row.step, {**row.measurements, condition.measurement: between}) for row in of]
        assert failure not in named(e, short)


def test_the_running_statistics_that_dip_at_the_last_row_are_still_named() -> None:
    """Met at seed 90210 of the recipe: the gap fell from over 0.45 to 0.415 at the run's end."""
    e = FAILURES["batchnorm-mismatch"].recipe.broken
    gaps = {0: 0.9, 50: 0.7, 100: 0.6, 150: 0.52, 200: 0.5, 250: 0.47, 300: 0.415}
    assert named(e, [Row(step, {**HEALTHY, "mode_gap": gap}) for step, gap in gaps.items()]) == ["batchnorm-mismatch"]


@pytest.mark.parametrize(
    ("failure", "early", "late"),
    [
        ("identical-samples", 100, 200),
        ("mode-collapse", 250, 400),
        ("blank-grey", 50, 100),
        ("discriminator-too-weak", 50, 100),
        ("discriminator-too-strong", 50, 100),
        ("batchnorm-mismatch", 50, 100),
    ],
)
def test_alarms_wait_until_a_healthy_run_would_be_past_it(failure: str, early: int, late: int) -> None:
    e, _ = shown(failure)
    changes = SHOWN[failure][0]
    assert failure not in named(e, rows(changes, range(0, early + 1, 50)))
    assert failure in named(e, rows(changes, range(0, late + 1, 50)))


def test_a_young_run_is_not_acquitted_of_what_shows_only_later() -> None:
    e = Experiment(architecture="mlp-plain", norm_g="none", steps=2000)
    waiting = undecided(e, [])
    assert waiting["mode-collapse"] == 800 and waiting["blank-grey"] == 200 and waiting["blank-black"] == 100
    assert undecided(e, rows({}, range(0, 101, 50))) == {
        "out-of-range": 150, "blank-grey": 200, "identical-samples": 400, "noise": 600, "mode-collapse": 800,
    }  # fmt: skip
    assert undecided(e, rows({}, range(0, 801, 50))) == {}
    # A run that ends before could never tell.
    assert "mode-collapse" not in undecided(e.replace(steps=400), [])


def test_an_even_upsampling_is_given_time_to_be_rid_of_its_first_lattice() -> None:
    lattice = rows({"nyquist": 0.2}, range(0, 101, 50))
    dcgan = Experiment(architecture="dcgan", upsample="transpose4")
    assert named(dcgan, lattice) == []
    assert named(dcgan.replace(upsample="transpose3"), lattice) == ["checkerboard"]
    assert named(dcgan, rows({"nyquist": 0.2}, range(0, 301, 50))) == ["checkerboard"]


def test_collapse_is_given_more_time_without_normalisation_and_at_low_rates() -> None:
    at_600 = rows(SHOWN["mode-collapse"][0], range(0, 601, 50))
    assert named(Experiment(), at_600) == ["mode-collapse"]
    assert named(Experiment(architecture="mlp-plain", norm_g="none"), at_600) == []
    assert named(Experiment(lr_g=1e-4), at_600) == []
    # A generator that begins with a sketch finds different pictures sooner.
    assert named(Experiment(norm_g="none"), at_600) == ["mode-collapse"]
    assert named(Experiment(norm_g="none"), at_600[:8]) == []


def test_collapse_is_named_sooner_where_no_second_class_can_be_told() -> None:
    e = Experiment(architecture="mlp-plain", norm_g="none")

    def at(step: int, **classes: float) -> list[str]:
        return named(e, rows({"duplicates": 0.97, **classes}, range(0, step + 1, 50)))

    assert at(500, modes_covered=1.0) == ["mode-collapse"]
    assert at(450, modes_covered=1.0) == at(500, modes_covered=2.0) == at(500) == []  # at(500): no classes are known
    (finding,) = diagnose(e, rows({"duplicates": 0.97, "modes_covered": 1.0}, range(0, 501, 50)))
    assert {evidence.measurement for evidence in finding.evidence} == {"duplicates", "modes_covered"}
    # A healthy generator may be at one class for a moment.
    recovering = [
        Row(row.step, {**row.measurements, "modes_covered": 3.0 if row.step < 350 else 0.0})
        for row in rows({"duplicates": 0.97})
    ]
    assert named(e, recovering[: 500 // 50 + 1]) == []


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


# ------------------------------------------------------------------------------------------ all failures


@pytest.mark.parametrize("failure", FAILURES)
def test_a_remedy_changes_settings_to_what_they_are_not_yet(failure: str) -> None:
    unusual: list[dict[str, Any]] = [
        {}, {"lr_g": 0.3}, {"lr_d": 0.3}, {"lr_g": 1e-5, "lr_d": 1e-5}, {"lr_g": 2e-4, "lr_d": 1e-4},
        {"norm_g": "none"}, {"beta1": 0.9}, {"beta1": 0.9, "lr_g": 1e-2},
        {"penalty": "gradient_penalty"}, {"penalty": "gradient_penalty", "penalty_weight": 100.0, "beta1": 0.0},
        {"optimiser": "sgd", "lr_d": 1.0}, {"loss": "wasserstein"}, {"n_gen": 5}, {"n_dis": 0}, {"n_dis": 2},
        {"noise": "constant"}, {"latent_dim": 1}, {"data_range": "raw", "output_activation": "linear"},
        {"sample_mode": "eval"}, {"bn_momentum": 0.001, "sample_mode": "eval"}, {"minibatch_std": True},
        {"init": "zeros", "norm_g": "none"}, {"init": "normal", "init_std": 10.0}, {"norm_d": "spectral"},
        {"output_activation": "sigmoid", "data_range": "standardised"}, {"output_activation": "hardtanh"},
        {"architecture": "dcgan", "upsample": "transpose4"}, {"architecture": "document-dcgan"},
        {"init": "he_normal", "norm_g": "batch"}, {"penalty": "r1", "norm_g": "batch", "minibatch_std": True},
    ]  # fmt: skip
    record = FAILURES[failure]
    asked = [record.recipe.broken, *(Experiment(**settings) for settings in unusual)]
    if record.runs == "untrained":
        asked = [e.replace(steps=0) for e in asked]
    may_show = [e for e in asked if record.detector_for(e) or (record.of_settings and record.of_settings(e))]
    assert may_show
    for e in may_show:
        change = record.remedy(e)
        assert change and all(getattr(e, name) != value for name, value in change.items())
        e.replace(**change)


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if recipe.failure and not recipe.document])
def test_the_remedy_of_a_recipes_broken_side_touches_the_setting_that_broke_it(name: str) -> None:
    recipe = RECIPES[name]
    setting, value = next(iter(FAILURES[recipe.failure].remedy(recipe.broken).items()))
    assert getattr(recipe.broken, setting) != value
    assert getattr(recipe.fixed, setting) == value or setting in SAME_CAUSE.get(name, ())


# The finding names another setting than the recipe, or another value, where either mends it.
SAME_CAUSE = {"blank-grey": ("output_activation",), "blank-white": ("lr_g",)}


def test_a_condition_that_nothing_measured_does_not_hold() -> None:
    assert not Condition("contrast", "<", 1.0).holds({})


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
