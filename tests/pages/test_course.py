"""The course without a browser, from Home: questions, lessons, what was learnt; codes; what Home offers."""

from __future__ import annotations

import pytest
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from tiny import SMALL
from visiting import Open, html, widgets, words

from gan_core.classroom import default_lesson, teacher_key
from gan_core.classroom.attendance import attendance
from gan_core.classroom.course import COURSE, course_lesson
from gan_core.classroom.course.questions import QUESTIONS
from gan_core.classroom.course.scores import begin_anew, room
from gan_core.classroom.default_lesson import DefaultLesson
from gan_core.classroom.join_codes import Destination, join_codes
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.live.registry import registry
from gan_core.saved_runs.store import Store
from gan_core.settings.experiment import Experiment
from pages.parts.classroom import course, student

QUICK = course_lesson.CourseLesson(
    name="range", told="What has to be known.",
    lesson=Lesson(
        Experiment(**{**SMALL, "output_activation": "sigmoid", "steps": 8}), "A quick one", "What comes of it?",
        ("output_activation",), ("data_range",), 24, WhichFailure(("unreachable-range", "blank-black")),
    ),
    measured="unreachable-range", why="Because of that.", then="Set Output activation to tanh.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def forgotten() -> None:
    begin_anew(attendance())
    attendance().ask_again(QUICK.lesson.digest)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of eight steps in the place of the second lesson."""
    monkeypatch.setitem(course.LESSONS, "range", QUICK)
    monkeypatch.setattr(student, "of_course", lambda lesson: QUICK if lesson == QUICK.lesson else None)


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def answer_all(at: AppTest, right: int) -> None:
    """Answer the six questions, the first `right` of them rightly."""
    for number, question in enumerate(QUESTIONS):
        assert f"Question {number + 1} of 6" in words(at)
        assert question.words in words(at)
        wrong = next(choice for choice in question.choices if choice != question.right)
        choice = question.right if number < right else wrong
        at.button(key=f"answer-{'ABC'[question.choices.index(choice)]}").click().run()
        assert not at.exception


def test_one_click_from_home_to_the_first_question_and_on_to_the_first_lesson(open_page: Open) -> None:
    at = open_page("home")
    at.button(key="start_course").click().run()
    at.switch_page("pages/course.py").run()  # AppTest does not know that the script has gone there
    answer_all(at, 2)
    assert "All six questions are answered." in words(at)
    assert "✓" not in words(at)  # what is right is not told before the lessons
    at.button(key="course_forward").click().run()
    assert not at.exception
    assert at.query_params["at"] in ("gan", ["gan"])
    first = COURSE[0]
    for said in (first.title, first.told, first.lesson.question):
        assert said in words(at)
    assert first.why not in words(at) and at.button(key="start").disabled


def test_a_lesson_is_explained_once_its_run_has_ended(open_page: Open, quick: None) -> None:
    at = open_page("course", at="range")
    assert QUICK.told in words(at)
    at.radio(key="predicted").set_value("unreachable-range").run()
    at.button(key="predict").click().run()
    assert QUICK.told not in words(at) and QUICK.why not in words(at)
    assert "course_forward" not in keys(at) and not widgets(at.main).keys() & {"output_activation"}
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "finished", PATIENCE_S)
    at.run()
    assert "As you predicted." in words(at) and QUICK.why in words(at) and QUICK.then in words(at)
    assert attendance().measured(QUICK.lesson.digest).choices == ("unreachable-range",)

    widgets(at.main)["output_activation"].set_value("tanh").run()
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "finished", PATIENCE_S)
    at.run()
    assert "With your changes (Output activation tanh)" in words(at) and QUICK.why in words(at)
    assert attendance().measured(QUICK.lesson.digest).choices == ("unreachable-range",)

    at.button(key="course_forward").click().run()
    assert not at.session_state.get("run") and registry().snapshot(run_id) is None  # for whoever waits for its place
    assert "no longer here" not in words(at) and COURSE[2].lesson.question in words(at)
    at.button(key="course_back").click().run()
    assert "You predicted: A range that cannot be reached." in words(at)  # and the run may be made again
    assert not at.button(key="start").disabled


def test_before_and_after_are_compared_and_counted(open_page: Open) -> None:
    at = open_page("course", at="before")
    answer_all(at, 2)
    at.selectbox(key="course_chosen").set_value("result").run()
    assert "once you have answered the six questions again" in words(at)
    at.selectbox(key="course_chosen").set_value("after").run()
    answer_all(at, 5)
    at.button(key="course_forward").click().run()
    assert "After the course, 5 of 6 answers are right; before it, 2 of 6." in words(at)
    (table,) = [text for text in html(at) if 'class="scores"' in text]
    assert "<b>2</b> of 6" in table and "<b>5</b> of 6" in table  # all questions together
    assert f"Right answer: {QUESTIONS[0].looks(QUESTIONS[0].right)}" in words(at)
    assert {key for key in keys(at) if key and key.startswith("back_to_")} == {"back_to_batchnorm"}
    at.button(key="back_to_batchnorm").click().run()
    assert not at.exception and at.query_params["at"] in ("batchnorm", ["batchnorm"])
    at.selectbox(key="course_chosen").set_value("result").run()
    at.button(key="course_anew").click().run()
    assert not attendance().counts(room(QUESTIONS[0], "before"))


def test_the_run_of_the_page_train_stands_aside(open_page: Open) -> None:
    at = open_page("train", w="0.125", st="1000000", o="sigmoid")
    at.button(key="step_both").click().run()
    run_id, e = at.session_state["run"], at.session_state["experiment"]
    at.query_params.clear()
    at.switch_page("pages/course.py").run()
    at.selectbox(key="course_chosen").set_value("gan").run()
    assert not at.session_state.get("run") and at.session_state["experiment"] == COURSE[0].lesson.experiment
    at.query_params.clear()  # a browser's address is the next page's alone
    at.switch_page("pages/train.py").run()
    assert not at.exception
    assert (at.session_state["run"], at.session_state["experiment"]) == (run_id, e)
    assert registry().snapshot(run_id) is not None
    at.query_params.clear()
    at.switch_page("pages/course.py").run()
    assert at.selectbox(key="course_chosen").value == "gan"  # where it was left


def test_a_wrong_address_is_told_in_a_sentence(open_page: Open) -> None:
    at = open_page("course", at="nonsense <b>")
    assert not at.exception
    assert "There is no lesson “nonsense <b>” in the course" in words(at) and "Question 1 of 6" in words(at)
    at = open_page("course", at="gan", o="x")
    assert "There is nothing called `o`" in words(at) and COURSE[0].title in words(at)


def test_a_run_that_has_ended_is_not_missed(open_page: Open) -> None:
    at = open_page("course", at="gan", run="nosuchrun")
    assert not at.exception
    assert COURSE[0].title in words(at) and "no longer here" not in words(at)
    assert "run" not in at.query_params


# ------------------------------------------------------------------------------------ codes, and what Home offers


def test_a_code_opens_its_lesson_and_a_wrong_one_is_told(open_page: Open) -> None:
    code = join_codes().code(Destination("course", {"at": "noise"}))
    at = open_page("home")
    at.text_input(key="join_code").set_value(" zz99 ")
    at.button(key="join_button").click().run()
    assert "No lesson has the code “zz99”" in words(at)

    there = AppTest.from_file(at._script_path, default_timeout=60)
    there.query_params["j"] = code.lower()
    there.run()
    assert not there.exception
    assert there.session_state["page"] == "course" or COURSE[5].lesson.question in words(there)


def test_home_offers_what_the_teacher_has_set(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_ALONE", "0")
    monkeypatch.setenv("GAN_TEACHER_KEY", "a key of the tests")
    teacher_key.teacher_key.cache_clear()
    home = Store.from_environment().home
    try:
        at = open_page("home")
        assert "open_offered" not in keys(at)
        teacher = open_page("home")
        teacher.session_state["teacher"] = True
        teacher.run()
        teacher.switch_page("pages/classroom.py").run()
        assert not teacher.exception
        teacher.selectbox(key="lesson_on_home").set_value(f"Lesson 2: {COURSE[1].title}").run()
        assert default_lesson.read(home) == DefaultLesson(COURSE[1].lesson)
        at.run()
        assert COURSE[1].title in words(at) and "open_offered" in keys(at)
        teacher.selectbox(key="lesson_on_home").set_value("Nothing").run()
        at.run()
        assert "open_offered" not in keys(at)
        (home / default_lesson.FILE).write_text("spoilt")
        at.run()
        assert not at.exception and "open_offered" not in keys(at)
        teacher.run()
        assert "holds no lesson that can be used" in words(teacher)
    finally:
        default_lesson.write(home, None)
        teacher_key.teacher_key.cache_clear()
