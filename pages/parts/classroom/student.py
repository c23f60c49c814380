"""A lesson as a student sees it: question, prediction, run, and only the settings that the teacher shows.

One of the course is told and explained as well, whether the course or a link has opened it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from markupsafe import Markup

from gan_core.classroom.attendance import attendance
from gan_core.classroom.course import of_course
from gan_core.classroom.course.course_lesson import CourseLesson
from gan_core.classroom.lesson import BUDGET, LOCKED, MARK, PREDICTION, QUESTION, SHOWN, TITLE, Lesson
from gan_core.classroom.reveal import Reveal, reveal
from gan_core.live.run import Snapshot
from gan_core.settings.change import trained_with
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import Problem
from pages.parts.classroom import measured, projector, tally
from pages.parts.classroom.lesson_link import LINK, AskedLesson
from pages.parts.shared import (
    access,
    controls,
    diagnosis_line,
    figure,
    glossary,
    link_problems,
    pace,
    page_link,
    page_settings,
    plain_text,
    state,
    tab_runs,
    visitor,
)
from pages.parts.shared.fragment import fragment
from pages.parts.train import live_view, look_back

PARTS = {
    TITLE: "title", QUESTION: "question", SHOWN: "settings shown",
    LOCKED: "settings locked", BUDGET: "step budget", PREDICTION: "prediction",
    MARK: "link",
}  # fmt: skip
VERDICTS = {
    "right": (diagnosis_line.HEALTHY, "As you predicted."),
    "other": (diagnosis_line.WAITING, "It turned out differently."),
    "open": (diagnosis_line.WAITING, "Too early to tell."),
}


def asked() -> bool:
    """Whether the page was opened with a lesson's link."""
    return page_link.value(MARK) is not None


def page() -> None:
    """All that is drawn for a lesson's link."""
    came = LINK.now()
    lesson = came.asked.lesson
    if lesson is None:
        _unusable(came.wrong)
        return
    _enter(lesson)
    if projector.asked(lesson, came.asked.teacher):
        projector.page(lesson)
        return
    _warn_of_strange(came.strange)
    follow(lesson, lambda run_id: LINK.put(AskedLesson(lesson, run_id)))


def follow(lesson: Lesson, put: Callable[[str | None], None], forward: Callable[[], None] | None = None) -> None:
    """The lesson itself. `put` writes the page's address, with the id of the run that is there; `forward` draws the way
    to what comes next, in place of the one out of the lesson."""
    _enter(lesson)
    access.remember()
    tab_runs.attach()
    visitor.note(tab_runs.snapshot())
    if "steps" not in lesson.shown and page_settings.experiment().steps != lesson.experiment.steps:
        # Those of a run that was come back to, cut to the budget.
        page_settings.take(page_settings.experiment().replace(steps=lesson.experiment.steps))
    of = of_course(lesson)
    _title(lesson, of, leaves=forward is None)
    if of is None:
        with st.sidebar:
            _controls(lesson)
    link_problems.show()
    _question(lesson, labelled=of is None)
    run = tab_runs.snapshot()
    told = _told(lesson, run)
    if visitor.answer() is not None:
        _answered(lesson, of, run, told, forward)
    wait = live_view.interval_with_rest(run)
    fragment(run_every=wait)(pace.measured(_run))(lesson, wait, told is not None, put)
    put(state.RUN.get())


def _enter(lesson: Lesson) -> None:
    if lesson != page_settings.lesson():
        page_settings.enter(lesson)
        page_settings.take(lesson.experiment)


def _title(lesson: Lesson, of: CourseLesson | None, *, leaves: bool) -> None:
    """What is asked; before the answer, also what has to be known for it."""
    known = of.told if of and visitor.answer() is None else ""
    # A link's words are drawn as text, whatever stands in them.
    said = Markup("<h1>{}</h1>").format(lesson.title)
    said += Markup('<p class="told">{}</p>').format(known) if known else Markup()
    said += Markup("<p>{}</p>").format(lesson.question)
    said = Markup('<div class="lesson-words" dir="auto">{}</div>').format(glossary.marked(said))
    with st.container(key="lesson-head"):
        if not leaves:
            st.html(said)
            return
        words, leave = st.columns([0.82, 0.18])
        words.html(said)
        leave.button(
            "Leave the lesson", key="leave_lesson", icon=":material/logout:", on_click=_leave, width="stretch",
            help="Opens the page with all settings and takes your run along.",
        )  # fmt: skip


def _controls(lesson: Lesson) -> None:
    over = visitor.spent() >= lesson.budget
    together = [name for name in SETTINGS if name in lesson.shown or name in lesson.locked]
    if together:
        controls.some(together, tab_runs.adopt, locked=together if over else lesson.locked)
    if not over and (open_yet := [name for name in controls.RATES if name in lesson.shown]):
        controls.rates(open_yet, tab_runs.adopt)


def _changeable(lesson: Lesson) -> None:
    """The settings to be changed alone, beside the words that say so."""
    controls.some(lesson.shown, tab_runs.adopt, locked=lesson.shown if visitor.spent() >= lesson.budget else ())


def _question(lesson: Lesson, *, labelled: bool) -> None:
    """What is to be predicted, until it is; `labelled` where the lesson's own question does not say so already."""
    if lesson.prediction is None or visitor.answer() is not None:
        return
    with st.container(key="prediction", border=True):
        choice = st.radio(
            lesson.prediction.asks, lesson.prediction.choices, format_func=lesson.prediction.label, index=None,
            captions=lesson.prediction.captions() or None, key=state.PREDICTED.name,
            label_visibility="visible" if labelled else "collapsed",
        )  # fmt: skip
        st.button(
            "Submit prediction", key="predict", type="primary", disabled=choice is None,
            on_click=_predict,
        )  # fmt: skip
        plain_text.look_up(*map(lesson.prediction.label, lesson.prediction.choices), *lesson.prediction.captions())
        st.caption("Counted anonymously. You cannot change it afterwards.")


def _predict() -> None:
    if (choice := state.PREDICTED.get()) is not None:
        visitor.keep(choice)


def _run(lesson: Lesson, polled: float | None, revealed: bool, put: Callable[[str | None], None]) -> None:
    """The live part; drawn again by itself while a run moves. `revealed`: whether the page above it compares; `put` as
    in `follow`."""
    page_settings.write_begun(state.RUN.get(), put)
    run = tab_runs.snapshot()
    visitor.note(run)
    held = visitor.held()
    where, what = st.columns([0.4, 0.6], vertical_alignment="center")
    with where, st.container(key="lesson-progress"):
        live_view.progress(
            run, lesson.experiment.steps if held else visitor.permitted(page_settings.experiment()).steps
        )
        _budget(lesson, held)
    with what:
        live_view.buttons(run, held)
    if run is None and held:
        return  # the question stands alone
    said, seen = st.container(), st.container()
    shown = look_back.scrubber(run)
    with said:
        if run or state.REFUSAL.get():  # before the run, what is known already would give the answer
            diagnosis_line.show(run, shown, page_settings.experiment(), fixable=False)
    with seen:
        live_view.actors(run, shown)
        with figure.light(live_view.moves(run)):
            live_view.measurements(run, shown)
    now_revealed = _told(lesson, run) is not None
    if state.REDRAW.take() or now_revealed != revealed:
        st.rerun()
    pace.follow(polled, live_view.interval_with_rest(run))


def _budget(lesson: Lesson, held: str) -> None:
    spent = visitor.spent()
    if not (held or lesson.experiment.steps):
        return  # nothing is trained
    words = f"{spent} of this lesson's {lesson.budget} steps used, over all runs."
    with st.container(key="budget"):
        st.html(Markup('<div class="budget">{}</div>').format(held if held else words))


def _answered(
    lesson: Lesson, of: CourseLesson | None, run: Snapshot | None, told: Reveal | None,
    forward: Callable[[], None] | None,
) -> None:  # fmt: skip
    """The answer and the class's; beside what was measured, once the run has ended."""
    predicted, mine = lesson.prediction, visitor.answer()
    assert predicted is not None and mine is not None
    counts = attendance().counts(lesson.digest) if access.counts() else None
    explained = of is not None and _seen_through(lesson, run, told)
    with st.container(key="answered"):
        words, class_ = st.columns([0.6, 0.4], gap="medium", vertical_alignment="top" if explained else "center")
        with words:
            if told:
                measured.keep(lesson, run)
                colour, verdict = VERDICTS[told.verdict]
                diagnosis_line.say(colour, f"{_changes(lesson, run)}{told.words}", strong=verdict)
            else:
                label = predicted.label(mine)
                diagnosis_line.say(
                    diagnosis_line.WAITING, "It is compared with what is measured when the run ends.",
                    strong=f"You predicted: {label}.",
                )  # fmt: skip
            if of and explained:
                _why(of)
        with class_:
            # One's own answer alone stands at the left already; on a phone it would push the pictures out of sight.
            if told or (counts and sum(counts.values()) > 1):
                if counts:
                    plain_text.small(f"{tally.answers(predicted, counts)} so far")
                tally.bars(predicted, counts, mine, told.measured if told else ())
            if explained:
                _changeable(lesson)
                if forward:
                    forward()


def _seen_through(lesson: Lesson, run: Snapshot | None, told: Reveal | None) -> bool:
    """Whether this visitor has seen the end of a run of the lesson, so that it may be explained."""
    whole = lesson.experiment.steps
    return told is not None or (visitor.spent() >= whole if whole else bool(run and run.rows))


def _why(of: CourseLesson) -> None:
    with st.container(key="lesson-why"):
        st.html(Markup("<div><p><b>Why.</b> {}</p></div>").format(glossary.text(of.why)))
        if of.then:
            st.html(Markup("<div><p><b>Now you.</b> {}</p></div>").format(glossary.text(of.then)))
        if of.page:
            st.page_link(
                f"pages/{of.page}.py", label=of.page_label, icon=":material/arrow_outward:", query_params=of.page_query
            )


def _told(lesson: Lesson, run: Snapshot | None) -> Reveal | None:
    mine = visitor.answer()
    if lesson.prediction is None or mine is None or run is None or not run.rows:
        return None
    if run.state not in ("finished", "broken"):
        return None
    return reveal(lesson.prediction, mine, _trained_with(run), run.rows)


def _changes(lesson: Lesson, run: Snapshot | None) -> str:
    """In what the run was another one than that which the question is about."""
    changed = diff(lesson.experiment, _trained_with(run)) if run else {}
    named = [f"{SETTINGS[name].label} {controls.name_of(new)}" for name, (_, new) in changed.items() if name != "steps"]
    return f"With your changes ({', '.join(named)}): " if named else ""


def _trained_with(run: Snapshot) -> Experiment:
    """What the measurements are of: a setting that was changed after the last step has not been trained with."""
    return trained_with(run.experiment, run.changes, run.rows[-1].step) if run.rows else run.experiment


def _warn_of_strange(strange: Sequence[str]) -> None:
    if strange:
        names = ", ".join(f"“{key[:40]}”" for key in strange)
        diagnosis_line.say(
            diagnosis_line.WAITING, f"There is no setting called {names}: that part of the link is ignored."
        )


def _unusable(problems: list[Problem]) -> None:
    """Why the link opens no lesson."""
    page_settings.enter(None)
    for problem in problems:
        row = SETTINGS.get(problem.field)
        name = row.label if row else PARTS[problem.field]
        given = "" if problem.field == MARK else str(problem.value)  # digits that tell nobody anything
        value = f" “{given[:40]}{'…' if len(given) > 40 else ''}”" if given else ""
        diagnosis_line.say(diagnosis_line.TROUBLE, f"{name}{value}: {problem.allowed}.")
    st.markdown("This link does not open a lesson. Ask your teacher for the whole link again.")
    st.button("To the page with all settings", key="leave_lesson", on_click=_leave)


def _leave() -> None:
    """Go on with the same settings and run on the whole page."""
    page_settings.enter(None)
    page_link.empty()
    if state.EXPERIMENT.present:
        page_settings.write(state.RUN.get())
