"""discriminator-too-weak: it tells nothing apart, and the generator has nothing to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.conditions import nothing_seen
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import SUSPECT, Change, usual_lr
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector:
    if e.mistake == "d_not_frozen":  # whose D calls all images real, and from which G may learn something still
        fooled = (Condition("d_accuracy", "<", 0.56, calm=0.6), Condition("d_fake", ">", 0.7, calm=0.65))
        return Detector(fooled, hits=3, lasting=150, after=150)
    # A generator that ends in a sketch learns well from gradients a third as large as others need.
    vanished = 0.015 if e.architecture == "mlp" else 0.05
    weak = (Condition("d_accuracy", "<", 0.56, calm=0.6), Condition("grad_norm_g", "<", vanished, calm=1.3 * vanished))
    # G is past a discriminator that takes its images for the more real ones and cannot follow; the only sign with a
    # critic, which has no accuracy.
    misled = (Condition("logit_gap", "<", -0.3, calm=-0.2), Condition("grad_norm_g", "<", 0.25, calm=0.35))
    # A gentle D that has taught the generator much is no failure.
    seen = nothing_seen(e)
    return Detector((*weak, *seen), (*misled, *seen), after=100)


def _remedies(e: Experiment) -> Iterator[Change]:
    if e.n_dis == 0:
        yield {"n_dis": 1}
    if e.lr_d < e.lr_g:
        yield {"lr_g": usual_lr(e)} if e.lr_g >= SUSPECT else {"lr_d": e.lr_g}
    if e.n_gen > 1:
        yield {"n_gen": 1}
    if e.instance_noise > 0.1:
        yield {"instance_noise": 0.0}
    if e.dropout_d > 0.5:
        yield {"dropout_d": 0.0}
    if e.penalty not in ("none", "clip") and e.penalty_weight > 10:
        yield {"penalty_weight": 10.0}
    if e.lr_d < usual_lr(e) / 10:
        yield {"lr_d": usual_lr(e)}
    if e.beta1 >= 0.9:
        yield {"beta1": 0.5}
    yield {"n_dis": 2}
    yield {"n_dis": 3}


def _on_points(_: Experiment) -> Detector:
    # Points that are beside the real ones, yet all over them, are those of a generator that cannot fold sharply.
    unsure = Condition("d_accuracy", "<", 0.85, calm=0.9)
    vanished = Condition("grad_norm_g", "<", 0.1, calm=0.15)
    # A D that stays what it was at the start: G may have run far away from all real points, to where it has a slope.
    still = Condition("update_ratio_d", "<", 1e-4, calm=2e-4)
    beside = Condition("recall", "<", 0.6, calm=0.7)
    return Detector((unsure, vanished, beside), (still, beside), lasting=100, after=250)


def _points_remedies(e: Experiment) -> Iterator[Change]:
    if e.n_dis == 0:
        yield {"n_dis": 1}
    if e.lr_d < e.lr_g:
        yield {"lr_d": e.lr_g}
    if e.instance_noise > 0.1:
        yield {"instance_noise": 0.0}
    if e.penalty not in ("none", "clip") and e.penalty_weight > 0.1:
        yield {"penalty_weight": 0.01}
    yield {"fourier_d": 32}
    yield {"n_dis": 2}
    yield {"n_dis": 3}


def _why_here(e: Experiment) -> str:
    trained = "G's optimiser moves D as well: each step of G teaches D to call its images real, so it tells none apart."
    return trained if e.mistake == "d_not_frozen" else ""


FAILURE = Failure(
    name="discriminator-too-weak",
    rank=90,
    place=60,
    title="The discriminator teaches nothing",
    looks="Hard black-and-white static, nearly the same in every picture.",
    reason="A discriminator that hardly learns gives the generator one fixed direction to run in. The generator "
    "saturates every pixel on the way, and the losses look perfect: neither network can tell anything.",
    formula=r"D \approx \tfrac12 \;\Rightarrow\; \mathcal{L}_D \approx 2\ln 2,\ \mathcal{L}_G \approx \ln 2",
    tell="`d_accuracy` is near one half, no better than a coin toss, while `grad_norm_g`, all that G can learn from, "
    "has vanished. The losses alone look healthy.",
    reported=f"{cited('001')}; keras #4943 (D frozen by mistake).",
    claims=("001-08", "004-10", "001-07"),
    why="The discriminator cannot tell real from generated, so the generator learns nothing.",
    why_here=_why_here,
    detector=_detector,
    on_points=_on_points,
    points_remedies=_points_remedies,
    explained_by=frozenset({"blank-grey", "blank-black", "double-sigmoid", "exploding", "wrong-labels"}),
    remedies=_remedies,
    recipe=of_failure(
        "discriminator-too-weak",
        "D hardly learns: static, no digits",
        shared=SHORT,
        broken={"lr_d": 1e-6},
        fixed={"lr_d": 2e-3},
    ),
)
