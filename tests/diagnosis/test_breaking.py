"""What breaks given settings: one setting, of the recipes."""

from __future__ import annotations

from gan_core.diagnosis.breaking import breaks
from gan_core.diagnosis.failures import FAILURES
from gan_core.settings.compatibility import FOLLOWERS, matters
from gan_core.settings.experiment import Experiment, diff


def test_each_break_of_the_defaults_is_one_setting_apart_and_can_be_told() -> None:
    e = Experiment()
    found = list(breaks(e))
    assert {"out-of-range", "mode-collapse", "identical-samples", "too-slow"} <= {one.failure for one in found}
    for one in found:
        broken = e.replace(**{one.field: one.value})
        followers = FOLLOWERS.get((one.field, str(one.value)), {})
        assert diff(e, broken).keys() - followers.keys() == {one.field}
        assert FAILURES[one.failure].detector(broken) is not None
        assert getattr(FAILURES[one.failure].recipe.broken, one.field) == one.value


def test_what_fails_already_has_no_effect_or_goes_with_nothing_is_not_offered() -> None:
    linear = Experiment(output_activation="linear")
    assert "out-of-range" not in {one.failure for one in breaks(linear)}
    e = Experiment(output_activation="sigmoid", data_range="[0,1]", norm_g="none")
    assert not matters("upsample", e.model_dump())
    for one in breaks(e):
        assert one.field not in ("upsample", "bn_momentum")
        assert diff(e, e.replace(**{one.field: one.value}))  # raises where they do not go together
    assert list(breaks(Experiment(dataset="ring"))) == []
