"""Runs on points and runs on images side by side: the page Points shows the ones, all others what they showed before.

A tab watches one run of each kind, so that a look at the page Points ends nothing of Train, nor the other way.
"""

from __future__ import annotations

from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import state

FIRST = "ring"  # the data that the page Points opens with
IMAGES_ONLY = ("untrained",)


def turn(page: str, came_from: str | None) -> None:
    """Put aside the run and settings of the other kind, and take up those of this page: of points, or of images.

    To be called before a page reads its address. Pages for images keep a run on points that somebody opened there.
    """
    if not state.EXPERIMENT.present:
        return
    kept = state.ASIDE.get()
    here = state.EXPERIMENT.get()
    points = page == "points"
    left = came_from != page and (came_from == "points" or page in IMAGES_ONLY)
    if points == (here.dataset in POINT_SETS) or not (points or left or "images" in kept):
        return
    aside = {**kept, ("images" if points else "points"): (state.RUN.get(), here)}
    first = Experiment(dataset=FIRST) if points else Experiment()
    run_id, experiment = aside.pop("points" if points else "images", (None, first))
    state.ASIDE.set(aside)
    state.RUN.set(run_id)
    state.EXPERIMENT.set(experiment)
    state.DRAFT.set(experiment.model_dump())
    state.PROBLEMS.set([])
