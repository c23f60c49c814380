from __future__ import annotations

from gan_core.settings.change import Change, changed, marks_of, settings_over_time, trained_with
from gan_core.settings.experiment import Experiment

E = Experiment()


def test_a_slider_on_its_way_makes_one_change_a_step_and_one_mark() -> None:
    made: tuple[Change, ...] = ()
    now = E
    for step, rate in ((10, 0.01), (10, 0.02), (14, 0.03), (500, 0.04)):
        after = now.replace(lr_d=rate)
        made, now = changed(made, step, now, after), after
    assert made == (
        Change(10, "lr_d", E.lr_d, 0.02), Change(14, "lr_d", 0.02, 0.03), Change(500, "lr_d", 0.03, 0.04),
    )  # fmt: skip
    assert marks_of(made, 1000) == [(14, "lr_d → 0.03"), (500, "lr_d → 0.04")]
    assert [(until, e.lr_d) for until, e in settings_over_time(now, made)] == [
        (10, E.lr_d), (14, 0.02), (500, 0.03), (None, 0.04),
    ]  # fmt: skip


def test_what_was_changed_after_the_last_step_was_not_trained_with() -> None:
    made: tuple[Change, ...] = ()
    now = E
    for step, values in ((10, {"lr_d": 0.01}), (300, {"lr_d": 0.02, "penalty": "r2"}), (300, {"lr_d": 0.03})):
        after = now.replace(**values)
        made, now = changed(made, step, now, after), after
    assert trained_with(now, made, 300) == E.replace(lr_d=0.01)
    assert trained_with(now, made, 301) == now
    assert trained_with(now, made, 10) == E


def test_what_is_again_as_it_was_is_no_change() -> None:
    there = changed((), 7, E, E.replace(n_dis=3, noise_scale=2.0))
    assert {change.field for change in there} == {"n_dis", "noise_scale"}
    assert changed(there, 7, E.replace(n_dis=3, noise_scale=2.0), E.replace(noise_scale=2.0)) == (
        Change(7, "noise_scale", 1.0, 2.0),
    )
    assert changed((), 7, E, E) == ()
