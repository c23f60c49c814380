"""exploding: the weights run away."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change, shorter_steps, sure_change
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector:
    # Logits of hundreds mean weights out of hand. D is linear in its input's scale, and raw pixels are 127 times
    # greater than those in [-1, 1].
    limit = 100.0 * (127.0 if e.data_range == "raw" else 1.0)
    return Detector((Condition("logit_max", ">", limit, calm=0.7 * limit),))


def remedies(e: Experiment) -> Iterator[Change]:
    """For weights that run away, before and after a number overflows."""
    if e.init == "normal" and e.init_std >= 0.5:
        yield {"init": "pytorch"}
    yield from shorter_steps(e)
    if e.penalty != "none" and e.penalty != "clip" and e.penalty_weight > 10:
        yield {"penalty_weight": 10.0}
    if e.data_range == "raw":
        yield {"data_range": "[-1,1]"}
    if e.loss == "wasserstein":  # Nothing else bounds its critic (Gulrajani 2017).
        yield {"penalty": "gradient_penalty"}
    if e.optimiser == "sgd":
        yield {"optimiser": "adam"}
    yield from sure_change(e)
    yield {"penalty": "gradient_penalty"}
    yield {"lr_d": 2e-4}
    yield {"lr_d": 1e-4}


def _on_points(_: Experiment) -> Detector:
    return Detector((Condition("logit_max", ">", 40.0, calm=30.0),))


def points_remedies(e: Experiment) -> Iterator[Change]:
    """The same for runs on points."""
    if e.lr_d > 4e-3 and e.lr_d >= e.lr_g:
        yield {"lr_d": 4e-3}
    if e.lr_g > 4e-3:
        yield {"lr_g": 4e-3}
    if e.update == "simultaneous":
        yield {"update": "alternating"}
    if e.penalty == "none":
        yield {"penalty": "r1"}
    yield {"lr_d": 1e-3}
    yield {"lr_d": 1e-4}
    yield {"lr_d": 1e-5}


FAILURE = Failure(
    name="exploding",
    rank=30,
    place=90,
    title="Exploding weights",
    looks="Large light and dark blotches that never settle; the losses jump by orders of magnitude.",
    reason="Each update is larger than the weights it changes. Logits grow into the thousands, and the networks keep "
    "throwing each other off.",
    formula=r"\|\Delta w\| \gtrsim \|w\|",
    tell="`logit_max`, the largest of D's answers before they become probabilities, warns before anything becomes "
    "infinite.",
    reported="Common when a learning rate is copied from another optimiser or architecture.",
    claims=("001-16",),
    why="Each update overshoots, so the discriminator's weights run away.",
    detector=_detector,
    on_points=_on_points,
    points_remedies=points_remedies,
    explained_by=frozenset({"accumulated-gradients"}),
    remedies=remedies,
    recipe=of_failure(
        "exploding",
        "Steps too long: weights run away",
        shared={**SHORT, "lr_g": 5e-3},
        broken={"lr_d": 1.0},
        fixed={"lr_d": 2e-3},
    ),
)
