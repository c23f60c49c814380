"""The course beside all other pages: it has a run and settings of its own, and leaves theirs as they are."""

from __future__ import annotations

from pages.parts.shared import page_settings, state


def turn(*, course: bool) -> None:
    """Put aside the run and settings of the other pages, or of the course, and take up those of this one.

    To be called before a page reads its address.
    """
    if course == state.IN_COURSE.get():
        return
    state.IN_COURSE.set(course)
    run_id, experiment = state.BESIDE_COURSE.get()
    state.BESIDE_COURSE.set((state.RUN.get(), state.EXPERIMENT.get() if state.EXPERIMENT.present else None))
    state.RUN.set(run_id)
    if experiment is not None:
        page_settings.take(experiment)
    else:  # the page begins with its own
        state.EXPERIMENT.clear()
        state.DRAFT.clear()
