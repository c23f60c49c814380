"""The course as somebody goes through it: six questions, the lessons, the six questions again, what was learnt."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from gan_core.classroom.attendance import attendance
from gan_core.classroom.course import COURSE
from gan_core.classroom.course.questions import QUESTIONS
from gan_core.classroom.course.scores import own_answers
from gan_core.live.registry import registry
from pages.parts.classroom import questions, result, student
from pages.parts.shared import access, page_link, page_settings, plain_text, state, tab_runs
from pages.parts.shared.page_link import PageLink, Query

AT = "at"  # the URL key of the place
BEFORE, AFTER, RESULT = "before", "after", "result"
LESSONS = {one.name: one for one in COURSE}
PLACES = (BEFORE, *LESSONS, AFTER, RESULT)
TITLES = {
    BEFORE: "Six questions first",
    **{one.name: f"{number} · {one.title}" for number, one in enumerate(COURSE, 1)},
    AFTER: "The six questions again",
    RESULT: "Results",
}


@dataclass(frozen=True)
class AskedPlace:
    """What is asked of the course."""

    place: str
    run_id: str | None = None


def page() -> None:
    """The place in the course, and the way on."""
    came = LINK.arrived()
    if came is not None:
        _leave_run(came.asked)
        state.COURSE_PLACE.set(came.asked.place)
    if state.COURSE_PLACE.get() not in PLACES:
        state.COURSE_PLACE.set(BEFORE)
    place = state.COURSE_PLACE.get()
    if state.COURSE_TURNED.take():  # the browser would stay as far down as the last place was read
        top = f"document.querySelector('[data-testid=stMain]').scrollTo(0, 0); // {place}"
        st.html(f"<script>{top}</script>", unsafe_allow_javascript=True)
    _way(place)
    for words in came.wrong if came else ():
        plain_text.wrong(words)
    if came and came.strange:
        plain_text.wrong(page_link.left_out(came.strange, "nothing"))
    if place in LESSONS:
        _drop_ended(place)
        student.follow(LESSONS[place].lesson, lambda run_id: LINK.put(AskedPlace(place, run_id)), forward=_forward)
        return
    page_settings.enter(None)
    access.remember()
    if place == RESULT:
        result.page({name: TITLES[name] for name in LESSONS}, _go)
    else:
        questions.page("before" if place == BEFORE else "after", _forward)
    LINK.put(AskedPlace(place))


def _way(place: str) -> None:
    """Back, where one is, and on."""
    number = PLACES.index(place)
    with st.container(key="course-way", horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Back", key="course_back", icon=":material/arrow_back:", disabled=number == 0, on_click=_go,
            args=(PLACES[max(0, number - 1)],),
        )  # fmt: skip
        state.COURSE_CHOSEN.show(place)
        st.selectbox(
            "Place in the course", PLACES, format_func=TITLES.__getitem__, key=state.COURSE_CHOSEN.name,
            label_visibility="collapsed", on_change=lambda: _go(state.COURSE_CHOSEN.get()),
        )  # fmt: skip
        st.button(
            "Skip" if not _done(place) else "Next", key="course_next", icon=":material/arrow_forward:",
            disabled=number + 1 == len(PLACES), on_click=_go, args=(PLACES[min(number + 1, len(PLACES) - 1)],),
        )  # fmt: skip


def _done(place: str) -> bool:
    """Whether nothing is left to do at this place, as far as this visitor's answers tell."""
    if place in (BEFORE, AFTER):
        return len(own_answers(attendance(), access.word(), "before" if place == BEFORE else "after")) == len(QUESTIONS)
    return place == RESULT or attendance().answered(LESSONS[place].lesson.digest, access.word()) is not None


def _forward() -> None:
    """The button to what comes next, named."""
    following = PLACES[PLACES.index(state.COURSE_PLACE.get()) + 1]
    st.button(
        f"Next: {TITLES[following]}", key="course_forward", type="primary", icon=":material/arrow_forward:",
        on_click=_go, args=(following,), width="stretch",
    )  # fmt: skip


def _go(place: str) -> None:
    """To another place; the run of this one ends, for whoever waits for its place."""
    tab_runs.leave_run()
    state.PREDICTED.clear()
    state.COURSE_PLACE.set(place)
    state.COURSE_TURNED.set(True)
    LINK.put(AskedPlace(place))  # the run that has ended is asked for no more


def _leave_run(asked: AskedPlace) -> None:
    """Somebody came by an address: the run of the place that was left ends, unless it is the one that is asked for."""
    if state.RUN.get() not in (None, asked.run_id):
        tab_runs.leave_run()


def _drop_ended(place: str) -> None:
    """Somebody went back to a lesson whose run has ended: it begins without one, which takes seconds to make again."""
    run_id = page_link.value(page_settings.RUN)
    if run_id is not None and registry().snapshot(run_id) is None:
        LINK.put(AskedPlace(place))


def _read(query: Query) -> tuple[AskedPlace, list[str]]:
    place = query.get(AT, BEFORE)
    if place in PLACES:
        return AskedPlace(place, query.get(page_settings.RUN)), []
    return AskedPlace(BEFORE), [f"There is no lesson “{place[:40]}” in the course. Start with the first questions."]


def _write(asked: AskedPlace) -> dict[str, str]:
    return {AT: asked.place} | ({page_settings.RUN: asked.run_id} if asked.run_id else {})


LINK: PageLink[AskedPlace, str] = PageLink(_read, _write, {AT, page_settings.RUN}.__contains__)
