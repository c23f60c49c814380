"""Measurements: one record each, how they read, and which value is better."""

from __future__ import annotations

import pytest
from tiny import trained

from gan_core.classroom.prediction import ASKED
from gan_core.diagnosis.findings import detectors
from gan_core.diagnosis.measurements import MEASUREMENTS, caption, winner
from gan_core.diagnosis.recipes import RECIPES
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment
from pages.parts.compare.panels import FINAL


@pytest.mark.parametrize(
    ("name", "values", "best"),
    [
        ("out_of_range", [0.2, 0.0, 0.1], 1),
        ("out_of_range", [0.0, 0.0], None),  # shared
        ("out_of_range", [0.10001, 0.10002], None),  # shown as equal
        ("contrast", [0.5, 1.9], 1),  # half as much is further off than nearly twice as much
        ("contrast", [0.5, 2.0], None),
        ("diversity", [0.0, 3.0], 1),
        ("modes_covered", [9.0, 10.0, 4.0, 1.0], 1),
        ("modes_covered", [None, 10.0], None),  # nothing to compare with
        ("histogram_distance", [None, 0.2, 0.1], 2),
        ("loss_d", [0.1, 0.9], None),
        ("d_accuracy", [0.5, 1.0], None),
    ],
)
def test_the_winner_of_a_row(name: str, values: list[float | None], best: int | None) -> None:
    assert winner(name, values) == best


def test_every_measurement_that_is_taken_has_one_record_and_no_other_has() -> None:
    of_points = Trainer(Experiment(dataset="ring", device="cpu")), Trainer(Experiment(dataset="dirac", device="cpu"))
    taken = {*trained(2).measure(), *(name for made in of_points for name in made.measure())}
    # Knowing classes needs a classifier of the data, of pixels at random neighbours are not alike, and before the
    # first step there is nothing to compare the modes with.
    assert taken <= set(MEASUREMENTS) <= taken | {"modes_covered", "recognised", "neighbours", "mode_turnover"}


def test_a_detector_reads_only_measurements_that_are_taken() -> None:
    for recipe in RECIPES.values():
        for detector in detectors(recipe.broken).values():
            assert {condition.measurement for condition in detector.conditions} <= set(MEASUREMENTS)


def test_a_share_reads_as_per_cent_and_what_is_not_there_as_a_dash() -> None:
    m = {"out_of_range": 0.1234, "contrast": 0.81234, "d_accuracy": 1.0}
    assert caption(m, "out_of_range", "contrast", "d_accuracy") == "12% out of range · contrast 0.812 · D is right 100%"
    assert caption({}, "saturated", "loss_d") == "– at its ends · D –"


def test_what_is_shown_and_asked_about_is_in_the_table() -> None:
    assert set(FINAL) | set(ASKED) <= set(MEASUREMENTS)
