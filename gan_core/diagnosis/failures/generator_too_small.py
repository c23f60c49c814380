"""generator-too-small: it cannot bend the noise sharply enough for the shape of the data."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(_: Experiment) -> None:
    """Where points lie between others is measured on points alone."""


def _on_points(e: Experiment) -> Detector | None:
    # Networks of the usual width that lie beside the data are slow, or fail by something else.
    if e.width >= 1:
        return None
    beside = (Condition("precision", "<", 0.6, calm=0.65), Condition("recall", ">", 0.6, calm=0.5))
    moves = Condition("update_ratio_g", ">", 1e-3, calm=5e-4)  # else it is slow
    return Detector((*beside, moves), hits=3, lasting=150, after=400)


def remedies(e: Experiment) -> Iterator[Change]:
    """More units."""
    if e.width < 1:
        yield {"width": 1.0}
    yield {"width": 2.0}
    yield {"width": 4.0}


FAILURE = Failure(
    name="generator-too-small",
    rank=112,
    place=84,
    title="Generator too small",
    looks="Points on every mode, and nearly as many between the modes, where there are no real ones.",
    reason="To put its points on separate modes, the generator must tear the noise apart between them: its output has "
    "to change fast there. With a few hidden units it bends only gently, so a share of the points stays between.",
    formula=r"G \text{ continuous} \;\Rightarrow\; P(G(z) \text{ lies between two modes}) > 0",
    tell="`precision`, the share of points among the real ones, stays below 60% although `recall` is high: "
    "everything is covered, and much more besides. G still moves (`update_ratio_g`), so it is not just slow.",
    reported="Khayatkhoei et al. 2018: one continuous generator cannot cover separate pieces of data without points "
    "between them.",
    why="The generator has too few units for the shape of the data: its points also fill the gaps between the modes.",
    detector=_detector,
    on_points=_on_points,
    explained_by=frozenset({"exploding"}),
    remedies=remedies,
    recipe=of_failure(
        "generator-too-small",
        "Too few units: points between the modes",
        shared={"dataset": "ring", "steps": 500},
        broken={"width": 0.125},
        fixed={"width": 1.0},
    ),
)
