"""The page Points without a browser."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest
from visiting import Open, html, network, widgets, words

from gan_core.diagnosis.point_failures import POINT_FAILURES, PointFailure
from gan_core.live.registry import registry
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS


def experiment(at: AppTest) -> Experiment:
    found: Experiment = at.session_state["experiment"]
    return found


def turn(at: AppTest, page: str) -> None:
    """As a click on the navigation does, which leaves the address of the last page behind."""
    at.query_params.clear()
    at.switch_page(f"pages/{page}.py").run()


def test_it_opens_on_a_finished_run(open_page: Open) -> None:
    at = open_page("points")
    assert experiment(at) == Experiment(dataset="ring")
    assert not at.info
    said = " ".join(html(at))
    assert "8 of 8 modes appear" in said and "a finished run, 1500 steps" in said
    assert not at.session_state.get("run")


def test_the_networks_stand_above_the_plane_and_lead_to_their_settings(open_page: Open) -> None:
    at = open_page("points")
    drawn = network(at)
    assert drawn["labels"]["real"]["wide"] == ["Real points", "ring"] and drawn["norms"]["grad_d"] > 0
    assert "default" not in " ".join(control.label for control in widgets(at.sidebar).values())
    at.session_state["to_find"] = "learning rate of G"  # as a click in the picture does
    at.run()
    assert set(widgets(at.sidebar)) == {"lr_g"}
    at.text_input(key="find_setting").set_value("spectral").run()
    assert "norm_d" in widgets(at.sidebar) and "loss" not in widgets(at.sidebar)
    at.text_input(key="find_setting").set_value("").run()
    widgets(at.sidebar)["loss"].select("hinge").run()
    assert widgets(at.sidebar)["loss"].label == "Loss · default non saturating"


def test_a_link_is_all_of_it_and_a_changed_setting_stands_in_the_address(open_page: Open) -> None:
    at = open_page("points", d="grid", sd="0.0125", se="7")
    assert experiment(at) == Experiment(dataset="grid", mode_std=0.0125, seed=7)
    at.selectbox(key="loss").select("hinge").run()
    assert at.query_params["l"] == "hinge"
    assert "press Start" in " ".join(html(at))  # the kept run is of other settings


def test_a_link_to_images_is_told_of(open_page: Open) -> None:
    at = open_page("points", d="mnist", a="mlp")
    assert experiment(at).dataset == "ring"
    assert "open it on Train" in at.info[0].value


def test_a_link_without_data_means_this_page_s(open_page: Open) -> None:
    at = open_page("points", l="hinge", lg="0.001")
    assert experiment(at) == Experiment(dataset="ring", loss="hinge", lr_g=1e-3)
    assert not at.info


def test_a_look_at_points_leaves_the_images_of_other_pages_alone(open_page: Open) -> None:
    at = open_page("train", a="mlp", l="hinge")
    images = experiment(at)
    turn(at, "points")
    assert experiment(at).dataset == "ring"
    at.selectbox(key="dataset").select("spiral").run()
    turn(at, "train")
    assert experiment(at) == images
    turn(at, "points")
    assert experiment(at).dataset == "spiral"


@pytest.mark.parametrize("page", ["untrained", "train"])
def test_who_begins_with_points_finds_images_on_the_pages_for_images(page: str, open_page: Open) -> None:
    at = open_page("points", d="grid", se="7")
    turn(at, page)
    assert experiment(at) == Experiment()
    assert not [*at.exception, *at.error, *at.warning]
    turn(at, "points")
    assert experiment(at) == Experiment(dataset="grid", seed=7)


def test_untrained_looks_at_images_after_points_on_train(open_page: Open) -> None:
    at = open_page("train", d="ring", a="points")
    assert experiment(at).dataset == "ring"
    turn(at, "untrained")
    assert experiment(at) == Experiment()
    assert not [*at.exception, *at.error, *at.warning]


def test_what_cannot_be_read_of_a_drawing_is_said(open_page: Open) -> None:
    at = open_page("points", d="drawn", pts="A?")
    assert not at.exception
    assert "two characters for each point" in words(at)


def test_the_dirac_gan_has_its_phase_plot_and_table(open_page: Open) -> None:
    at = open_page("points", d="dirac")
    assert re.search(r"Near the equilibrium this game \*\*circles\*\*.*1\.00000", words(at))
    table = next(text for text in (m.value for m in at.markdown) if text.startswith("| loss"))
    assert table.count("\n") == 1 + len(SETTINGS["loss"].choices) * len(SETTINGS["update"].choices)
    at.select_slider(key="dirac_weight").set_value(0.5).run()
    assert (experiment(at).penalty, experiment(at).penalty_weight) == ("r1", 0.5)
    assert "**converges**" in words(at)


@pytest.mark.parametrize("failure", POINT_FAILURES, ids=lambda failure: failure.name)
def test_a_failure_is_one_setting_from_its_cure(failure: PointFailure) -> None:
    broken, fixed = failure.experiment(broken=True), failure.experiment(broken=False)
    assert set(diff(broken, fixed)) == {failure.setting}
    row = SETTINGS[failure.setting]
    assert not row.marks or {failure.broken, failure.fixed} <= set(row.marks)


def test_a_failure_is_trained_at_a_click(open_page: Open) -> None:
    at = open_page("points")
    at.button(key="fail_d-too-weak").click().run()
    assert not at.exception
    run_id = at.session_state["run"]
    run = registry().snapshot(run_id)
    (failure,) = (failure for failure in POINT_FAILURES if failure.name == "d-too-weak")
    assert run is not None and run.experiment == failure.experiment(broken=True)
    registry().forget(run_id)


def test_two_runs_on_points_stand_side_by_side(open_page: Open) -> None:
    at = open_page("compare", d="ring", a="points", st="5", w="0.25", v1="n:uniform", v2="n:bernoulli")
    assert not at.exception
    at.button(key="start").click().run()
    at.run()
    assert not at.exception
    said = " ".join(html(at))
    assert "precision" in said and "out of range" not in said  # points have no pixels
    assert not [control for control in at.get("button_group") if control.key == "pixels"]


def test_every_other_page_takes_a_run_on_points_or_says_why_not(open_page: Open) -> None:
    at = open_page("train", d="ring", st="5", w="0.25")
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    assert registry().wait_until(lambda: over(run_id), 60)
    for page in ("train", "runs", "compare"):
        turn(at, page)
        assert not at.exception, page
    at.query_params.clear()
    at.switch_page("pages/pixels.py")
    at.query_params["source"] = "run"
    at.run()
    assert not at.exception
    assert "points, which have no pixels" in words(at)


def over(run_id: str) -> bool:
    run = registry().snapshot(run_id)
    return run is not None and run.state == "finished"
