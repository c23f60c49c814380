"""The course: each lesson comes out as it says at the seed that it names, and its questions have the right pictures."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from course_seeds import rows_of

from gan_core.classroom import counts_csv
from gan_core.classroom.attendance import Attendance, MeasuredAnswer
from gan_core.classroom.course import COURSE, of_course
from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.course.questions import QUESTIONS
from gan_core.classroom.course.scores import begin_anew, own_answers, own_right, room, scores
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichSide
from gan_core.classroom.reveal import of_class, reveal
from gan_core.diagnosis.recipes import RECIPES
from gan_core.engine import take_frame
from gan_core.engine.trainer import Trainer
from gan_core.settings.fields import SETTINGS

PICTURES = Path(__file__).parents[2] / "assets" / "failures"
each = pytest.mark.parametrize("one", COURSE, ids=[one.name for one in COURSE])


@each
def test_the_run_bears_out_what_the_lesson_rests_on(one: CourseLesson) -> None:
    asked, e = one.lesson.prediction, one.lesson.experiment
    assert asked is not None and e.seed == 0
    rows = rows_of(one, e.seed)
    seen = of_class(asked, e, rows)
    assert one.measured in seen.choices
    for choice in asked.choices:  # each student's own reveal says the same
        assert (reveal(asked, choice, e, rows).verdict == "right") == (choice in seen.choices)
    assert len(seen.choices) < len(asked.choices)
    if isinstance(asked, WhichSide):  # by the number itself
        value = rows[-1].measurements[asked.measurement]
        assert (value < asked.threshold) == (one.measured == "below")


@each
def test_a_lesson_is_whole_and_opens_from_a_link(one: CourseLesson) -> None:
    assert Lesson.from_query(one.lesson.to_query()) == one.lesson
    assert of_course(Lesson.from_query(one.lesson.to_query())) is one
    for words in (one.told, one.why, one.then):
        assert words.strip() == words != ""
    assert one.lesson.budget >= 3 * one.lesson.experiment.steps  # to be mended, and once more
    changed = one.then.startswith("Set ")
    assert changed == bool(one.lesson.shown)
    assert not changed or any(SETTINGS[name].label in one.then for name in one.lesson.shown)
    named = [SETTINGS[name] for name in one.lesson.shown if f"{SETTINGS[name].label} " in one.then]
    # A live setting changes a finished run without training it again.
    assert any(setting.live for setting in named) == ("press Reset, and Start" in one.then)
    assert not ("starts again" in one.then and any(setting.live for setting in named))


def test_there_are_eight_lessons_of_their_own() -> None:
    assert len({one.name for one in COURSE}) == len({one.lesson.digest for one in COURSE}) == len(COURSE) == 8


def test_each_question_has_three_pictures_and_the_right_one_is_of_its_run() -> None:
    made = json.loads((PICTURES / "pictures.json").read_text())
    histograms = json.loads((PICTURES / "histograms.json").read_text())
    assert len(QUESTIONS) == 6
    assert sum(question.asks == "histogram" for question in QUESTIONS) == 2
    for question in QUESTIONS:
        assert len(set(question.choices)) == 3
        assert question.right in question.choices
        shown = []
        for choice in question.choices:
            recipe, side = question.recipe(choice)
            picture = (PICTURES / made[recipe.name][side]).read_bytes() if question.asks == "picture" else b""
            shown.append(picture or json.dumps(histograms[choice]["shares"]).encode())
            assert question.looks(choice)
        assert all(one != other for one, other in pairwise([*shown, shown[0]]))
        recipe, side = question.recipe(question.right)
        if (steps := recipe.side(side).steps) > 0:
            assert f"after {steps} steps" in question.words


def test_the_histograms_are_what_their_words_say_and_what_the_runs_give() -> None:
    made = json.loads((PICTURES / "histograms.json").read_text())
    assert {choice for question in QUESTIONS if question.asks == "histogram" for choice in question.choices} == set(
        made
    )

    def share(choice: str, low: float, high: float) -> float:
        shares = np.array(made[choice]["shares"])
        middle = (np.arange(len(shares)) + 0.5) / len(shares) * 3 - 1.5
        return float(shares[(middle > low) & (middle < high)].sum())

    for of in made.values():
        assert (of["low"], of["high"], of["legal"]) == (-1.5, 1.5, [-1, 1])  # so that all can be compared
    assert share("001-sigmoid:broken", -0.05, 0.05) > 0.999
    assert share("out-of-range:fixed", -1.05, -0.9) > 0.5 and share("out-of-range:fixed", -1.05, 1.05) > 0.999
    assert share("out-of-range:broken", -1.5, -1.05) + share("out-of-range:broken", 1.05, 1.5) > 0.2
    assert share("002-default:broken", -0.2, 0.2) > 0.999 > 0.8 > share("002-default:fixed", -0.2, 0.2)

    trainer = Trainer(RECIPES["002-default"].broken)  # of no step: its picture is there at once
    assert take_frame.take(trainer).histogram == pytest.approx(made["002-default:broken"]["shares"], abs=0.01)


def test_right_answers_are_counted_before_and_after() -> None:
    seen = Attendance()
    first = QUESTIONS[0]
    wrong = next(choice for choice in first.choices if choice != first.right)
    seen.answer(room(first, "before"), "a", wrong)
    seen.answer(room(first, "before"), "b", first.right)
    seen.answer(room(first, "after"), "a", first.right)
    seen.answer(room(first, "after"), "a", wrong)  # only the first one counts
    before, after = scores(seen)[:2]
    assert (before.right, before.answered, after.right, after.answered) == (1, 2, 1, 1)
    assert own_answers(seen, "a", "before") == {first.name: wrong}
    assert (own_right(seen, "a", "before"), own_right(seen, "a", "after")) == (0, 1)

    lines = list(csv.DictReader(io.StringIO(counts_csv.of_course(scores(seen)))))
    assert len(lines) == 6 * 2 * 3
    of_first = [line for line in lines if line["question"] == first.name and line["answers"] != "0"]
    assert [(line["when"], line["choice"], line["answers"], line["right"]) for line in of_first] == [
        ("before", first.looks(wrong), "1", "0"), ("before", first.looks(first.right), "1", "1"),
        ("after", first.looks(first.right), "1", "1"),
    ]  # fmt: skip

    seen.answer(COURSE[0].lesson.digest, "a", "below")
    begin_anew(seen)
    assert not any(of.answered for of in scores(seen)) and not seen.counts(COURSE[0].lesson.digest)


def test_a_lessons_counts_as_csv_say_what_was_measured() -> None:
    asked = WhichSide("contrast", 0.2)
    unknown = counts_csv.of_lesson(asked, {"above": 3}, None)
    assert unknown == "choice,words,answers,measured\nbelow,below 20%,0,\nabove,20% or more,3,\n"
    known = counts_csv.of_lesson(asked, {"above": 3}, MeasuredAnswer(("below",), "It is 0.1."))
    assert known == "choice,words,answers,measured\nbelow,below 20%,0,1\nabove,20% or more,3,0\n"
