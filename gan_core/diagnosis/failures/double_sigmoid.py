"""double-sigmoid: D's answers go through a sigmoid twice."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    if e.mistake != "double_sigmoid":
        return None
    # Between the two sigmoids lies a number from 0 to 1: D's loss is above log(1 + 1/e) + log 2, and G's between the
    # two parts of that; minimax turns its sign.
    bound = Condition("loss_g", "<", -0.69) if e.loss == "minimax" else Condition("loss_g", "<", 0.6935)
    return Detector((Condition("loss_d", ">", 1.0), bound), hits=4, lasting=150, after=150)


def _remedies(_: Experiment) -> Iterator[Change]:
    yield {"mistake": "none"}


FAILURE = Failure(
    name="double-sigmoid",
    rank=26,
    place=98,
    title="Sigmoid applied twice",
    looks="Pictures that come slowly and stay blurred, while both losses hardly move.",
    reason="A loss of logits applies a sigmoid itself. Where D ends in one already, the loss sees numbers from 0 to 1 "
    "and takes them for logits: the surest yes counts as 73%, the surest no as 50%. So no image is ever judged "
    "surely fake, and what G gets to learn from is ten times smaller.",
    formula=r"\sigma(\sigma(\ell)) \in \left(\tfrac12,\ 0.731\right)",
    tell="`loss_d` is never below 1 and `loss_g` never above 0.6931, whatever D answers; `d_accuracy` is one half.",
    reported="Where BCELoss was replaced by BCEWithLogitsLoss (Keras: from_logits=True) and D's last layer kept its "
    "sigmoid.",
    why="A sigmoid is applied twice, in D and in its loss, so that no answer is ever sure and gradients are small.",
    spoils=False,
    detector=_detector,
    on_points=_detector,
    remedies=_remedies,
    recipe=of_failure(
        "double-sigmoid",
        "Sigmoid twice: D is never sure",
        shared=SHORT,
        broken={"mistake": "double_sigmoid"},
        fixed={"mistake": "none"},
    ),
)
