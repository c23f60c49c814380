"""Watched runs on the page runs: followed, with what is found; nothing that they cannot do is offered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visiting import Open, html, words
from watch.loops import drawn

from gan_core import data
from gan_core.outputs.kinds import ExportError, read_record
from gan_core.saved_runs.store import Store
from gan_core.watch import Watch

REAL = drawn(32, np.random.default_rng(1))


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    return Store.from_environment()


def blank(name: str, steps: int = 700) -> Watch:
    watch = Watch(name, real=REAL, every=50)
    for step in range(steps):
        watch(step, fake=np.full_like(REAL, -1), loss_d=0.7, loss_g=0.7)
    return watch


def keys(at: AppTest) -> set[str]:
    return {str(button.key).partition("-")[0] for button in at.button if button.key}


def test_it_is_followed_while_it_trains(open_page: Open) -> None:
    watch = blank("mine", steps=60)
    at = open_page("runs")
    assert not at.exception and "Too early to tell" in "\n".join(html(at)) and "training" in "\n".join(html(at))
    at.button(key=f"watch_live-{watch.run_id}").click().run()
    assert not at.exception and any("Real images" in text for text in html(at))
    for step in range(60, 700):
        watch(step, fake=np.full_like(REAL, -1), loss_d=0.7, loss_g=0.7)
    watch.close()
    at.run()
    assert not at.exception
    said = "\n".join(html(at)) + words(at)
    assert "Blank: all black, from the start." in said and "What to do:" in said and "ended just now" in said
    assert "No gradient reaches G: not judged: pass generator=" in said
    with pytest.raises(ExportError, match="'mine' is a watched loop, and only runs of this program are exported"):
        read_record("mine")
    at.button(key=f"watch_live-{watch.run_id}").click().run()
    assert not any("Real images" in text for text in html(at))


def test_nothing_is_offered_that_it_cannot_do(open_page: Open) -> None:
    watch = blank("mine")
    at = open_page("runs")
    at.button(key=f"watch_live-{watch.run_id}").click().run()
    assert keys(at) == {"watch_live", "rename_now", "delete"}
    assert not at.checkbox


def test_renamed_deleted_and_restored(open_page: Open, store: Store) -> None:
    watch = blank("mine", steps=60)
    at = open_page("runs")
    at.text_input(key=f"name-{watch.run_id}").set_value("yours")
    at.button(key=f"rename_now-{watch.run_id}").click().run()
    assert [run.name for run in store.watched()] == ["yours"]
    at.button(key=f"delete-{watch.run_id}").click().run()
    assert not at.exception and store.watched() == []
    at.button(key="undo").click().run()
    assert not at.exception and [run.name for run in store.watched()] == ["yours"]


def test_found_by_its_name_and_by_no_setting(open_page: Open) -> None:
    blank("my dcgan", steps=60)
    for find, there in (("dcgan", True), ("monday", False), ("loss=hinge", False)):
        at = open_page("runs", find=find)
        assert not at.exception and any("my dcgan" in text for text in html(at)) == there


def test_one_without_pictures_says_what_to_hand_over(open_page: Open) -> None:
    watch = Watch("losses alone", every=50)
    for step in range(400):
        watch(step, loss_d=1.2, loss_g=0.9)
    at = open_page("runs")
    at.button(key=f"watch_live-{watch.run_id}").click().run()
    said = "\n".join([*html(at), *(one.value for one in at.caption)])
    assert not at.exception and "pass real= to Watch" in said and "pass fake= and real=" in said


def test_a_damaged_one_is_one_sentence(open_page: Open, store: Store) -> None:
    watch = blank("mine", steps=60)
    (store.folder(watch.run_id) / "watch.json").write_text("{")
    at = open_page("runs")
    assert not at.exception and any("is not a run that can be opened" in text for text in html(at))


def test_classes_are_drawn_where_they_are_known(open_page: Open) -> None:
    digits = data.load("digits", 16, 1).pixels[:64].astype(np.float32) / 127.5 - 1
    watch = Watch("digits", real=digits, classes="digits", every=50)
    for step in range(400):
        watch(step, fake=digits[::-1], loss_d=1.2, loss_g=0.9)
    at = open_page("runs")
    at.button(key=f"watch_live-{watch.run_id}").click().run()
    said = "\n".join(html(at))
    assert not at.exception and "No failure found." in said and "classes appear" in said and "<b>Classes</b>" in said
