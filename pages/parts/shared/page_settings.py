"""The page's settings: kept in the session, written into the URL, read from it and checked again.

What the controls show is the draft; the experiment is the last draft that was valid. A link that cannot be
used changes nothing by itself: the page says what is wrong and offers the nearest valid settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gan_core.classroom.lesson import Lesson, LessonError
from gan_core.settings import link
from gan_core.settings.experiment import Experiment, nearest
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import Problem, SettingsError
from pages.parts.shared import page_link, state
from pages.parts.shared.page_link import PageLink, Query

RUN = "run"  # the URL key that names a run
GAIN = "gain"
KEYS = {RUN, GAIN} | {name for row in SETTINGS.values() for name in (row.name, row.url_key)}


@dataclass(frozen=True)
class AskedSettings:
    """What is asked of a page with settings."""

    experiment: Experiment
    run_id: str | None = None
    gain: str = "1"  # of an untrained generator's weights, as it is written
    given: dict[str, Any] = field(default_factory=dict)  # what a link has that cannot be used as it stands


def open_page() -> AskedSettings | None:
    """Bring the session up to date with the URL; what it asks for where the browser came with another. To be called
    first on each run of the script."""
    if not state.EXPERIMENT.present:
        take(Experiment())
    came = LINK.arrived()
    if came is None:
        return None
    # The right part of the link is used, so that only what is wrong stays open.
    take(came.asked.experiment)
    state.DRAFT.set(experiment().model_dump() | came.asked.given)
    state.PROBLEMS.set(came.wrong)
    state.STRANGE.set(came.strange)
    return came.asked


def experiment() -> Experiment:
    """The settings that a run would have now."""
    return state.EXPERIMENT.get()


def lesson() -> Lesson | None:
    """The lesson that the page was opened with, where it was."""
    return state.LESSON.get()


def enter(new: Lesson | None) -> None:
    """Follow this lesson from now on, or none. What was said outside of it is not said in it, nor the other way."""
    if new != lesson():
        state.LESSON.set(new)
        state.turn_page()


def draft() -> dict[str, Any]:
    """What the controls show; differs from the experiment while it is not valid."""
    return state.DRAFT.get()


def first() -> Experiment:
    """The default settings; where the page shows points, those of points."""
    dataset = experiment().dataset
    return Experiment(dataset=dataset) if dataset in POINT_SETS else Experiment()


def changed() -> bool:
    """Whether a setting is another than by default."""
    return draft() != first().model_dump()


def problems() -> list[Problem]:
    """What is wrong with the draft, or with the link that was opened."""
    return state.PROBLEMS.get()


def strange() -> list[str]:
    """What the link that was opened had besides settings; it is left out."""
    return state.STRANGE.get()


def write(run_id: str | None, gain: float = 1.0) -> None:
    """Put the settings, the run, and the gain of an untrained generator into the URL."""
    LINK.put(AskedSettings(experiment(), run_id, f"{gain:g}"))


def write_begun(run_id: str | None, put: Callable[[str | None], None] = write) -> None:
    """In a part of the page that is drawn by itself: put the run into the URL where a click there has begun it."""
    if page_link.value(RUN) != run_id:
        put(run_id)


def change(changes: dict[str, Any]) -> bool:
    """Change settings of the draft; True when it is valid and so became the experiment. A lesson's locked and hidden
    settings stay as they are."""
    base, followed = experiment(), lesson()
    try:
        if followed:
            open_yet = {name: draft()[name] for name in followed.shown if draft()[name] != getattr(base, name)}
            take(followed.changed(base, open_yet | changes))
        elif not problems():
            take(base.replace(**changes))
        else:
            take(Experiment(**(draft() | changes)))
    except LessonError as error:
        state.REFUSAL.set("; ".join(f"{SETTINGS[p.field].label}: {p.allowed}." for p in error.problems))
        return False
    except SettingsError as error:
        state.DRAFT.set(draft() | changes)
        state.PROBLEMS.set(error.problems)
        return False
    return True


def take_nearest() -> None:
    """Use the valid settings that are nearest to the draft."""
    take(nearest(draft()))


def take(e: Experiment) -> None:
    """Make these the page's settings (those of a run that was re-attached, say)."""
    state.EXPERIMENT.set(e)
    state.DRAFT.set(e.model_dump())
    state.PROBLEMS.set([])
    state.STRANGE.set([])


def _read(query: Query) -> tuple[AskedSettings, list[Problem]]:
    """What a link asks for, and which settings of it are wrong. An empty one asks for the defaults."""
    run_id, gain = query.get(RUN), query.get(GAIN, "1")
    given, unread = link.read_query(query)
    try:
        return AskedSettings(Experiment(**given) if query else first(), run_id, gain), unread
    except SettingsError as error:
        wrong = {problem.field for problem in error.problems}
        right = nearest({name: value for name, value in given.items() if name not in wrong})
        return AskedSettings(right, run_id, gain, given), unread + error.problems


def _write(asked: AskedSettings) -> dict[str, str]:
    run = {RUN: asked.run_id} if asked.run_id else {}
    return link.to_query(asked.experiment) | run | ({GAIN: asked.gain} if asked.gain != "1" else {})


LINK: PageLink[AskedSettings, Problem] = PageLink(_read, _write, KEYS.__contains__)
