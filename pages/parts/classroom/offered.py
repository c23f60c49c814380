"""The lesson that the teacher has the first page offer."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from gan_core.classroom import default_lesson
from gan_core.classroom.course import COURSE
from gan_core.classroom.default_lesson import DefaultLesson, DefaultLessonError
from gan_core.classroom.lesson import Lesson
from gan_core.files.atomic_write import NotWritten
from gan_core.saved_runs.store import StoreError
from pages.parts.shared import access, plain_text, state

NOTHING = "Nothing"
WHOLE_COURSE = "The whole course"


def show() -> None:
    """On the first page: what the teacher has set, with the button that opens it; nothing where nothing is set."""
    try:
        offered = _read()
    except (DefaultLessonError, StoreError):
        return  # a student can do nothing about it; the page Class says it to the teacher
    if offered is None:
        return
    with st.container(key="offered", border=True, horizontal=True, vertical_alignment="center"):
        title = offered.lesson.title if offered.lesson else f"The course, {len(COURSE)} lessons of five minutes"
        st.html(Markup('<div class="offered">Today’s lesson: <b>{}</b></div>').format(title))
        if st.button("Open the lesson", key="open_offered", type="primary", icon=":material/school:"):
            if offered.lesson is None:
                st.switch_page("pages/course.py")
            st.switch_page("pages/train.py", query_params=offered.lesson.to_query())


def button(lesson: Lesson) -> None:
    """For who has just made a lesson: have the first page offer it. The teacher's alone."""
    if access.teacher():
        st.button(
            "Offer it on Home", key="offer_lesson", icon=":material/home:", on_click=_set,
            args=(DefaultLesson(lesson),),
            help="Home then offers this lesson to every student. To withdraw it, open the page Class.",
        )  # fmt: skip
        _trouble()


def choice() -> None:
    """On the page Class: what the first page offers, to be chosen."""
    lessons: dict[str, DefaultLesson | None] = {NOTHING: None, WHOLE_COURSE: DefaultLesson(None)}
    lessons |= {f"Lesson {number}: {one.title}": DefaultLesson(one.lesson) for number, one in enumerate(COURSE, 1)}
    try:
        now = _read()
    except (DefaultLessonError, StoreError) as error:
        plain_text.wrong(str(error))
        now = None
    if now not in lessons.values() and now is not None and now.lesson is not None:
        lessons[f"Your lesson: {now.lesson.title}"] = now
    names = list(lessons)
    state.OFFERED_LESSON.show(next(name for name, of in lessons.items() if of == now))
    st.selectbox(
        "Home offers every student", names, key=state.OFFERED_LESSON.name,
        on_change=lambda: _set(lessons[state.OFFERED_LESSON.get()]),
        help="A lesson of your own: make it on the page Train, and press “Offer it on Home” there.",
    )  # fmt: skip
    _trouble()


def _set(new: DefaultLesson | None) -> None:
    if not access.teacher():
        return
    try:
        default_lesson.write(access.store().home, new)
    except (NotWritten, StoreError) as error:
        state.OFFER_TROUBLE.set(str(error))


def _read() -> DefaultLesson | None:
    return default_lesson.read(access.store().home)


def _trouble() -> None:
    if words := state.OFFER_TROUBLE.take():
        plain_text.wrong(words)
