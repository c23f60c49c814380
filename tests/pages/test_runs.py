"""runs without a browser: saving on train, the list, the search, open, rename, delete and undo, what is damaged."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from live_runs import reach
from streamlit.testing.v1 import AppTest
from untrained_runs import E, history, saved
from visiting import Open, html, words

from gan_core.live.registry import registry
from gan_core.saved_runs import label
from gan_core.saved_runs.run_folder import Heading
from gan_core.saved_runs.store import Store


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    return Store.from_environment()


def put(store: Store, name: str, step: int = 40, **settings: object) -> str:
    """A saved run that nobody trained; returns its id."""
    folder = store.new(name)
    saved(folder, step, E.replace(**settings))
    return folder.name


def names(at: AppTest) -> list[str]:
    """Of the runs on the page, from above."""
    drawn = [text for text in html(at) if '<div class="kept"><b>' in text]
    return [text.split("<b>")[1].split("</b>")[0] for text in drawn]


def only(store: Store) -> Heading:
    (heading,) = store.headings()
    assert isinstance(heading, Heading)
    return heading


def trained(open_page: Open, **settings: str) -> tuple[AppTest, str]:
    at = open_page(w="0.125", sz="8", st="30", me="10", **settings)
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    reach(registry(), run_id, lambda seen: seen.state == "finished")
    at.run()
    return at, run_id


def test_saved_on_train_and_opened_again_from_the_list(open_page: Open, store: Store) -> None:
    at, run_id = trained(open_page)
    at.text_input(key=f"save_name-{run_id}").set_value("Tuesday's digits")
    at.button(key="save_run").click().run()
    assert not at.exception
    heading = only(store)
    assert (heading.name, heading.step) == ("Tuesday's digits", 30)
    before = registry().snapshot(run_id)
    assert before is not None
    registry().forget(run_id)

    other = open_page("runs")
    assert [unescape(name) for name in names(other)] == ["Tuesday's digits"]
    other.button(key=f"open-{heading.run_id}").click().run()
    assert not other.exception
    again = reach(registry(), other.session_state["run"], lambda seen: seen.state == "finished")
    assert (again.step, again.rows, again.frames) == (30, before.rows, before.frames)
    assert other.session_state["experiment"] == heading.experiment
    other.switch_page("pages/train.py").run()
    assert any("Step 30 of 30" in text and "saved at step 30" in text for text in html(other))


def test_the_search_finds_by_setting_and_by_word(open_page: Open, store: Store) -> None:
    for name, settings in {"one": {}, "two": {"lr_g": 0.01}, "three": {"loss": "wasserstein"}}.items():
        put(store, name, **settings)
    at = open_page("runs")
    assert sorted(names(at)) == ["one", "three", "two"]
    for asked, found in {
        "loss=hinge": ["one", "two"], "l=wasserstein": ["three"], "lr_g=0.01": ["two"], "WASSER": ["three"],
        "two": ["two"], "loss=hinge three": [], "width=0.125": ["one", "three", "two"],
    }.items():  # fmt: skip
        at.text_input(key="find").set_value(asked).run()
        assert sorted(names(at)) == found, asked
        assert at.query_params["find"] in (asked, [asked])
    assert "No saved run fits" not in words(at)
    at.text_input(key="find").set_value("nothing like it").run()
    assert "No saved run fits" in words(at)
    at.text_input(key="find").set_value("los=hinge").run()
    assert any("no setting" in text and "los" in text for text in html(at))
    assert len(names(at)) == 3
    assert names(open_page("runs", find="l=wasserstein")) == ["three"]


def test_rename_delete_and_undo(open_page: Open, store: Store) -> None:
    run_id = put(store, "old <i>")
    at = open_page("runs")
    assert names(at) == ["old &lt;i&gt;"]
    at.text_input(key=f"name-{run_id}").set_value("new")
    at.button(key=f"rename_now-{run_id}").click().run()
    assert names(at) == ["new"]
    at.text_input(key=f"name-{run_id}").set_value("   ")
    at.button(key=f"rename_now-{run_id}").click().run()
    assert any("A name has 1 to 80 characters" in text for text in html(at))
    assert names(at) == ["new"]

    before = {path.name: path.read_bytes() for path in (store.home / run_id).rglob("*") if path.is_file()}
    at.button(key=f"delete-{run_id}").click().run()
    assert names(at) == []
    assert store.headings() == []
    at.button(key="undo").click().run()
    assert names(at) == ["new"]
    assert {path.name: path.read_bytes() for path in (store.home / run_id).rglob("*") if path.is_file()} == before

    at.button(key=f"delete-{run_id}").click().run()
    late = open_page("runs")  # somebody else, later
    late.button(key=f"restore-{run_id}").click().run()
    assert names(late) == ["new"]
    late.button(key=f"delete-{run_id}").click().run()
    late.button(key="empty").click().run()
    assert not late.exception
    assert store.deleted() == []
    at.button(key="undo").click().run()
    assert any("deleted for good" in text for text in html(at))


def test_damaged_and_foreign_folders_are_sentences_and_only_ours_can_be_deleted(open_page: Open, store: Store) -> None:
    put(store, "whole")
    torn = put(store, "torn")
    (store.home / torn / "checkpoint.safetensors").write_bytes(b"half of it")
    unread = put(store, "unread")
    (store.home / unread / "measurements.jsonl").write_text("[]\n")
    (store.home / "holiday").mkdir()
    (store.home / "holiday" / "beach.jpg").write_bytes(b"sand")
    at = open_page("runs")
    assert not at.exception
    assert names(at) == ["whole"]
    told = " ".join(html(at))
    assert f"{torn} is not a run that can be opened" in told
    assert f"{unread} is not a run that can be opened: line 1 of measurements.jsonl" in told
    assert "holiday is not a run that can be opened: experiment.json is missing" in told
    keys = {button.key for button in at.button}
    assert {f"delete-{torn}", f"delete-{unread}"} <= keys
    assert "delete-holiday" not in keys


def test_a_folder_that_the_command_line_wrote_is_listed_by_its_name(open_page: Open, store: Store) -> None:
    run_id = put(store, "unnamed")
    (store.home / run_id / label.LABEL).unlink()
    (store.home / run_id).rename(store.home / "linear")
    assert names(open_page("runs")) == ["linear"]


def test_a_run_that_is_gone_is_told(open_page: Open, store: Store) -> None:
    run_id = put(store, "here")
    at = open_page("runs")
    store.delete(run_id)
    at.button(key=f"open-{run_id}").click().run()
    assert not at.exception
    assert any("no longer here" in text for text in html(at))


def test_two_are_compared_by_their_settings(open_page: Open, store: Store) -> None:
    one, two, same = put(store, "one"), put(store, "two", lr_g=0.01), put(store, "same")
    at = open_page("runs")
    at.checkbox(key=f"choose-{one}").check().run()
    assert at.button(key="compare").disabled
    at.checkbox(key=f"choose-{same}").check().run()
    assert at.button(key="compare").disabled
    assert "same settings" in words(at)
    at.checkbox(key=f"choose-{same}").uncheck().run()
    at.checkbox(key=f"choose-{two}").check().run()
    at.button(key="compare").click().run()
    assert not at.exception
    compared = at.session_state["comparison"]
    assert {e.lr_g for e in compared.experiments} == {E.lr_g, 0.01}


def test_saved_runs_open_side_by_side_as_they_were_kept(open_page: Open, store: Store) -> None:
    kept = {}
    for rate in ("0.001", "0.01"):
        at, run_id = trained(open_page, lg=rate)
        at.button(key="save_run").click().run()
        there = registry().snapshot(run_id)
        assert there is not None
        kept[float(rate)] = there.frames
        registry().forget(run_id)
    at = open_page("runs")
    for heading in store.headings():
        at.checkbox(key=f"choose-{heading.run_id}").check().run()
    at.button(key="compare").click().run()
    assert not at.exception
    at.switch_page("pages/compare.py").run()
    assert not at.exception
    runs = [registry().snapshot(run_id) for run_id in at.session_state["compared"].values()]
    assert [run.frames for run in runs if run] == [kept[e.lr_g] for e in at.session_state["comparison"].experiments]
    for run_id in at.session_state["compared"].values():
        reach(registry(), run_id, lambda seen: seen.state == "finished")
    at.run()
    said = html(at)
    assert sum("Step 30 of 30" in text for text in said) == 2
    assert any('class="final"' in text for text in said)  # the table of final measurements


def test_a_folder_that_cannot_be_read_and_a_limit_that_is_none_are_told(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.home.parent.mkdir(exist_ok=True)
    store.home.write_text("a file")
    at = open_page("runs")
    assert not at.exception
    assert any("GAN_HOME" in text for text in html(at))
    monkeypatch.setenv("GAN_HOME_MB", "plenty")
    assert any("GAN_HOME_MB" in text for text in html(at.run()))


def test_a_name_is_never_read_as_markup(open_page: Open, store: Store) -> None:
    name = "<script>alert(1)</script> **x** [a](b)"
    run_id = put(store, name)
    at = open_page("runs")
    assert "<script>alert" not in " ".join(html(at))
    at.button(key=f"delete-{run_id}").click().run()
    assert "**x**" in words(at)
    assert json.loads((store.home / ".deleted" / run_id / "run.json").read_text())["name"] == name


def test_history_of_the_fixture_is_what_a_card_shows(open_page: Open, store: Store) -> None:
    put(store, "card", step=60, lr_g=0.01)
    told = next(text for text in html(open_page("runs")) if '<div class="kept"><b>card' in text)
    assert "Step 60 of 1000 · saved just now" in told
    assert "<code>lr_g=0.01</code>" in told
    assert "Too early to tell" in told
    assert history(60).frames[-1].step == 60
