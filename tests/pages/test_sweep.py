"""sweep without a browser: the map that is there, its link, a sweep begun and stopped, and who may begin one."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import pytest
from live_runs import PATIENCE_S, end_sweeps
from streamlit.testing.v1 import AppTest
from visiting import Open, html, words, wrongs

from gan_core.sweep.ready_maps import FIRST, READY
from gan_core.sweep.server_sweeps import sweeps

TINY = {
    "a": "mlp", "sz": "8", "w": "0.125", "z": "4", "bs": "8", "st": "3", "dv": "cpu", "x": "lg:0.001;0.1",
    "y": "ng:none;instance", "seeds": "0;1",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    end_sweeps()


def drawn(at: AppTest) -> str:
    (found,) = [text for text in html(at) if "sweep-map" in text]
    return found


def finished(at: AppTest) -> AppTest:
    state = sweeps().seen("")
    while state is not None and state.open:
        state = sweeps().wait("", PATIENCE_S)
    return at.run()


def test_it_opens_with_a_map_that_nobody_had_to_train(open_page: Open) -> None:
    at = open_page("sweep")
    assert not at.exception and not wrongs(at)
    shown = drawn(at)
    assert shown.count("<img") == len(READY[FIRST].cells) and "not yet" not in shown
    assert at.button(key="start").disabled
    assert "All 25 runs are done" in words(at)
    assert shown.count('href="train?a=mlp') == 25


def test_a_map_is_trained_from_its_link_and_an_impossible_square_is_marked(open_page: Open) -> None:
    at = open_page("sweep", **TINY)
    assert not at.exception and not wrongs(at)
    assert drawn(at).count("not yet") == 2 and drawn(at).count("not possible") == 2
    assert at.query_params == TINY or {key: value[0] for key, value in at.query_params.items()} == TINY
    at.button(key="start").click().run()
    finished(at)
    assert not at.exception and not wrongs(at)
    shown = unescape(drawn(at))
    assert shown.count("<img") == 2 and shown.count("2 of 2 seeds") + shown.count("1 of 2 seeds") == 2
    assert "All 4 runs are done. 4 are not possible." in words(at)
    again = open_page("sweep", **TINY)  # a reload, or somebody else with the link
    assert drawn(again) == drawn(at) and again.button(key="start").disabled


def test_another_setting_brings_its_values_and_the_address_follows(open_page: Open) -> None:
    at = open_page("sweep", **TINY)
    at.selectbox(key="sweep_field_y").set_value("n_dis").run()
    assert not at.exception and not wrongs(at)
    assert dict(at.query_params)["y"] in ("kd:0;1;2;3;5;10", ["kd:0;1;2;3;5;10"])
    at.selectbox(key="sweep_ready").set_value("Penalty and its weight").run()
    assert not at.exception and drawn(at).count("<td") == 20


def test_what_cannot_be_is_said_and_the_map_stays(open_page: Open) -> None:
    at = open_page("sweep", **TINY)
    at.multiselect(key="sweep_values_x").set_value([]).run()
    assert any("lr_g has no values" in sentence for sentence in wrongs(at))
    assert drawn(at).count("<td") == 4
    wrong = open_page("sweep", x="lg:7", zz="1", seeds="one")
    assert len(wrongs(wrong)) == 3 and not wrong.exception


def test_a_sweep_is_stopped(open_page: Open) -> None:
    at = open_page("sweep", **TINY | {"st": "1000000", "y": "ng:none"})
    at.button(key="start").click().run()
    assert not at.exception
    at.button(key="stop").click().run()
    assert sweeps().seen("") is None and at.button(key="start")


def test_a_visitor_may_not_begin_what_takes_too_much(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_ALONE", "0")
    monkeypatch.setenv("GAN_TEACHER_KEY", "a key of the teacher")
    at = open_page("sweep", a="mlp", x="w:4", y="bs:512", seeds="0", sz="64")
    at.button(key="start").click().run()
    assert any("others use this server" in sentence for sentence in wrongs(at))
