"""discriminator-too-strong: it never errs, and the generator has nothing to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gan_core.diagnosis.conditions import BLANKS, nothing_seen
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import SUSPECT, Change, favours_d, usual_lr
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    right = Condition("d_accuracy", ">", 0.97, calm=0.92)
    vanished = (right, Condition("logit_gap", ">", 8.0, calm=6.0), Condition("grad_norm_g", "<", 0.1, calm=0.15))
    # Gradients that do not vanish help no generator that is moved far less than D, which is right before and after.
    # Of pictures without classes its own steps tell it.
    left_behind = nothing_seen(e) or (Condition("update_ratio_g", "<", 5e-4, calm=1e-3),)
    outrun = Detector((right, *left_behind), lasting=200, after=250)
    saturates = e.loss in ("non_saturating", "minimax")
    if not favours_d(e):
        return Detector(vanished, after=100) if saturates else None
    return replace(outrun, sooner=Detector(vanished, after=100)) if saturates else outrun


def _remedies(e: Experiment) -> Iterator[Change]:
    slow, fast = e.lr_g < usual_lr(e) / 2, e.lr_d > 2 * usual_lr(e)
    if slow and fast:
        yield {"lr_g": usual_lr(e), "lr_d": usual_lr(e)}
    if slow:
        yield {"lr_g": usual_lr(e)}
    if fast:
        yield {"lr_d": usual_lr(e)}
    if e.lr_d > e.lr_g:
        yield {"lr_g": e.lr_d}
    if e.loss == "minimax":
        yield {"loss": "non_saturating"}
    if e.n_dis > 1:
        yield {"n_dis": 1}
    if e.lr_g >= SUSPECT:
        yield {"lr_g": usual_lr(e)}
    yield {"penalty": "gradient_penalty"}
    yield {"penalty_weight": 10.0}
    yield {"penalty_weight": 100.0}


def _why_here(e: Experiment) -> str:
    outrun = "The discriminator never errs: its updates are so much larger than the generator's that G cannot catch up."
    return outrun if favours_d(e) and e.loss != "minimax" else ""


def _on_points(_: Experiment) -> Detector:
    right = Condition("d_accuracy", ">", 0.9, calm=0.85)
    return Detector((right, Condition("precision", "<", 0.5, calm=0.6)), lasting=100, after=200)


def _points_remedies(e: Experiment) -> Iterator[Change]:
    if e.lr_g < e.lr_d / 2:
        yield {"lr_g": e.lr_d}
    if e.n_dis > 1:
        yield {"n_dis": 1}
    if e.loss == "minimax":
        yield {"loss": "non_saturating"}
    if e.penalty == "none":
        yield {"penalty": "r1"}
    yield {"penalty_weight": 0.1}
    yield {"penalty_weight": 1.0}


FAILURE = Failure(
    name="discriminator-too-strong",
    rank=80,
    place=50,
    title="The discriminator wins",
    looks="Grey static that never becomes a picture, while the discriminator is always right.",
    reason="The generator's minimax loss is flat where the discriminator is sure. Its gradient shrinks as D grows more "
    "certain, so the generator learns that it is wrong, but not what to change.",
    formula=r"\frac{\partial}{\partial \ell} \log(1 - \sigma(\ell)) = -\sigma(\ell) \to 0 \quad (\ell \to -\infty)",
    tell="`d_accuracy` is near 1: D is right about nearly every image. `logit_gap`, the distance between its answers "
    "to real and generated images, is large, and `grad_norm_g`, all that G has to learn from, has almost vanished.",
    reported=f"{cited('001')}; ganhacks #36, #45 and #67; explained by Arjovsky & Bottou 2017.",
    claims=("001-03", "001-05", "001-04"),
    why="The discriminator never errs, so the generator gets almost no gradient from it.",
    why_here=_why_here,
    detector=_detector,
    on_points=_on_points,
    points_remedies=_points_remedies,
    explained_by=BLANKS | {"exploding", "no-gradient-to-g", "too-slow", "wrong-labels"},
    remedies=_remedies,
    recipe=of_failure(
        "discriminator-too-strong",
        "D never errs: G learns nothing",
        shared={"loss": "minimax", "n_dis": 3, "penalty": "none", "steps": 400},
        broken={"lr_g": 1e-4},
        fixed={"lr_g": 2e-3},
    ),
)
