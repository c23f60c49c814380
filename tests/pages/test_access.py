"""Who reaches a server, and what its teacher may where others reach it; README has the table of who may do what."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S
from shared_server import ENDLESS, SECRET, TEACHER, A, B, Visit, access_owner, address, run_in, stands_at
from streamlit.testing.v1 import AppTest
from visiting import Open, html, words, wrongs

from gan_core.classroom.attendance import attendance
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.live.registry import registry
from gan_core.settings import link
from gan_core.sweep import server_sweeps
from pages.parts.shared import access
from pages.parts.shared.access import KEY, KEY_REFUSED

pytestmark = pytest.mark.usefixtures("shared_server")


# ---------------------------------------------------------------------------------- the teacher


def test_only_the_key_makes_a_teacher(visit: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(B, "classroom")
    wrong = visit(B, "home", **{KEY: "correct horse"})
    assert KEY_REFUSED in words(wrong) and not wrong.session_state["teacher"]
    right = visit(B, "home", **{KEY: SECRET})
    assert right.session_state["teacher"]
    scripts = [text for text in html(right) if "<script>" in text]
    assert SECRET not in "".join(scripts)
    assert any("location.replace" in script for script in scripts)


def test_the_teacher_sees_pauses_resumes_and_ends_all(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    mine.button(key="start").click().run()
    at = visit(TEACHER, "classroom")
    assert f"open-{run_id}" in {button.key for button in at.button}
    assert "training" in words(at) or "waiting" in words(at)
    for who in (A, B):
        assert who not in "".join(html(at))
    at.button(key="pause_all").click().run()
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", PATIENCE_S)
    at.run()
    at.button(key="resume_all").click().run()
    assert registry().snapshot(run_id).state in ("running", "waiting")
    at.run()
    at.button(key=f"open-{run_id}").click().run()
    at.switch_page("pages/train.py").run()  # AppTest does not know that the script has gone there
    assert at.session_state["run"] == run_id and not at.button(key="pause").disabled
    at.button(key="pause").click().run()
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", PATIENCE_S)
    assert "reset" not in {button.key for button in at.button}
    at.switch_page("pages/classroom.py").run()
    at.button(key="end_all").click().run()
    assert registry().snapshot(run_id).state == "stopped"
    assert not mine.run().button(key="start").disabled  # it can go on


def test_a_map_is_stopped_by_its_visitor_or_the_teacher(visit: Visit) -> None:
    plan = {**link.to_query(ENDLESS), "x": "lg:0.001;0.1", "seeds": "0"}
    owner = access_owner(A)
    mine = visit(A, "sweep", **plan)
    mine.button(key="start").click().run()
    assert server_sweeps.of_people().keys() == {owner}
    other = visit(B, "sweep", **plan)
    assert "stop" not in {button.key for button in other.button}
    other.button(key="start").click().run()
    other.button(key="stop").click().run()
    assert server_sweeps.of_people().keys() == {owner}
    another = visit(A, "sweep", **plan | {"x": "lg:0.002;0.2"})  # one at a time: it takes the former one's place
    another.button(key="start").click().run()
    (state,) = server_sweeps.of_people().values()
    assert state.plan.vary == {"lr_g": (0.002, 0.2)}
    at = visit(TEACHER, "classroom")
    assert "A map of Learning rate of G: 0 of 2 runs are there" in words(at)
    at.button(key="stop-map-0").click().run()
    assert not server_sweeps.of_people() and "A map of" not in words(at)
    assert another.run().button(key="start") and server_sweeps.sweeps().seen(owner) is None


def test_the_counts_of_a_lesson_are_the_teachers(visit: Visit) -> None:
    made = Lesson(
        ENDLESS.replace(steps=8), title="Counts", question="What comes of it?", shown=("lr_g",), locked=(), budget=20,
        prediction=WhichFailure(("unreachable-range",)),
    )  # fmt: skip
    attendance().answer(made.digest, A, "none")
    word = attendance().teacher(made.digest)
    student = visit(A, **made.to_query(), teacher=word)
    assert "ask_again" not in {button.key for button in student.button}
    assert "the teacher's" in words(student)
    assert not any("<b>1</b>" in text for text in html(student))
    for number in range(3):  # one person with new cookies
        attendance().answer(made.digest, f"forged {number}", "none")
    teacher = visit(TEACHER, **made.to_query(), teacher=word)
    assert "4 of them came from one network address" in words(teacher)
    teacher.button(key="ask_again").click().run()
    assert attendance().counts(made.digest) == {}


# ---------------------------------------------------------------------------------- alone


@pytest.mark.parametrize(
    ("address", "alone"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("", False), ("192.168.1.5", False)],
)
def test_who_reaches_the_server_is_told_by_its_address(
    monkeypatch: pytest.MonkeyPatch, address: str, alone: bool
) -> None:
    monkeypatch.delenv("GAN_ALONE")
    monkeypatch.setattr(access.st, "get_option", {"server.address": address}.get)
    assert access.alone() is alone
    monkeypatch.setenv("GAN_ALONE", str(int(not alone)))
    assert access.alone() is not alone


def test_without_being_told_the_server_is_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAN_ALONE")
    assert access.alone()


def test_alone_a_run_is_its_browsers_and_nothing_is_counted(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_ALONE", "1")
    mine = visit(A, **link.to_query(ENDLESS))
    mine.button(key="step_both").click().run()
    run_id = mine.session_state["run"]
    stands_at(run_id, 1)
    second_tab = visit(A, **address(mine))
    second_tab.button(key="step_both").click().run()
    stands_at(run_id, 2)
    assert "take_copy" not in {button.key for button in second_tab.button}
    copies = [visit(B, **address(mine)) for _ in range(4)]
    for at in copies:  # as many as one likes
        at.button(key="take_copy").click().run()
        assert run_in(at) not in (None, run_id) and not wrongs(at)
    assert "classroom" not in str([link.proto.page for link in at.get("page_link")])


def test_a_proxy_in_front_of_a_server_for_one_is_told(monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    monkeypatch.delenv("GAN_ALONE")
    import streamlit as st

    monkeypatch.setattr(type(st.context), "headers", property(lambda _: {"X-Forwarded-For": "192.0.2.7"}))
    at = open_page("home")
    assert "reached through a proxy: start it with GAN_ALONE=0" in words(at)
