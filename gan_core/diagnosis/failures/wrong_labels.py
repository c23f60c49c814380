"""wrong-labels: a network is trained towards the wrong answer."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment

# What G's loss falls below where it is to be recognised and is; a critic's scores have no such place.
_RECOGNISED = {"non_saturating": 0.1, "minimax": 0.1, "least_squares": 0.05, "hinge": -0.5}


def _detector(e: Experiment) -> Detector | None:
    if e.mistake == "swapped_labels":
        return Detector((Condition("logit_gap", "<", -0.5, calm=-0.3),), hits=3, lasting=100, after=100)
    if e.mistake == "fake_label_for_g" and e.loss in _RECOGNISED:
        right = Condition("d_accuracy", ">", 0.97, calm=0.92)
        return Detector((right, Condition("loss_g", "<", _RECOGNISED[e.loss])), hits=3, lasting=100, after=100)
    return None


def _remedies(_: Experiment) -> Iterator[Change]:
    yield {"mistake": "none"}


def _why_here(e: Experiment) -> str:
    if e.mistake == "swapped_labels":
        return "D learns to call generated images real and real ones generated, and G has nothing left to do."
    return "G is trained to be recognised: its loss asks D to call its images generated, and D agrees."


FAILURE = Failure(
    name="wrong-labels",
    rank=28,
    place=99,
    title="Wrong labels",
    looks="Hard blotches, nearly the same in every picture, while both losses are near 0, which looks like success.",
    reason="With the labels swapped in D's step, D calls generated images real, which is all that G asks for: both "
    "agree, and nobody looks at the real ones. With the wrong label in G's step, G learns to be recognised, and D "
    "to recognise it. In both games nothing pulls G's pictures towards the real ones.",
    formula=r"\mathcal{L}_D = -\log(1 - D(x)) - \log D(G(z)),\quad \mathcal{L}_G = -\log D(G(z))",
    tell="`logit_gap`, how far D sets real images above generated ones, is below 0; or `loss_g` is near 0 although D "
    "is right every time.",
    reported="Loops that set the labels by hand, `label.fill_(…)`, and tutorials that take 0 for real.",
    why="The labels in a loss are not those of the game: a network is trained towards the wrong answer.",
    why_here=_why_here,
    detector=_detector,
    on_points=_detector,
    remedies=_remedies,
    recipe=of_failure(
        "wrong-labels",
        "Labels swapped in D: nothing to learn",
        shared=SHORT,
        broken={"mistake": "swapped_labels"},
        fixed={"mistake": "none"},
    ),
)
