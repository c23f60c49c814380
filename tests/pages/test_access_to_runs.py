"""Who may do what with a live run on a server that others reach."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S
from shared_server import ENDLESS, A, B, Visit, address, as_if_enabled, press_all_the_same, run_in, stands_at
from streamlit.testing.v1 import AppTest
from visiting import widgets, words, wrongs

from gan_core.live.registry import registry
from gan_core.settings import link
from pages.parts.shared.tab_runs import WATCHED

pytestmark = pytest.mark.usefixtures("shared_server")


@pytest.mark.parametrize("alone", [False, True])
def test_who_follows_an_address_watches_and_changes_nothing(
    alone: bool, visit: Visit, run_of_a: tuple[AppTest, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_ALONE", str(int(alone)))
    mine, run_id = run_of_a
    at = visit(B, **address(mine))
    assert at.session_state["run"] == run_id and "Step 1 of" in words(at)
    assert at.button(key="start").disabled and at.button(key="pause").disabled
    assert not {button.key for button in at.button} & {"step_d", "step_g", "step_both", "reset", "make_files"}
    assert all(control.disabled for control in widgets(at.sidebar).values())
    assert "2 people watch this run" in words(at) and "2 people watch this run" in words(mine.run())
    for key in ("start", "step_both", "reset"):
        press_all_the_same(at, key)
        assert WATCHED in words(at)
    as_if_enabled(at, lambda: widgets(at.sidebar)["lr_g"].set_value(0.01).run())
    assert WATCHED in words(at) and at.session_state["experiment"] == ENDLESS
    for other in (link.to_query(ENDLESS.replace(lr_g=0.01, width=0.25)), {"lg": "no number"}):
        stranger = visit(B, **{**other, "run": run_id})
        assert stranger.session_state["experiment"] == ENDLESS and run_in(stranger) == run_id
    stands_at(run_id, 1)
    assert registry().snapshot(run_id).experiment == ENDLESS
    mine.button(key="step_both").click().run()
    stands_at(run_id, 2)
    widgets(mine.sidebar)["lr_g"].set_value(0.01).run()  # while B looks at it
    changed = registry().wait_until(lambda: registry().snapshot(run_id).experiment.lr_g == 0.01, PATIENCE_S)
    assert changed and at.run().session_state["experiment"].lr_g == 0.01
    at.button(key="leave_watched").click().run()
    assert run_in(at) is None and "run" not in address(at) and not widgets(at.sidebar)["lr_g"].disabled
    stranger.switch_page("pages/home.py").run()
    assert registry().snapshot(run_id).people == 1


def test_who_watches_takes_a_copy_of_his_own(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    at = visit(B, **address(mine))
    at.button(key="take_copy").click().run()
    copy = at.session_state["run"]
    assert copy not in (None, run_id) and not wrongs(at)
    stands_at(copy, 1)
    at.run()
    at.button(key="step_both").click().run()
    stands_at(copy, 2)
    stands_at(run_id, 1)


def test_no_way_that_others_go_ends_a_run(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    at = visit(B, **address(mine))
    at.switch_page("pages/compare.py").run()
    at.button(key="open_A").click().run()
    at.switch_page("pages/failures.py").run()
    watched = visit(B, **address(mine))
    del watched
    assert registry().snapshot(run_id).state == "paused"


def test_a_comparison_of_others_is_watched(visit: Visit) -> None:
    pair = [ENDLESS, ENDLESS.replace(lr_g=0.01)]
    mine = visit(A, "compare", **link.to_query(ENDLESS), v1="lg:0.002", v2="lg:0.01")
    mine.button(key="start").click().run()
    runs = list(mine.session_state["compared"].values())
    assert len(runs) == len(pair) and not wrongs(mine)
    at = visit(B, "compare", **address(mine))
    assert at.session_state["compared"] == mine.session_state["compared"]
    press_all_the_same(at, "pause")
    assert at.session_state["refusal"] == WATCHED
    at.button(key="start").click().run()  # his own
    own = list(at.session_state["compared"].values())
    assert not set(own) & set(runs)
    assert all(registry().snapshot(run_id) for run_id in runs)


def test_each_visitor_has_a_number_of_places_and_gets_them_back(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    _, run_id = run_of_a
    owner = registry().snapshot(run_id).owner
    others = [registry().start(ENDLESS, go=False, owner=owner) for _ in range(registry().limits.runs_each - 1)]
    second = visit(A, **link.to_query(ENDLESS))
    second.button(key="start").click().run()
    assert "each visitor may have 3 at a time" in words(second)
    runs = visit(A, "runs")
    runs.button(key=f"end-{others[0]}").click().run()
    assert registry().snapshot(others[0]) is None
    second.button(key="start").click().run()
    assert second.session_state["run"]
    assert f"end-{run_id}" not in {button.key for button in visit(B, "runs").button}
    for other in others:
        registry().forget(other)


def test_one_run_does_not_take_the_machine(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    large = {"a": "dcgan", "sz": "64", "w": "4", "bs": "512"}
    at = visit(A, **large)
    at.button(key="start").click().run()
    assert run_in(at) is None and "times the usual memory" in words(at)
    mine.session_state["experiment"] = ENDLESS.replace(width=4, n_dis=10)
    widgets(mine.sidebar)["lr_g"].set_value(0.01).run()  # to be changed with it, while the run goes on
    assert registry().snapshot(run_id).experiment == ENDLESS
    compared = visit(A, "compare", **large, v1="o:tanh", v2="o:linear")
    compared.button(key="start").click().run()
    assert "times the usual memory" in compared.session_state["refusal"]


def test_all_runs_of_a_visitor_share_a_budget_of_steps(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    at = visit(A, a="dcgan", st="100000")
    at.button(key="start").click().run()
    assert run_in(at) is None and "as long as 1,6" in words(at) and "each visitor may have 500,000" in words(at)
    widgets(mine.sidebar)["lr_g"].set_value(0.01).run()  # the run's own steps are not counted twice
    assert registry().wait_until(lambda: registry().snapshot(run_id).experiment.lr_g == 0.01, PATIENCE_S)
