"""train without a browser: the controls, the link, the first click."""

from __future__ import annotations

from typing import Any

import pytest
from visiting import Open, widgets, words, wrongs

from gan_core.live.registry import registry
from gan_core.settings.compatibility import FOLLOWERS, matters
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.setting import Setting

# Together they make every setting matter at least once.
SITUATIONS: list[dict[str, str]] = [
    {},
    {"architecture": "mlp-plain"},
    {"architecture": "document-mlp"},
    {"architecture": "document-dcgan"},
    {"architecture": "dcgan", "init": "normal", "penalty": "r1"},
    {"architecture": "mlp", "norm_g": "none", "norm_d": "none"},
    {"dataset": "drawn"},
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: ",".join(f"{k}={v}" for k, v in s.items()) or "default")
def test_every_setting_that_matters_has_a_widget_with_its_help(open_page: Open, situation: dict[str, str]) -> None:
    at = open_page(**situation)
    assert not at.exception
    experiment = at.session_state["experiment"]
    wanted = {name for name in SETTINGS if matters(name, experiment.model_dump())}
    shown = widgets(at.sidebar)
    assert set(shown) == wanted
    for name, widget in shown.items():
        assert widget.label.split(" · default ")[0] == SETTINGS[name].label
        assert SETTINGS[name].help in widget.help


def test_the_situations_cover_every_setting_but_the_folder() -> None:
    covered = {name for s in SITUATIONS for name in SETTINGS if matters(name, Experiment(**s).model_dump())}
    assert set(SETTINGS) - covered == {"folder"}


def test_at_most_ten_settings_in_sight_and_the_front_ones_among_them(open_page: Open) -> None:
    at = open_page()
    folded = widgets(at.sidebar.expander[0])
    sight = set(widgets(at.sidebar)) - set(folded)
    assert len(sight) <= 10
    assert sight == {name for name, row in SETTINGS.items() if row.front}


def other_value(row: Setting, value: Any) -> Any:
    """An allowed value that is not the present one."""
    if row.kind == "switch":
        return not value
    if row.kind == "set":
        return [row.choices[0]]
    if row.kind == "choice":
        return next(choice for choice in row.choices if choice not in (value, "folder"))
    if row.marks:
        # The least one may be a corner case of its own: a batch of 1, 0 updates, 0 steps.
        cast = int if row.kind == "integer" else float
        return next(cast(mark) for mark in row.marks[1:] if mark != value)
    return value + 1


@pytest.mark.parametrize(
    "group", sorted({row.group for row in SETTINGS.values()}), ids=lambda group: group.replace(" ", "-")
)
def test_changing_a_widget_changes_the_experiment(open_page: Open, group: str) -> None:
    at = open_page()
    names = [name for name in widgets(at.sidebar) if SETTINGS[name].group == group]
    for name in names:
        before = at.session_state["experiment"]
        value = other_value(SETTINGS[name], getattr(before, name))
        widgets(at.sidebar)[name].set_value(value).run()
        assert not at.exception
        after = at.session_state["experiment"]
        if at.session_state["problems"]:  # it does not go with the others: refused in words, taken back
            assert name in words(at)
            widgets(at.sidebar)[name].set_value(getattr(before, name)).run()
            continue
        assert getattr(after, name) == (tuple(value) if isinstance(value, list) else value)
        assert at.query_params[SETTINGS[name].url_key] == SETTINGS[name].text(getattr(after, name))
        if not widgets(at.sidebar).keys() >= set(names):  # some belong to the value of before
            widgets(at.sidebar)[name].set_value(getattr(before, name)).run()


@pytest.mark.parametrize(("leader", "value"), list(FOLLOWERS))
def test_settings_follow_their_leader_there_and_back(open_page: Open, leader: str, value: str) -> None:
    at = open_page()
    before = at.session_state["experiment"]
    widgets(at.sidebar)[leader].set_value(value).run()
    experiment = at.session_state["experiment"]
    for name, brought in FOLLOWERS[leader, value].items():
        assert getattr(experiment, name) == brought
        if matters(name, experiment.model_dump()):
            assert widgets(at.sidebar)[name].value == brought
    widgets(at.sidebar)[leader].set_value(getattr(before, leader)).run()
    assert at.session_state["experiment"] == before


def test_a_good_link_sets_the_widgets(open_page: Open) -> None:
    at = open_page(lg="0.01", o="sigmoid", ns="0.5", st="500", au="flip", mb="true", se="7", channels="3")
    assert not at.exception
    assert not at.session_state["problems"]
    shown = {name: widget.value for name, widget in widgets(at.sidebar).items()}
    assert shown["lr_g"] == 0.01
    assert shown["output_activation"] == "sigmoid"
    assert shown["noise_scale"] == 0.5
    assert shown["steps"] == 500
    assert list(shown["augment"]) == ["flip"]
    assert shown["minibatch_std"] is True
    assert shown["seed"] == 7
    assert shown["channels"] == 3


def test_a_value_between_the_marks_of_a_slider_is_kept(open_page: Open) -> None:
    at = open_page(lg="0.0031", bs="100")
    assert not at.exception
    assert at.session_state["experiment"].lr_g == 0.0031
    assert widgets(at.sidebar)["lr_g"].value == 0.0031
    assert widgets(at.sidebar)["batch_size"].value == 100


def test_a_bad_link_names_every_wrong_field_and_the_button_mends_it(open_page: Open) -> None:
    at = open_page(lg="7", xx="1", noise="foo", bs="many", ns="0.5")
    assert not at.exception
    for name in ("lr_g", "xx", "noise", "batch_size"):
        assert f"`{name}`" in words(at)
    assert "noise_scale" not in words(at)
    assert at.button(key="start").disabled

    at.button(key="nearest").click().run()
    assert not at.exception
    assert not wrongs(at)
    experiment = at.session_state["experiment"]
    assert (experiment.lr_g, experiment.noise_scale) == (1.0, 0.5)
    assert (experiment.noise, experiment.batch_size) == ("normal", 64)
    assert not at.button(key="start").disabled


@pytest.mark.parametrize("name", SETTINGS)
def test_a_link_may_have_any_text_for_any_setting(open_page: Open, name: str) -> None:
    """Where it is no value of this setting, the page says so and shows its controls."""
    at = open_page(**{SETTINGS[name].url_key: "nonsense"})
    assert not at.exception
    assert (f"`{name}`" in words(at)) == at.button(key="start").disabled
    assert at.button(key="start").disabled or SETTINGS[name].kind == "text"


def test_what_is_no_setting_is_told_and_left_out_of_the_link(open_page: Open) -> None:
    at = open_page(utm_source="newsletter", lg="0.002")
    assert not at.exception
    assert ["`utm_source`" in sentence for sentence in wrongs(at)] == [True]
    assert at.session_state["experiment"].lr_g == 0.002
    assert not at.button(key="start").disabled
    widgets(at.sidebar)["lr_d"].set_value(0.002).run()
    assert not wrongs(at)


def test_settings_that_do_not_go_together_are_refused_in_words(open_page: Open) -> None:
    at = open_page(penalty="clip")
    widgets(at.sidebar)["norm_d"].set_value("spectral").run()
    assert not at.exception
    assert "spectral norm rescales the weights" in words(at)
    assert widgets(at.sidebar)["norm_d"].value == "spectral"  # what was chosen stays in sight
    widgets(at.sidebar)["penalty"].set_value("none").run()
    assert not wrongs(at)
    assert at.session_state["experiment"].norm_d == "spectral"


def test_a_lost_run_is_told(open_page: Open) -> None:
    at = open_page(run="nosuchrun")
    assert not at.exception
    assert "nosuchrun" in words(at)
    assert not at.button(key="start").disabled


def test_start_creates_a_run_with_the_settings_shown(open_page: Open) -> None:
    at = open_page(lg="0.01", w="0.125", st="1000000")
    at.button(key="start").click().run()
    assert not at.exception
    run_id = at.session_state["run"]
    assert at.query_params["run"] == run_id
    assert registry().wait_until(lambda: registry().snapshot(run_id).step > 0, 120)
    assert registry().snapshot(run_id).experiment == at.session_state["experiment"]

    at.run()
    at.button(key="pause").click().run()
    assert not at.exception
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", 120)
    at.run()
    assert at.button(key="pause").disabled
    assert not at.button(key="start").disabled
    assert at.get("plotly_chart")


def test_two_visitors_have_two_runs(open_page: Open) -> None:
    one, two = open_page(w="0.125"), open_page(w="0.125")
    for at in (one, two):
        at.button(key="start").click().run()
        assert not at.exception
    assert one.session_state["run"] != two.session_state["run"]
