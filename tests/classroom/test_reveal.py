"""A prediction beside what was measured: true in every case, with the numbers."""

from __future__ import annotations

from math import inf

import pytest

from gan_core.classroom.prediction import WhichFailure, WhichSide
from gan_core.classroom.reveal import reveal
from gan_core.diagnosis.findings import diagnose
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

E = Experiment()  # 2000 steps, BatchNorm: mode collapse from step 300 on
HEALTHY = {
    "finite": 1.0, "logit_max": 3.0, "contrast": 0.9, "pixel_mean": 0.2, "diversity": 0.9, "duplicates": 0.1,
    "out_of_range": 0.0, "excess": 0.0, "d_accuracy": 0.7, "logit_gap": 1.0, "grad_norm_g": 1.0,
}  # fmt: skip
GREY = HEALTHY | {"contrast": 0.05, "pixel_mean": 0.5}
ASKED = WhichFailure(("blank-grey", "mode-collapse"))


def rows(until: int, **measured: float) -> list[Row]:
    return [Row(step, HEALTHY | measured) for step in range(0, until + 1, 50)]


def grey(until: int) -> list[Row]:
    return [Row(step, dict(GREY)) for step in range(0, until + 1, 50)]


def test_the_failure_that_was_predicted() -> None:
    told = reveal(ASKED, "blank-grey", E, grey(500))
    assert told.verdict == "right"
    assert told.measured == ("blank-grey",)
    assert "is 0.05 (alarm below 0.2); " in told.words and told.words.endswith("is 0.5 (alarm between 0.25 and 0.75).")


def test_another_failure_than_the_predicted_one() -> None:
    told = reveal(ASKED, "mode-collapse", E, grey(500))
    assert told.verdict == "other"
    assert "Blank: all grey" in told.words and "0.05" in told.words


def test_a_failure_where_none_was_predicted() -> None:
    assert reveal(ASKED, "none", E, grey(500)).verdict == "other"


def test_a_failure_among_no_choices_is_told() -> None:
    told = reveal(ASKED, "blank-grey", E, rows(500, logit_max=1e4))
    assert (told.verdict, told.measured) == ("other", ("exploding",))


def test_no_failure_as_predicted_and_otherwise() -> None:
    told = reveal(ASKED, "none", E, rows(2000))
    assert (told.verdict, told.measured) == ("right", ("none",))
    told = reveal(ASKED, "blank-grey", E, rows(2000))
    assert (told.verdict, told.measured) == ("other", ("none",))
    assert "step 2000" in told.words


def test_too_early_for_the_predicted_failure() -> None:
    told = reveal(ASKED, "mode-collapse", E, rows(250))
    assert (told.verdict, told.measured) == ("open", ())
    assert "cannot be judged before step 300" in told.words
    assert reveal(ASKED, "mode-collapse", E, rows(300)).verdict == "other"


def test_too_early_for_no_failure_also_where_the_budget_ended_the_run() -> None:
    for e in (E, E.replace(steps=250)):
        told = reveal(ASKED, "none", e, rows(250))
        assert (told.verdict, told.measured) == ("open", ())
        assert "Mode collapse" in told.words and "step 300" in told.words


def test_too_early_for_what_has_to_last() -> None:
    """An explosion is told from any step on, and has to last for 25."""
    told = reveal(WhichFailure(("exploding",)), "exploding", E, [Row(0, HEALTHY), Row(20, HEALTHY)])
    assert told.verdict == "open"


def test_a_predicted_failure_that_another_one_explains() -> None:
    """A blank picture has identical samples, which the diagnosis leaves unnamed beside it."""
    asked = WhichFailure(("identical-samples",))
    both = [Row(step, GREY | {"diversity": 0.01, "duplicates": 1.0}) for step in range(0, 501, 50)]
    assert [finding.failure for finding in diagnose(E, both)] == ["blank-grey"]
    told = reveal(asked, "identical-samples", E, both)
    assert told.verdict == "right"
    assert told.measured == ("identical-samples", "blank-grey")
    assert "explains" in told.words
    assert reveal(asked, "identical-samples", E, grey(500)).verdict == "other"


def test_a_failure_that_is_not_looked_for_with_these_settings() -> None:
    told = reveal(WhichFailure(("checkerboard",)), "checkerboard", E, rows(2000))
    assert told.verdict == "open"
    assert "does not check for" in told.words


def test_a_fault_of_the_settings_alone() -> None:
    e = E.replace(output_activation="sigmoid")
    assert reveal(WhichFailure(("unreachable-range",)), "unreachable-range", e, rows(500)).verdict == "right"
    assert reveal(WhichFailure(("unreachable-range",)), "unreachable-range", E, rows(500)).verdict == "other"


def test_a_run_that_broke() -> None:
    broke = [Row(0, HEALTHY), Row(7, {"finite": 0.0})]
    asked = WhichFailure(("non-finite", "mode-collapse"))
    assert reveal(asked, "non-finite", E, broke).verdict == "right"
    told = reveal(asked, "mode-collapse", E, broke)
    assert told.verdict == "other"
    assert "cannot be judged before step 300" in told.words


@pytest.mark.parametrize(
    ("value", "below", "shown"),
    [
        (0.2, True, "20%"),
        (0.7, False, "70%"),
        (0.5, False, "50%"),
        (0.49999, True, "49.999%"),
        (inf, False, "inf%"),
    ],
)
def test_the_side_of_a_threshold(value: float, below: bool, shown: str) -> None:
    asked = WhichSide("contrast", 0.5)
    measured = rows(500, contrast=value)
    right, wrong = ("below", "above") if below else ("above", "below")
    told = reveal(asked, right, E, measured)
    assert (told.verdict, told.measured) == ("right", (right,))
    assert f"is {shown}: {asked.label(right)}." in told.words and told.words.startswith("At step 500,")
    assert reveal(asked, wrong, E, measured).verdict == "other"


def test_what_was_not_measured_is_on_no_side() -> None:
    asked = WhichSide("modes_covered", 5)
    for measured in (rows(500), rows(500, modes_covered=float("nan"))):
        told = reveal(asked, "below", E, measured)
        assert (told.verdict, told.measured) == ("open", ())
