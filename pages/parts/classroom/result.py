"""The results: one's own answers before and after the course, and the class's as counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from markupsafe import Markup

from gan_core.classroom import counts_csv
from gan_core.classroom.attendance import attendance
from gan_core.classroom.course.questions import QUESTIONS
from gan_core.classroom.course.scores import WHEN, begin_anew, own_answers, own_right, scores
from pages.parts.classroom import questions
from pages.parts.shared import access, diagnosis_line, html

NEXT = (
    ("train", "Train a GAN with settings of your own", "play_circle"),
    ("failures", "See every failure beside its fix", "heart_broken"),
    ("pixels", "Diagnose your own pictures", "photo_library"),
)


def page(lessons: Mapping[str, str], go: Callable[[str], None]) -> None:
    """One's own result once all is answered; the class's for who has answered all, and for the teacher. A wrong answer
    leads back to its lesson: `lessons` are their titles, of which `go` opens one."""
    before, after = (own_answers(attendance(), access.word(), when) for when in ("before", "after"))
    done = len(after) == len(QUESTIONS)
    if done:
        words = f"After the course, {_right('after')} of {len(QUESTIONS)} answers are right"
        words += f"; before it, {_right('before')} of {len(before)}." if before else "."
        st.html(Markup('<div class="lesson-words"><h1>Results</h1><p>{}</p></div>').format(words))
        _own(before, after, lessons, go)
        _what_next()
    else:
        st.html('<div class="lesson-words"><h1>Results</h1></div>')
        diagnosis_line.say(
            diagnosis_line.WAITING, "The right answers appear here once you have answered the six questions again."
        )
    if access.alone():
        with st.expander("Everyone's answers, as counts", key="course-everybody"):
            class_counts()
    elif done or access.teacher():
        class_counts()


def class_counts() -> None:
    """How many of the class are right, before and after, as bars; for the teacher also as CSV."""
    found = scores(attendance())
    lines = [
        (question.about, [(of.when, of.right, of.answered) for of in found if of.question == question])
        for question in QUESTIONS
    ]
    together = [(when, [of for of in found if of.when == when]) for when in WHEN]
    lines.append(
        (
            "All questions",
            [(when, sum(of.right for of in some), sum(of.answered for of in some)) for when, some in together],
        )
    )
    with st.container(key="course-counts"):
        st.html(html.render("classroom/scores", lines=lines))
        if access.counts():
            with st.container(horizontal=True):
                st.download_button(
                    "Counts as CSV", counts_csv.of_course(found), "course.csv", "text/csv", key="course_csv",
                    icon=":material/download:",
                )  # fmt: skip
                st.button(
                    "Start over", key="course_anew", icon=":material/replay:", on_click=begin_anew,
                    args=(attendance(),), help="Deletes all answers to the course, for the next class.",
                )  # fmt: skip


def _what_next() -> None:
    """The ways on from the end of the course."""
    st.html("<b>What next?</b>")
    with st.container(key="what-next", horizontal=True):
        for page, label, icon in NEXT:
            st.page_link(f"pages/{page}.py", label=label, icon=f":material/{icon}:")


def _right(when: str) -> int:
    return own_right(attendance(), access.word(), "before" if when == "before" else "after")


def _own(before: dict[str, str], after: dict[str, str], lessons: Mapping[str, str], go: Callable[[str], None]) -> None:
    """Each question with its right answer; one that is still wrong with the way back to its lesson."""
    for start in range(0, len(QUESTIONS), 3):
        for question, column in zip(QUESTIONS[start : start + 3], st.columns(3), strict=False):
            marks = [
                (when, "–" if question.name not in given else "✓" if given[question.name] == question.right else "✗")
                for when, given in (("before", before), ("after", after))
            ]
            told = Markup(" ").join(Markup("<span>{} <b>{}</b></span>").format(when, mark) for when, mark in marks)
            column.html(
                Markup(
                    '<div class="own"><b>{}</b><p>{}</p><small>Right answer: {}</small>{}<div>{}</div></div>'
                ).format(
                    question.about,
                    question.words,
                    question.looks(question.right),
                    questions.picture(question, question.right, "small"),
                    told,
                )
            )
            if after[question.name] != question.right:
                column.button(
                    f"Back to lesson {lessons[question.name]}", key=f"back_to_{question.name}", type="tertiary",
                    icon=":material/arrow_back:", on_click=go, args=(question.name,),
                )  # fmt: skip
