"""What the teacher does with lessons: which one the first page offers, and those of the course for the projector."""

from __future__ import annotations

import streamlit as st

from gan_core.classroom.attendance import attendance
from gan_core.classroom.course import COURSE
from gan_core.classroom.join_codes import Destination
from pages.parts.classroom import join, lesson_link, offered, result
from pages.parts.classroom.lesson_link import AskedLesson
from pages.parts.shared import state
from pages.parts.shared.fragment import fragment

COURSE_PAGE = Destination("course")


def show() -> None:
    """To be folded away while the runs are looked at."""
    with st.container(key="class-lessons"):
        chosen, way = st.columns([0.4, 0.6], gap="large", vertical_alignment="bottom")
        with chosen:
            offered.choice()
        with way:
            st.caption("Where the class joins the course")
            join.show(lesson_link.class_base(), COURSE_PAGE)
        with st.expander("The course: its lessons on the projector, and right answers before and after", key="course"):
            st.markdown("**On the projector**")
            with st.container(horizontal=True, gap="small"):
                for number, one in enumerate(COURSE, 1):
                    asked = AskedLesson(one.lesson, teacher=attendance().teacher(one.lesson.digest))
                    st.button(
                        f"{number} · {one.title}", key=f"project-{one.name}", on_click=state.TO_PROJECT.set,
                        args=(lesson_link.LINK.query(asked),),
                    )  # fmt: skip
            st.page_link(
                "pages/course.py", label="Right answers before and after, for the projector",
                icon=":material/bar_chart:", query_params={"at": "result"},
            )  # fmt: skip
            fragment()(result.class_counts)()
    if query := state.TO_PROJECT.take():
        st.switch_page("pages/train.py", query_params=query)
