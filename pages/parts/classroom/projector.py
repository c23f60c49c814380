"""A lesson as the teacher shows it to the class: the question, the QR code, and how many have answered."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from gan_core.classroom import counts_csv
from gan_core.classroom.attendance import attendance
from gan_core.classroom.lesson import Lesson
from gan_core.live.registry import registry
from gan_core.live.run import ACTIVE
from pages.parts.classroom import join, lesson_link, measured, tally
from pages.parts.classroom.lesson_link import AskedLesson
from pages.parts.shared import access, diagnosis_line, glossary, network, plain_text, state
from pages.parts.shared.fragment import fragment
from pages.parts.train import live_view

LOOK_EVERY_S = 2.0
PROJECTED_SCALE = 2.5  # of the two networks, as far as there is room: to be read from the last row
MANY = 4  # answers from one network address that are told: a pair may share a machine


def asked(lesson: Lesson, word: str | None) -> bool:
    """Whether the link is the teacher's; a word that is not, or no longer, right is told and opens the lesson."""
    if word is None:
        return False
    if not access.counts():
        diagnosis_line.say(
            diagnosis_line.WAITING,
            "Only the teacher sees the class's answers: open the link with the teacher's key first.",
        )
        return False
    if attendance().is_teacher(lesson.digest, word):
        return True
    diagnosis_line.say(
        diagnosis_line.TROUBLE,
        "This projector link is from before the server was restarted: make the lesson again on the page Train.",
    )
    return False


def page(lesson: Lesson) -> None:
    """Question and code side by side, as large as they go."""
    base = lesson_link.class_base()
    to = lesson_link.destination(lesson)
    left, right = st.columns([0.5, 0.5], gap="large")
    with left:
        st.html(
            Markup('<div class="lesson-words projected" dir="auto"><h1>{}</h1><p>{}</p></div>').format(
                lesson.title, glossary.text(lesson.question)
            )
        )
        if lesson.prediction:
            fragment(run_every=LOOK_EVERY_S)(_answers)(lesson)
        st.link_button(
            "Open the lesson here",
            lesson_link.link("train", AskedLesson(lesson)),
            icon=":material/play_circle:",
            key="open_lesson",
        )
    with right, st.container(key="code"):
        join.show(base, to)
        # Of the short address: its squares are more than twice as large as those of the lesson's own link.
        lesson_link.qr(join.url(base, to), "min(64vh, 100%)")
        plain_text.small("From any device on the same network. Each answer counts once, anonymously.")
    fragment(run_every=LOOK_EVERY_S)(_networks)(lesson)


def _networks(lesson: Lesson) -> None:
    """Who makes what of what, with the numbers of a run of the lesson's own settings, once somebody trains one."""
    runs = [run for run in registry().everything() if run.experiment == lesson.experiment]
    run = next((run for run in runs if run.state in ACTIVE), runs[-1] if runs else None)
    with st.container(key="projected-networks"):
        network.show(
            lesson.experiment, run.frame if run else None, live_view.acts(run), finds=False, scale=PROJECTED_SCALE
        )


def _answers(lesson: Lesson) -> None:
    assert lesson.prediction is not None
    counts = attendance().counts(lesson.digest)
    with st.container(key="class-answers"):
        st.html(f'<div class="answers">{tally.answers(lesson.prediction, counts)}</div>')
        if (most := attendance().most_from_one(lesson.digest)) >= MANY:
            plain_text.small(f"{most} of them came from one network address: from one person, or through a proxy.")
        told = measured.of_lesson(lesson)
        with st.container(horizontal=True, vertical_alignment="center"):
            shown = st.toggle(
                "Show the counts", key=state.COUNTS_SHOWN.name,
                help="Best shown after the vote: seeing the others' answers sways people.",
            )  # fmt: skip
            revealed = st.toggle(
                "Show what was measured", key=state.MEASURED_SHOWN.name, disabled=told is None,
                help="Needs a run with the lesson's own settings. There is none yet: open the lesson here and run it."
                if told is None
                else "Marks the choices that the run confirmed.",
            )  # fmt: skip
        right = told.choices if told and revealed else ()
        if shown or revealed:
            tally.bars(lesson.prediction, counts if shown else None, measured=right)
        if told and revealed:
            st.html(Markup('<div class="measured-words">{}</div>').format(glossary.text(told.words)))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Ask again", key="ask_again", icon=":material/replay:", help="Deletes all answers, for a second vote.",
                on_click=_ask_again, args=(lesson,),
            )  # fmt: skip
            st.download_button(
                "Counts as CSV", counts_csv.of_lesson(lesson.prediction, counts, told), "answers.csv", "text/csv",
                key="answers_csv", icon=":material/download:",
            )  # fmt: skip


def _ask_again(lesson: Lesson) -> None:
    attendance().ask_again(lesson.digest)
    state.COUNTS_SHOWN.set(False)
    state.MEASURED_SHOWN.set(False)
