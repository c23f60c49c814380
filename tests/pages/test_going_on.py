"""Train after the end of a run, and what helps on the way: more steps, a break, defaults, the filter, the slider."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from visiting import Open, as_text, html, network, widgets, words
from walking import Place, Tab

from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS

SMALL = {"a": "mlp", "w": "0.125", "sz": "8", "z": "4", "bs": "8", "me": "100"}


def run_of(at: AppTest) -> Snapshot:
    return registry().snapshot(at.session_state["run"])


def finish(at: AppTest) -> Snapshot:
    assert registry().wait_until(lambda: run_of(at).state == "finished", PATIENCE_S)
    at.run()
    assert not at.exception
    return run_of(at)


def test_a_finished_run_goes_on_looks_back_breaks_and_comes_back_to_the_defaults(open_page: Open) -> None:
    at = open_page(**SMALL, st="40", lg="0.01")
    at.button(key="start").click().run()
    finish(at)
    assert not [button for button in at.button if button.key in ("start", "pause", "step_d")]

    at.button(key="train_more").click().run()
    run = finish(at)
    assert run.steps == run.step == 1040
    assert run.rows[0].step == 0  # it went on: what was measured before is still there
    assert at.query_params["st"] == "1040"

    kept = [frame.step for frame in run.frames]
    for asked, stands in ((1039, kept[-2]), (kept[-2] - 1, kept[-3]), (kept[-3] + 1, kept[-2])):
        at.slider(key="scrub").set_value(asked).run()
        assert at.session_state["scrub"] == stands
        assert f"Step **{stands}**" in words(at)
    losses = f"D {run.frames[-2].measurements['loss_d']:.3g} · G {run.frames[-2].measurements['loss_g']:.3g}"
    assert losses in [as_text(drawn) for drawn in html(at)]

    before = run.experiment
    at.session_state["breaking"] = True
    at.run()
    at.button(key="break_out-of-range").click().run()
    assert not at.session_state["breaking"]
    broken = {"output_activation": ("tanh", "linear")}
    assert registry().wait_until(lambda: diff(before, run_of(at).experiment) == broken, PATIENCE_S)

    at.run()
    at.button(key="all_defaults").click().run()
    assert registry().wait_until(lambda: run_of(at).experiment == Experiment(), PATIENCE_S)
    assert not [button for button in at.button if button.key == "all_defaults"]


def test_who_acted_last_is_lit_in_the_networks(open_page: Open) -> None:
    at = open_page(**SMALL, st="40")
    assert network(at)["lit"] == []
    for key, lit, rests in (("d", ["d"], ["grad_g"]), ("g", ["g"], ["grad_d", "real"]), ("both", ["d", "g"], [])):
        at.button(key=f"step_{key}").click().run()
        step = ["d", "g", "both"].index(key) + 1
        assert registry().wait_until(lambda step=step: run_of(at).step == step, PATIENCE_S)
        at.run()
        drawn = network(at)
        assert (drawn["lit"], drawn["rests"]) == (lit, rests)
    m = run_of(at).frame.measurements
    assert drawn["norms"] == {"grad_d": m["grad_norm_d"], "grad_g": m["grad_norm_g"]}
    assert f"real {m['d_real']:.2f} · generated {m['d_fake']:.2f}" in drawn["labels"]["d"]["wide"]
    at.button(key="reset").click().run()
    assert registry().wait_until(lambda: run_of(at).step == 0, PATIENCE_S)
    at.run()
    assert network(at)["lit"] == []


@pytest.mark.parametrize("asked", ["beta", " Beta ", "BETA  "])
def test_the_filter_finds_settings_by_their_words(open_page: Open, asked: str) -> None:
    at = open_page()
    at.text_input(key="find_setting").set_value(asked).run()
    assert set(widgets(at.sidebar)) == {"beta1", "beta2"}
    widgets(at.sidebar)["beta1"].set_value(0.5).run()
    assert at.session_state["experiment"].beta1 == 0.5
    assert widgets(at.sidebar)["beta1"].label == "Beta 1 · default 0"
    at.text_input(key="find_setting").set_value("").run()
    assert "lr_g" in widgets(at.sidebar)


def test_the_filter_says_where_nothing_is_found(open_page: Open) -> None:
    at = open_page()
    at.text_input(key="find_setting").set_value("<b>zebra</b>").run()
    assert not widgets(at.sidebar)
    assert "“<b>zebra</b>”" in words(at)


def test_a_changed_setting_says_what_it_was_beside_the_architecture(open_page: Open) -> None:
    at = open_page(a="document-mlp", lg="0.01")
    labels = {name: widget.label for name, widget in widgets(at.sidebar).items()}
    assert labels["lr_g"] == "Learning rate of G · default 0.0002"
    assert labels["lr_d"] == "Learning rate of D"  # as it comes with this architecture
    assert labels["architecture"] == "Architecture · default mlp"


def test_the_buttons_of_a_phone_go_from_mark_to_mark(open_page: Open) -> None:
    at = open_page(lg="0.0031")
    at.button(key="raise-lr_g").click().run()
    assert at.session_state["experiment"].lr_g == 0.004
    at.button(key="lower-lr_g").click().run()
    assert at.session_state["experiment"].lr_g == 0.0031  # what was once shown stays on offer
    at.button(key="lower-lr_g").click().run()
    assert at.session_state["experiment"].lr_g == 0.002
    for _ in range(len(SETTINGS["lr_d"].marks)):
        if not at.button(key="raise-lr_d").disabled:
            at.button(key="raise-lr_d").click().run()
    assert at.session_state["experiment"].lr_d == SETTINGS["lr_d"].high
    assert at.button(key="raise-lr_d").disabled


def test_what_is_looked_for_is_drawn_only_once_it_is_open(open_page: Open) -> None:
    at = open_page()
    assert "**What is checked**" not in words(at)
    at.session_state["evidence-diagnosis"] = True
    at.run()
    assert "**What is checked**" in words(at)


def test_back_leads_to_before_the_start_and_forward_to_the_run() -> None:
    tab = Tab()
    tab.go(Place("train"))
    start = tab.place
    (button,) = [button for button in tab.buttons() if button.key == "start"]
    tab.set(button, trigger_value=True)
    there, run_id = tab.place, tab.at.session_state["run"]
    assert dict(there.query)["run"] == run_id
    tab.back(start)
    assert tab.at.session_state["run"] is None
    assert tab.place == start  # nothing is written over it: a second Back leads away
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", PATIENCE_S)
    tab.back(there)
    assert tab.at.session_state["run"] == run_id
    registry().forget(run_id)
