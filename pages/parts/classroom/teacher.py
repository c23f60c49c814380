"""Making a lesson: which settings students see, the question, the budget; and the link and its QR code."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from gan_core.classroom import lan_address, prediction
from gan_core.classroom.attendance import attendance
from gan_core.classroom.lesson import MOST_BUDGET, MOST_QUESTION, MOST_TITLE, Lesson, LessonError
from gan_core.classroom.prediction import ASKED, Prediction, WhichFailure, WhichSide
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.measurements import MEASUREMENTS
from gan_core.settings.compatibility import matters
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from pages.parts.classroom import lesson_link, offered
from pages.parts.classroom.lesson_link import AskedLesson
from pages.parts.shared import access, controls, diagnosis_line, page_settings, plain_text, state

NOTHING, FAILURE, SIDE = "Nothing", "What the diagnosis finds", "A measurement"
# What is typed stays while the form is closed, and while other pages are looked at.
_STAYS: dict[str, Any] = {"persist_state": "session"}


def button() -> None:
    """Opens and closes the form."""
    making = opened()
    st.button(
        "Back to the run" if making else "Make a lesson", key="make_lesson", on_click=_toggle, width="stretch",
        icon=":material/arrow_back:" if making else ":material/school:",
        help="A link, and a QR code for the projector, with a question and only the settings that you show.",
    )  # fmt: skip


def opened() -> bool:
    """Whether the form is open."""
    return state.MAKING_LESSON.get()


def page() -> None:
    """The form beside what it gives."""
    form, outcome = st.columns([0.55, 0.45], gap="large")
    with form, st.container(key="lesson-form"):
        st.markdown("#### Make a lesson")
        parts = _form(page_settings.experiment())
    with outcome, st.container(key="lesson-outcome"):
        if page_settings.problems():
            diagnosis_line.say(
                diagnosis_line.TROUBLE, "The settings cannot be used yet: see above what is wrong with them."
            )
            return
        if not (parts["title"].strip() and parts["question"].strip()):
            diagnosis_line.say(
                diagnosis_line.WAITING, "The link and its QR code appear here once there is a title and a question."
            )
            return
        try:
            lesson = Lesson(page_settings.experiment(), **parts)
        except LessonError as error:
            for problem in error.problems:
                diagnosis_line.say(diagnosis_line.TROUBLE, f"{problem.field}: {problem.allowed}.")
            return
        _outcome(lesson)


def _toggle() -> None:
    state.MAKING_LESSON.set(not opened())


def _form(e: Experiment) -> dict[str, Any]:
    """The parts of a lesson besides its settings, as they are typed."""
    _first_choices(e)
    title = st.text_input("Title", max_chars=MOST_TITLE, key="lesson_title", **_STAYS)
    question = st.text_area("Question", max_chars=MOST_QUESTION, height=80, key="lesson_question", **_STAYS)
    st.caption("The lesson begins with the settings on the left, as they are now.")
    there = [name for name in SETTINGS if name != "folder" and matters(name, e.model_dump())]
    for key in (state.LESSON_SHOWN, state.LESSON_LOCKED):  # what has no effect any more cannot be chosen any more
        key.show([name for name in key.get() if name in there])
    shown = st.multiselect(
        "Students may change", there, format_func=_label, key=state.LESSON_SHOWN.name, placeholder="nothing", **_STAYS
    )
    state.LESSON_LOCKED.show([name for name in state.LESSON_LOCKED.get() if name not in shown])
    locked = st.multiselect(
        "Shown, but locked", [name for name in there if name not in shown], format_func=_label,
        key=state.LESSON_LOCKED.name, placeholder="nothing", **_STAYS,
    )  # fmt: skip
    st.caption(f"The other {len(there) - len(shown) - len(locked)} settings are hidden.")
    budget = st.number_input(
        "Step budget", 1, MOST_BUDGET, step=100, key=state.LESSON_BUDGET.name,
        help="How many steps each student may train, all runs together.", **_STAYS,
    )  # fmt: skip
    st.caption(_runs(budget, e.steps))
    return {
        "title": title, "question": question, "shown": tuple(shown), "locked": tuple(locked), "budget": budget,
        "prediction": _prediction(),
    }  # fmt: skip


def _first_choices(e: Experiment) -> None:
    """What the form proposes: whatever makes these settings special is the students' to change."""
    if state.LESSON_BUDGET.present:
        return
    special = [name for name in diff(Experiment(), e) if SETTINGS[name].front]
    state.LESSON_SHOWN.set(special or ["output_activation", "lr_g"])
    state.LESSON_LOCKED.set([])
    state.LESSON_BUDGET.set(min(MOST_BUDGET, max(1, 3 * e.steps)))


def _runs(budget: int, steps: int) -> str:
    if steps == 0:
        return "A run has no steps: it shows the untrained generator."
    if budget < steps:
        return f"A run has {steps} steps but stops at the budget, before some failures show."
    runs = budget // steps
    return f"Enough for {runs} whole {'run' if runs == 1 else 'runs'} of {steps} steps."


def _prediction() -> Prediction | None:
    """What students have to predict before the run."""
    kind = st.segmented_control(
        "Students predict before the run", (NOTHING, FAILURE, SIDE), default=FAILURE, required=True,
        key="lesson_asks", **_STAYS,
    )  # fmt: skip
    if kind == FAILURE:
        failures = st.multiselect(
            "The choices, besides “No failure”", list(FAILURES),
            default=["blank-grey", "out-of-range", "mode-collapse"],
            format_func=lambda name: FAILURES[name].title, max_selections=prediction.MOST_FAILURES,
            key="lesson_failures", **_STAYS,
        )  # fmt: skip
        return WhichFailure(tuple(failures))
    if kind == SIDE:
        what, where = st.columns([0.7, 0.3])
        measurement = what.selectbox(
            "Measured at the end", ASKED, format_func=lambda name: f"{name}: {MEASUREMENTS[name].words}",
            key="lesson_measurement", **_STAYS,
        )  # fmt: skip
        most = prediction.LARGEST_THRESHOLD
        threshold = where.number_input(
            "Threshold", -most, most, 0.5, step=0.1, format="%g", key="lesson_threshold", **_STAYS
        )
        return WhichSide(measurement, threshold)
    return None


def _outcome(lesson: Lesson) -> None:
    """The link, to be shared, shown and tried."""
    base = st.text_input(
        "This page's address for the class", lesson_link.class_base(), key="lesson_base", placeholder="http://…/train"
    ).strip()
    if wrong := lan_address.problem(base):
        diagnosis_line.say(diagnosis_line.TROUBLE, wrong)
        return
    _how_reached(base)
    url = lesson_link.link(base, AskedLesson(lesson))
    with st.container(key="lesson-link"):
        st.code(url, language=None, wrap_lines=True, height=96)
    lesson_link.qr(url, "min(26rem, 100%)")
    with st.container(horizontal=True):
        word = attendance().teacher(lesson.digest)
        own = "train" if base == lesson_link.class_base() else base  # the projector's code repeats where it was opened
        if access.counts():
            st.link_button(
            "Show to the class", lesson_link.link(own, AskedLesson(lesson, teacher=word)), type="primary",
            key="project_lesson", icon=":material/cast_for_education:",
            help="The question, an address to type, a large QR code, and the answers as they come in.",
        )  # fmt: skip
        offered.button(lesson)
        st.link_button("Try it as a student", lesson_link.link("train", AskedLesson(lesson)), key="try_lesson")
    st.html(f'<div class="budget">{escape(_sees(lesson))}</div>')


def _how_reached(base: str) -> None:
    """What it takes for a phone to open the link."""
    if lan_address.here_only(base):
        st.warning(
            "Only this machine reaches this address. Replace it with this machine's name or address in the network, "
            "such as http://192.168.1.20:8501/train, and connect the phones to the same network."
        )
    elif lan_address.here_only(st.context.url or "") and base == lesson_link.class_base():
        st.caption(
            "On a phone, “localhost” means the phone itself, so this is your computer's address in the network. "
            "Phones in the same network reach it unless a firewall blocks them: try it with yours."
        )
    if (bound := st.get_option("server.address")) and lan_address.here_only(f"http://{bound}"):
        plain_text.wrong(
            "This server was started for this machine only: start it with --server.address 0.0.0.0 for a class."
        )


def _sees(lesson: Lesson) -> str:
    def named(names: tuple[str, ...]) -> str:
        return ", ".join(f"{_label(name)} {controls.name_of(getattr(lesson.experiment, name))}" for name in names)

    return f"Students begin with: {named(lesson.shown) or 'nothing to change'}. Locked: {named(lesson.locked) or '–'}."


def _label(name: str) -> str:
    return SETTINGS[name].label
