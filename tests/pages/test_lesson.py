"""Lessons without a browser: what a student sees and may do, what is measured beside the prediction, the form."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from tiny import SMALL
from visiting import Open, html, network, widgets, words

from gan_core.classroom.attendance import attendance
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure, WhichSide
from gan_core.live.registry import registry
from gan_core.settings.experiment import Experiment

# Quick, and its end is not the budget's. Without BatchNorm a run of 8 steps is too young for most failures.
QUICK = Experiment(**{**SMALL, "output_activation": "sigmoid", "steps": 8})


def lesson(title: str, **parts: Any) -> Lesson:
    """Each test has a title of its own, and so a class of its own."""
    plain: dict[str, Any] = {
        "experiment": QUICK, "title": title, "question": "What comes of it?", "shown": ("lr_g", "output_activation"),
        "locked": ("data_range", "noise"), "budget": 20, "prediction": WhichFailure(("unreachable-range",)),
    }  # fmt: skip
    return Lesson(**{**plain, **parts})


def opened(open_page: Open, made: Lesson) -> AppTest:
    at = open_page(**made.to_query())
    assert not at.exception
    return at


def predict(at: AppTest, choice: str) -> None:
    at.radio(key="predicted").set_value(choice).run()
    at.button(key="predict").click().run()
    assert not at.exception


def train_to_the_end(at: AppTest) -> None:
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    assert run_id, at.session_state["refusal"]
    ended = ("finished", "broken")
    assert registry().wait_until(lambda: registry().snapshot(run_id).state in ended, PATIENCE_S)
    at.run()
    assert not at.exception


def drawn(at: AppTest) -> str:
    return "\n".join(html(at))


def test_a_student_sees_the_question_and_only_the_settings_shown(open_page: Open) -> None:
    at = opened(open_page, lesson("What is seen"))
    assert "What is seen" in drawn(at) and "What comes of it?" in drawn(at)
    shown = widgets(at.sidebar)
    assert {name: widget.disabled for name, widget in shown.items()} == {
        "lr_g": False, "output_activation": False, "data_range": True, "noise": True,
    }  # fmt: skip
    assert shown["noise"].label == ":material/lock: Noise"
    assert not any(button.key == "make_lesson" for button in at.button)


def test_markup_in_a_link_is_only_text(open_page: Open) -> None:
    evil = "<img src=x onerror=alert(1)> **bold** [a](javascript:b)"
    at = opened(open_page, lesson(evil, question=evil + " $x$ :red[y]"))
    assert "<img" not in drawn(at).replace('<img class="small', "")
    assert "&lt;img src=x onerror=alert(1)&gt; **bold**" in drawn(at)
    assert "<b>bold" not in drawn(at) and "**bold**" in words(at)


def test_the_run_waits_for_the_prediction(open_page: Open) -> None:
    at = opened(open_page, lesson("Prediction first"))
    assert at.button(key="start").disabled and at.button(key="step_both").disabled
    assert "Answer the question first" in drawn(at)
    assert at.button(key="predict").disabled  # nothing is chosen yet
    predict(at, "unreachable-range")
    assert not at.button(key="start").disabled
    assert not at.radio  # it cannot be changed
    assert attendance().counts(lesson("Prediction first").digest) == {"unreachable-range": 1}


def test_without_a_prediction_the_run_may_start_at_once(open_page: Open) -> None:
    at = opened(open_page, lesson("Nothing to predict", prediction=None))
    assert not at.radio and not at.button(key="start").disabled
    assert "unreachable" not in drawn(at)  # what is known before the start is not given away


@pytest.mark.parametrize(
    ("choice", "verdict"), [("unreachable-range", "As you predicted."), ("none", "It turned out differently.")]
)
def test_the_prediction_is_compared_with_what_was_measured(open_page: Open, choice: str, verdict: str) -> None:
    at = opened(open_page, lesson(f"Compared {choice}"))
    predict(at, choice)
    assert verdict not in drawn(at)
    train_to_the_end(at)
    assert verdict in drawn(at)
    assert "A range that cannot be reached" in drawn(at)
    at.run()  # the end of the run is drawn
    at.session_state["evidence-diagnosis"] = True
    at.run()
    assert "The smallest value that the output activation can give is 0; alarm above −1" in drawn(at)


def test_too_early_is_told_and_changes_are_named(open_page: Open) -> None:
    at = opened(open_page, lesson("Too early", prediction=WhichFailure(("mode-collapse",))))
    predict(at, "mode-collapse")
    widgets(at.sidebar)["output_activation"].set_value("tanh").run()
    train_to_the_end(at)
    assert "Too early to tell." in drawn(at)
    assert "With your changes (Output activation tanh)" in drawn(at)


def test_a_change_after_the_end_is_not_told_as_one_of_the_run(open_page: Open) -> None:
    at = opened(open_page, lesson("Changed afterwards"))
    predict(at, "none")
    train_to_the_end(at)
    widgets(at.sidebar)["lr_g"].set_value(0.01).run()
    assert at.session_state["experiment"].lr_g == 0.01
    assert "It turned out differently." in drawn(at) and "With your changes" not in drawn(at)


def test_a_side_of_a_threshold_is_compared(open_page: Open) -> None:
    at = opened(open_page, lesson("A side", prediction=WhichSide("pixel_mean", -1.0)))
    predict(at, "above")
    train_to_the_end(at)
    assert "As you predicted." in drawn(at) and ": −1 or more." in drawn(at)


def test_a_locked_setting_stays_also_when_a_browser_sends_another_value(open_page: Open) -> None:
    made = lesson("Locks")
    at = opened(open_page, made)
    predict(at, "none")
    forged = widgets(at.sidebar)["noise"]
    forged.proto.disabled = False  # what somebody's own browser may send all the same
    forged.set_value("uniform").run()
    assert not at.exception
    assert at.session_state["experiment"] == made.experiment
    assert widgets(at.sidebar)["noise"].value == "normal"
    widgets(at.sidebar)["lr_g"].set_value(0.01).run()
    assert at.session_state["experiment"] == made.experiment.replace(lr_g=0.01)


def test_a_link_whose_locked_setting_was_changed_opens_no_lesson(open_page: Open) -> None:
    at = open_page(**lesson("Changed").to_query() | {"r": "raw"})
    assert not at.exception
    assert "changed or cut off after the lesson had been made" in drawn(at)
    assert [button.key for button in at.button] == ["leave_lesson"]


def test_a_bad_value_is_named(open_page: Open) -> None:
    at = open_page(**lesson("Bad value").to_query() | {"budget": "<b>many</b>"})
    assert not at.exception
    assert "step budget “&lt;b&gt;many&lt;/b&gt;”: must be a whole number" in drawn(at)


def test_what_is_no_setting_is_told_and_the_lesson_opens(open_page: Open) -> None:
    at = open_page(**lesson("Strange").to_query() | {"utm_source": "x"})
    assert "There is no setting called “utm_source”" in drawn(at)
    assert at.radio


def test_the_address_stays_the_lessons_and_holds_the_run(open_page: Open) -> None:
    made = lesson("Address", prediction=None)
    at = opened(open_page, made)
    widgets(at.sidebar)["lr_g"].set_value(0.01).run()
    train_to_the_end(at)
    query = {key: values[0] if isinstance(values, list) else values for key, values in at.query_params.items()}
    assert query == made.to_query() | {"run": at.session_state["run"]}

    again = open_page(**query)
    assert again.session_state["run"] == at.session_state["run"]
    assert again.session_state["experiment"].lr_g == 0.01


def test_a_run_with_other_settings_does_not_come_into_the_lesson(open_page: Open) -> None:
    other = open_page(w="0.125", st="1000000")
    other.button(key="start").click().run()
    at = open_page(**lesson("Another's run", prediction=None).to_query() | {"run": other.session_state["run"]})
    assert not at.exception
    assert at.session_state["run"] is None
    assert "has settings that this lesson does not allow" in drawn(at)


def test_the_budget_ends_runs_and_then_nothing_starts(open_page: Open) -> None:
    at = opened(open_page, lesson("Budget", prediction=None, budget=12))
    train_to_the_end(at)
    assert "8 of this lesson" in drawn(at) and "12 steps" in drawn(at)
    at.button(key="reset").click().run()
    assert registry().wait_until(lambda: registry().snapshot(at.session_state["run"]).step == 0, PATIENCE_S)
    at.run()
    assert registry().snapshot(at.session_state["run"]).steps == 4
    train_to_the_end(at)
    assert registry().snapshot(at.session_state["run"]).step == 4
    assert "All 12 steps of this lesson are used up." in drawn(at)
    assert all(at.button(key=key).disabled for key in ("start", "step_both", "reset"))
    assert all(widget.disabled for widget in widgets(at.sidebar).values())


def test_two_students_are_counted_and_see_the_counts_only_after_answering(open_page: Open) -> None:
    made = lesson("Two students")
    one, two = opened(open_page, made), open_page(visitor="1" * 32, **made.to_query())
    predict(one, "unreachable-range")
    assert "tally" not in drawn(one)  # it would only repeat this student's own answer
    predict(two, "none")
    three = open_page(visitor="2" * 32, **made.to_query())
    assert "tally" not in drawn(three)
    one.run()
    for at in (one, two):
        assert "2 answers. A range that cannot be reached: 1, No failure: 1" in drawn(at)


def test_leaving_the_lesson_keeps_settings_and_run(open_page: Open) -> None:
    at = opened(open_page, lesson("Leaving", prediction=None))
    train_to_the_end(at)
    run_id = at.session_state["run"]
    at.button(key="leave_lesson").click().run()
    assert not at.exception
    assert at.session_state["run"] == run_id
    assert at.session_state["experiment"] == QUICK
    assert "lesson" not in at.query_params and "title" not in at.query_params
    assert len(widgets(at.sidebar)) > 20


# ------------------------------------------------------------------------------------ the teacher


def making(open_page: Open, **query: str) -> AppTest:
    at = open_page(**query)
    at.button(key="make_lesson").click().run()
    at.text_input(key="lesson_title").set_value("Made").run()
    at.text_area(key="lesson_question").set_value("Why?").run()
    at.text_input(key="lesson_base").set_value("http://school:8501/train").run()
    assert not at.exception
    return at


def link_of(at: AppTest) -> dict[str, str]:
    (code,) = at.code
    parts = urlsplit(code.value)
    assert (parts.netloc, parts.path) == ("school:8501", "/train")
    return dict(parse_qsl(parts.query))


def test_the_form_makes_a_link_that_opens_as_it_was_meant(open_page: Open) -> None:
    at = making(open_page, a="mlp", o="sigmoid", lg="0.01")
    at.multiselect(key="lesson_shown").set_value(["lr_g"]).run()
    at.multiselect(key="lesson_locked").set_value(["output_activation"]).run()
    at.number_input(key="lesson_budget").set_value(700).run()
    made = Lesson.from_query(link_of(at))
    assert made == Lesson(
        Experiment(output_activation="sigmoid", lr_g=0.01), "Made", "Why?", ("lr_g",), ("output_activation",), 700,
        WhichFailure(("blank-grey", "out-of-range", "mode-collapse")),
    )  # fmt: skip
    assert any("data:image/svg+xml" in element for element in html(at))
    student = open_page(**link_of(at))
    assert set(widgets(student.sidebar)) == {"lr_g", "output_activation"}


def test_a_setting_is_shown_or_locked_not_both(open_page: Open) -> None:
    at = making(open_page)
    at.multiselect(key="lesson_locked").set_value(["noise"]).run()
    at.multiselect(key="lesson_shown").set_value(["noise", "lr_g"]).run()
    assert not at.exception
    assert at.multiselect(key="lesson_locked").value == []
    made = Lesson.from_query(link_of(at))
    assert (made.shown, made.locked) == (("noise", "lr_g"), ())


def test_the_link_follows_the_settings_and_a_bad_address_is_refused(open_page: Open) -> None:
    at = making(open_page)
    widgets(at.sidebar)["lr_d"].set_value(0.01).run()
    assert Lesson.from_query(link_of(at)).experiment.lr_d == 0.01
    at.text_input(key="lesson_base").set_value("javascript:alert(1)").run()
    assert not at.code
    assert "must begin with http" in drawn(at)


def test_the_teacher_sees_counts_live_and_asks_again(open_page: Open) -> None:
    made = lesson("Projector")
    student = opened(open_page, made)
    predict(student, "none")
    at = open_page(**made.to_query() | {"teacher": attendance().teacher(made.digest)})
    assert not at.exception
    assert "1 answer<" in drawn(at) and "tally" not in drawn(at)
    assert not any(button.key == "start" for button in at.button)
    at.toggle(key="show_counts").set_value(True).run()
    assert "1 answer. A range that cannot be reached: 0, No failure: 1" in drawn(at)
    at.button(key="ask_again").click().run()
    assert "0 answers<" in drawn(at)
    student.run()
    assert student.radio and student.button(key="start").disabled


def test_the_projector_shows_the_networks_of_a_run_of_the_lesson(open_page: Open) -> None:
    made = lesson("Networks on the projector", experiment=QUICK.replace(seed=41))
    teacher = open_page(**made.to_query() | {"teacher": attendance().teacher(made.digest)})
    assert network(teacher)["norms"] == {"grad_d": None, "grad_g": None}
    student = opened(open_page, made)
    predict(student, "none")
    train_to_the_end(student)
    teacher.run()
    m = registry().snapshot(student.session_state["run"]).frame.measurements
    drawn = network(teacher)
    assert drawn["norms"] == {"grad_d": m["grad_norm_d"], "grad_g": m["grad_norm_g"]}
    assert {button for _, _, button in drawn["parts"].values()} == {""}  # there are no settings to be found


def test_a_teachers_word_that_is_wrong_opens_the_lesson(open_page: Open) -> None:
    at = open_page(**lesson("Wrong word").to_query() | {"teacher": "000000000000"})
    assert not at.exception
    assert "from before the server was restarted" in drawn(at)
    assert at.radio
