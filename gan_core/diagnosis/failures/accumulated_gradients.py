"""accumulated-gradients: no gradient is ever set to zero."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    if e.mistake != "no_zero_grad":
        return None
    # Of one batch they are below 1 for G and below 10 for D.
    summed = (Condition("grad_norm_g", ">", 2.0, calm=1.5), Condition("grad_norm_d", ">", 15.0, calm=10.0))
    return Detector(summed, hits=3, lasting=100, after=100)


def _on_points(e: Experiment) -> Detector | None:
    if e.mistake != "no_zero_grad":
        return None
    return Detector((Condition("grad_norm_g", ">", 5.0, calm=4.0),), hits=3, lasting=100, after=100)


def _remedies(_: Experiment) -> Iterator[Change]:
    yield {"mistake": "none"}


FAILURE = Failure(
    name="accumulated-gradients",
    rank=24,
    place=97,
    title="Gradients are never cleared",
    looks="Shapes that come and go and never become clear, while both losses swing further and further.",
    reason="PyTorch adds each new gradient to the one that is there. Without zero_grad() every update follows the sum "
    "of all steps before it, those of pictures long gone; and G's loss, which passes through D, leaves its gradient "
    "in D as well. Adam divides by the gradient's size, so the steps stay as long as ever, in a stale direction.",
    formula=r"g_t = \sum_{s \le t} \nabla \mathcal{L}_s",
    tell="`grad_norm_g` and `grad_norm_d`, the sizes of the gradients, grow from step to step: hundreds for D, where "
    "one batch gives less than 10.",
    reported="In loops written by hand; Keras clears gradients by itself.",
    why="Each gradient is the sum of all before it: it is never set to zero, so old ones outweigh the new.",
    detector=_detector,
    on_points=_on_points,
    remedies=_remedies,
    recipe=of_failure(
        "accumulated-gradients",
        "Gradients never cleared: no digits come",
        shared=SHORT,
        broken={"mistake": "no_zero_grad"},
        fixed={"mistake": "none"},
    ),
)
