"""Saving without a browser: what cannot be saved is told, and nothing is made unasked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from live_runs import PATIENCE_S, reach
from visiting import Open, words, wrongs

from gan_core.engine.regenerate import regenerate
from gan_core.live.registry import registry
from gan_core.saved_runs.store import Store


def test_files_are_made_when_asked_and_dropped_with_the_closing(open_page: Open, tmp_path: Path) -> None:
    at = open_page(w="0.125", st="0")
    at.button(key="start").click().run()
    reach(registry(), at.session_state["run"], lambda seen: seen.state == "finished")
    at.run()
    assert not at.exception
    assert at.session_state["made"] is None
    assert not at.get("download_button")
    at.session_state["save"] = True
    at.run()
    at.button(key="make_files").click().run()
    assert not at.exception
    made = at.session_state["made"]
    assert made.step == 0
    with zipfile.ZipFile(io.BytesIO(made.zip)) as archive:
        archive.extractall(tmp_path)
    _, picture, _, weights = at.code[0].value.removeprefix("python -m gan_core ").split()
    assert regenerate(tmp_path / picture, tmp_path / weights).difference.differ == 0
    assert at.get("download_button")
    at.button(key="regenerate").click().run()
    assert "all 168 × 224 pixels are the same" in words(at)
    assert "compared" not in at.session_state  # where the page Compare keeps its runs
    at.session_state["save"] = False
    at.run()
    assert at.session_state["made"] is None


def test_what_cannot_be_made_is_told_in_words(open_page: Open) -> None:
    at = open_page(w="0.125", st="0")
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    reach(registry(), run_id, lambda seen: seen.state == "finished")
    registry().stop(run_id)
    at.session_state["save"] = True
    at.run()
    at.button(key="make_files").click().run()
    assert not at.exception
    assert any("resume the run first" in sentence for sentence in wrongs(at))
    assert at.session_state["made"] is None


def test_a_run_that_another_tab_follows_is_not_followed_and_the_page_stands_still(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_HOME", str(tmp_path))
    first = open_page(w="0.125", st="0")
    first.button(key="start").click().run()
    run_id = first.session_state["run"]
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "finished", PATIENCE_S)
    registry().save_thread.save_as(run_id, "followed")
    assert registry().wait_until(lambda: not registry().snapshot(run_id).save_state.busy, PATIENCE_S)
    (heading,) = Store(tmp_path).headings()

    second = open_page("runs")
    second.button(key=f"open-{heading.run_id}").click().run()
    opened = second.session_state["run"]
    second.switch_page("pages/train.py")
    second.session_state["save"] = True
    second.run()
    second.toggle(key=f"follow-{opened}").set_value(True).run(timeout=60)
    assert not second.exception and not second.toggle(key=f"follow-{opened}").value
    assert any("is being written by another run" in sentence for sentence in wrongs(second))
    second.run()
    assert not second.toggle(key=f"follow-{opened}").value


def test_where_the_saved_run_was_deleted_it_can_be_saved_as_a_new_one(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_HOME", str(tmp_path))
    at = open_page(w="0.125", st="0")
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "finished", PATIENCE_S)
    registry().save_thread.save_as(run_id, "first")
    assert registry().wait_until(lambda: not registry().snapshot(run_id).save_state.busy, PATIENCE_S)
    at.session_state["save"] = True
    at.run()
    assert "save_run" not in [button.key for button in at.button]  # it follows: there is nothing to do
    Store(tmp_path).delete(Store(tmp_path).headings()[0].run_id)
    registry().save_thread.save(run_id)
    assert registry().wait_until(lambda: registry().snapshot(run_id).save_state.trouble, PATIENCE_S)
    at.run()
    assert any("was deleted" in sentence for sentence in wrongs(at))
    at.button(key="save_run").click().run()
    assert [heading.step for heading in Store(tmp_path).headings()] == [0]


def test_a_click_that_comes_twice_saves_one_run(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_HOME", str(tmp_path))
    at = open_page(w="0.125", st="0")
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    reach(registry(), run_id, lambda seen: seen.state == "finished")
    at.session_state["save"] = True
    at.run()
    registry().save_thread.save_as(run_id, "once")
    reach(registry(), run_id, lambda seen: not seen.save_state.busy)
    at.button(key="save_run").click().run()  # as the page stood before
    assert not at.exception
    assert [heading.name for heading in Store(tmp_path).headings()] == ["once"]
