"""too-slow: the steps are used up, and nothing can be recognised yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gan_core.diagnosis import recognition
from gan_core.diagnosis.conditions import nothing_seen
from gan_core.diagnosis.detector import Condition, Detector, Evidence
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import Change, favours_d, sure_values, usual_lr, usual_values
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.mistakes import BUILT_IN
from gan_core.settings.points import POINT_SETS


def _of_settings(e: Experiment) -> list[Evidence]:
    return [Evidence("n_gen", 0.0, 1.0, "<")] if e.steps and e.n_gen == 0 else []


def _detector(e: Experiment) -> Detector | None:
    # Where D moves far more, it wins, which says more. A gradient that has vanished stops G at any rate.
    if not (e.lr_g < usual_lr(e) / 10 or e.optimiser == "sgd") or (favours_d(e) and e.loss != "wasserstein"):
        return None
    hardly = (Condition("update_ratio_g", "<", 3e-4, calm=6e-4), Condition("grad_norm_g", ">", 1e-3, calm=1e-4))
    return Detector((*hardly, *nothing_seen(e)), lasting=150, after=200)


def _on_points(_: Experiment) -> None:
    """Only the end of a run on points tells it."""


def _points_remedies(e: Experiment) -> Iterator[Change]:
    if e.n_gen == 0:
        yield {"n_gen": 1}
    if e.width < 1:
        yield {"width": 1.0}
    if e.optimiser == "sgd":
        yield {"optimiser": "adam"}
    if not 1e-3 <= e.lr_g <= 1e-2:
        yield {"lr_g": 4e-3}
    if not 1e-3 <= e.lr_d <= 1e-2:
        yield {"lr_d": 4e-3}
    if e.beta1 > 0.5:
        yield {"beta1": 0.0}
    yield {"steps": min(4 * e.steps, 1_000_000)}


def _of_end(rows: Sequence[Row]) -> list[Evidence]:
    if "precision" in rows[-1].measurements:
        precision = rows[-1].measurements["precision"]
        return [Evidence("precision", precision, 0.5, "<")] if precision < 0.5 else []
    if not recognition.little(rows):
        return []
    m = rows[-1].measurements
    return [
        Evidence(name, m[name], least, "<")
        for name, least in (("recognised", recognition.LEAST_SHARE), ("modes_covered", recognition.LEAST_CLASSES))
        if m.get(name, least) < least
    ]


def _why_here(e: Experiment) -> str:
    if e.n_gen == 0:
        return "The generator is never updated: it has no updates in a step."
    if e.mistake == BUILT_IN:
        return "BatchNorm as the last layer gives every batch the same brightness and contrast, and G works against it."
    if e.dataset in POINT_SETS:
        return "There are too few steps: most points are still not among the real ones."
    if suspect := next(iter(sure_values(e)), ""):
        return f"Nothing can be recognised yet, and “{SETTINGS[suspect].label}” is the setting to suspect first."
    return ""


FAILURE = Failure(
    name="too-slow",
    rank=35,
    place=95,
    title="Too slow",
    looks="Vague shapes, hardly better than at the start, when the last step is done.",
    reason="Each update moves the generator's weights by less than a thousandth of their size, so it takes thousands "
    "of steps before a picture shows anything. Plain gradient descent at a learning rate meant for Adam does that, and "
    "so does a learning rate that is ten times too low.",
    formula=r"\|\Delta w\| = \eta \, \|\nabla_w \mathcal{L}\| \ll \|w\|",
    tell="`update_ratio_g`, the size of an update as a share of G's weights, is below 0.0003, or the steps are used up "
    "while `recognised`, the share of pictures that a classifier clearly assigns to one class, is below 20%.",
    reported="Common when the optimiser changes and the learning rate does not.",
    why="There are too few steps: at these settings, the generator needs many more before anything can be recognised.",
    why_here=_why_here,
    of_settings=_of_settings,
    detector=_detector,
    on_points=_on_points,
    points_remedies=_points_remedies,
    of_end=_of_end,
    remedies=usual_values,
    recipe=of_failure(
        "too-slow",
        "Plain gradient descent: no digits yet",
        shared={"steps": 800},
        broken={"optimiser": "sgd"},
        fixed={"optimiser": "adam"},
    ),
)
