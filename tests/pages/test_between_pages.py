"""From one page to another: nothing that one has said or kept is taken for something of the other."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from live_runs import PATIENCE_S, reach
from streamlit.testing.v1 import AppTest
from tiny import tiny
from visiting import Open
from walking import Place, Tab

from gan_core.classroom.lesson import Lesson
from gan_core.live.registry import registry
from pages.parts.shared import state, tab_runs

LESSON = Lesson(tiny(steps=40), "Too fast", "What will happen?", ("lr_g",), (), 200)
SMALL = {"w": "0.125", "sz": "8", "z": "4", "bs": "8", "st": "1000000"}


def started_and_paused(at: AppTest) -> None:
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    assert registry().wait_until(lambda: registry().snapshot(run_id).step > 0, PATIENCE_S)
    at.run()
    at.button(key="pause").click().run()
    assert not at.exception


def test_pixels_opens_after_a_run_was_paused(open_page: Open) -> None:
    at = open_page("train", **SMALL)
    started_and_paused(at)
    at.switch_page("pages/pixels.py").run()
    assert not at.exception
    assert at.button(key="all_right")


def test_a_run_that_has_ended_is_shown_after_pixels_was_opened(open_page: Open) -> None:
    at = open_page("pixels")
    at.switch_page("pages/train.py")
    at.query_params = SMALL | {"st": "20"}
    at.run()
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "finished", PATIENCE_S)
    at.run()
    assert not at.exception


def test_a_step_on_a_full_server_is_refused_in_words(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a step of a run that could not be started."""
    monkeypatch.setattr(registry(), "limits", replace(registry().limits, max_runs=1, max_waiting=-1))
    at = open_page("train", **SMALL)
    at.button(key="step_d").click().run()
    assert not at.exception
    assert any("places for runs are taken" in element.value for element in at.get("html"))


def test_what_a_page_said_of_a_link_is_not_said_by_the_next() -> None:
    tab = Tab()
    tab.go(Place("train", (("run", "nosuchrun"), ("xx", "1"))))
    assert len([*tab.troubles()]) == 2
    for page in ("untrained", "pixels", "train"):
        tab.go(Place(page))
        assert not [*tab.troubles()]


def test_going_back_brings_the_gain_of_before() -> None:
    tab = Tab()
    tab.go(Place("untrained", (("gain", "5"),)))
    tab.go(Place("untrained", (("gain", "2"),)))
    assert tab.at.session_state["gain"] == 2.0
    tab.back(Place("untrained", (("gain", "5"),)))
    assert tab.at.session_state["gain"] == 5.0


def test_what_a_lesson_said_is_not_said_after_it() -> None:
    tab = Tab()
    tab.go(Place("train", tuple(SMALL.items())))
    start = next(button for button in tab.buttons() if button.key == "start")
    tab.set(start, trigger_value=True)
    tab.go(Place("train", tuple(LESSON.to_query().items())))
    assert any("has settings that this lesson does not allow" in words for words in tab.troubles())
    leave = next(button for button in tab.buttons() if button.key == "leave_lesson")
    tab.set(leave, trigger_value=True)
    assert not [*tab.troubles()]


def test_a_step_that_was_asked_while_the_run_opened_is_awaited() -> None:
    """Its opening picture, which may come long before the step is done on a busy machine, is no answer."""
    run_id = registry().start(tiny(steps=40), go=False)
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", PATIENCE_S)
    state.ANSWER_DUE.set(tab_runs.AnswerDue(run_id, "starting", None, "", time.monotonic() - 60))
    assert tab_runs.awaiting(registry().snapshot(run_id))
    registry().step(run_id)
    assert registry().wait_until(lambda: registry().snapshot(run_id).frame.step == 1, PATIENCE_S)
    assert not tab_runs.awaiting(registry().snapshot(run_id))
    state.ANSWER_DUE.clear()
    registry().forget(run_id)


def test_a_tab_shows_what_another_tab_of_its_browser_has_changed(open_page: Open) -> None:
    """And undoes nothing of it with the next change of its own."""
    one = open_page("train", **SMALL)
    started_and_paused(one)
    run_id = one.session_state["run"]
    other = open_page("train", run=run_id, **SMALL)
    other.select_slider(key="lr_d").set_value(0.01).run()
    reach(registry(), run_id, lambda seen: seen.experiment.lr_d == 0.01)
    until = time.monotonic() + PATIENCE_S
    while one.run().select_slider(key="lr_d").value != 0.01:  # while it waits for what came of its own click
        assert not one.exception and time.monotonic() < until
    assert "".join(one.query_params["ld"]) == "0.01"
    one.select_slider(key="lr_g").set_value(0.1).run()
    assert reach(registry(), run_id, lambda seen: seen.experiment.lr_g == 0.1).experiment.lr_d == 0.01
