"""The six questions before and after the course, one at a time, each answered by choosing a picture or a
histogram."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import streamlit as st
from markupsafe import Markup

from gan_core.classroom.attendance import attendance
from gan_core.classroom.course.questions import QUESTIONS, Question
from gan_core.classroom.course.scores import When, own_answers, room
from gan_core.outputs import svg_chart
from pages.parts.shared import access, diagnosis_line, glossary, plain_text, theme

PICTURES = theme.ASSETS / "failures"
LETTERS = "ABC"
GUESS = "Just guess: you are not expected to know this yet."
FIRST = (
    "A GAN is two networks: the generator draws images from noise, the discriminator tells them from real ones. In "
    "each step both learn a little. The same six questions come before and after the eight lessons, to show what you "
    "have learnt. "
)
AGAIN = "The same questions as at the beginning."


def page(when: When, forward: Callable[[], None]) -> None:
    """The first question that is not answered yet; once all are, the way on."""
    given = own_answers(attendance(), access.word(), when)
    left = [question for question in QUESTIONS if question.name not in given]
    if not left:
        words = "The right answers come after the lessons." if when == "before" else "See how many were right."
        diagnosis_line.say(diagnosis_line.HEALTHY, words, strong="All six questions are answered.")
        with st.container(key="course-forward", width=420):
            forward()
        return
    _ask(left[0], when)


def _ask(question: Question, when: When) -> None:
    number = QUESTIONS.index(question) + 1
    lead = AGAIN if when == "after" else f"{FIRST}{GUESS}" if number == 1 else GUESS
    st.html(
        Markup('<div class="lesson-words"><h1>Question {} of {}</h1><p class="told">{}</p><p>{}</p></div>').format(
            number, len(QUESTIONS), lead, glossary.text(question.words)
        )
    )
    with st.container(key="choices"):
        columns = st.columns(len(question.choices))
    for letter, choice, column in zip(LETTERS, question.choices, columns, strict=True):
        with column, st.container(key=f"choice-{letter}"):
            st.html(picture(question, choice))
            st.button(
                f"{question.asks.title()} {letter}", key=f"answer-{letter}", on_click=_answer,
                args=(question, when, choice), width="stretch",
            )  # fmt: skip
    if question.asks == "histogram":
        plain_text.small(
            "A histogram shows how often each pixel value occurs. The grey band is the legal range, from −1 to 1."
        )
    st.caption("Counted anonymously. You cannot change an answer afterwards.")


def picture(question: Question, choice: str, size: str = "large") -> Markup:
    """Three by three images that a run ended with, or the histogram of all its pixels, as HTML."""
    if question.asks == "histogram":
        of = _histograms()[choice]
        drawn = svg_chart.histogram(of["shares"], of["low"], of["high"], tuple(of["legal"]), theme.GENERATED)
        source = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
    else:
        recipe, side = question.recipe(choice)
        source = "data:image/png;base64," + _encoded(_made()[recipe.name][side])
    return Markup('<div class="chosen {}"><img src="{}" alt="{}"></div>').format(size, source, question.looks(choice))


def _answer(question: Question, when: When, choice: str) -> None:
    attendance().answer(room(question, when), access.word(), choice, access.address())


@st.cache_data(show_spinner=False)
def _made() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((PICTURES / "pictures.json").read_text())
    return made


@st.cache_data(show_spinner=False)
def _histograms() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((PICTURES / "histograms.json").read_text())
    return made


@st.cache_data(show_spinner=False)
def _encoded(name: str) -> str:
    return base64.b64encode((PICTURES / name).read_bytes()).decode()
