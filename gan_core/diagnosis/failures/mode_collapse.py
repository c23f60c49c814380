"""mode-collapse: a few pictures over and over."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.conditions import BLANKS, OUT_OF_BALANCE, patience
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.point_quality import FEW, MODES
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change, shorter_steps, sure_change, usual_lr
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS


def _detector(e: Experiment) -> Detector:
    # A healthy generator may still repeat itself, but two classes can be told in what it makes.
    # One that did not for 200 steps made eight classes in the end.
    one_class = (Condition("duplicates", ">", 0.8, calm=0.7), Condition("modes_covered", "<", 2.0, calm=3.0))
    sure = Detector(one_class, lasting=300, after=round(patience(e) * 5 / 8))
    # Without BatchNorm a generator that ends in a sketch collapses to several pictures rather than one. Healthy ones
    # had twins of at most a quarter by then.
    share = 0.45 if e.architecture == "mlp" and e.norm_g != "batch" else 0.6
    return Detector((Condition("duplicates", ">", share, calm=share - 0.1),), after=patience(e), sooner=sure)


def remedies(e: Experiment) -> Iterator[Change]:
    """For runs that repeat a few pictures, and for those that make one."""
    if e.noise == "constant":
        yield {"noise": "normal"}
    if e.noise_scale < 0.5:
        yield {"noise_scale": 1.0}
    if e.n_gen > 1:
        yield {"n_gen": 1}
    if e.latent_dim < 8:
        yield {"latent_dim": 64}
    if e.beta1 > 0.5 and e.optimiser != "rmsprop":
        yield {"beta1": 0.5}
    if e.lr_g > 2 * e.lr_d:
        yield {"lr_d": usual_lr(e)} if e.lr_d < usual_lr(e) / 2 else {"lr_g": e.lr_d}
    yield from shorter_steps(e)
    if e.loss == "wasserstein":
        yield {"penalty": "gradient_penalty"}
    yield from sure_change(e)
    yield {"norm_g": "batch"}
    yield {"minibatch_std": True}
    yield {"penalty": "r1"}
    yield {"penalty": "gradient_penalty"}


def _on_points(e: Experiment) -> Detector:
    # Modes are counted where the data have them; else what is covered of the real points tells it.
    if e.dataset in MODES:
        return Detector((Condition("modes_covered", "<", FEW * MODES[e.dataset]),), lasting=100, after=250)
    return Detector((Condition("recall", "<", 0.3, calm=0.4),), lasting=100, after=250)


def points_remedies(e: Experiment) -> Iterator[Change]:
    """The same for runs on points."""
    if e.noise == "constant":
        yield {"noise": "uniform"}
    if e.noise_scale < 0.5:
        yield {"noise_scale": 1.0}
    if e.n_gen > 1:
        yield {"n_gen": 1}
    if e.width < 1:
        yield {"width": 1.0}
    if e.beta1 > 0.5:
        yield {"beta1": 0.0}
    if e.penalty == "none":
        yield {"penalty": "r1"}
    if e.lr_g > 2 * e.lr_d:
        yield {"lr_g": e.lr_d}
    yield {"skip": 1.2}
    yield {"fourier_g": 32}
    yield {"pack": 2}
    yield {"steps": min(4 * e.steps, 1_000_000)}


def _why_here(e: Experiment) -> str:
    return "The generator makes few of the modes, and leaves out the others." if e.dataset in POINT_SETS else ""


FAILURE = Failure(
    name="mode-collapse",
    rank=110,
    place=80,
    title="Mode collapse",
    looks="One blob, or a few pictures, over and over, all changing together.",
    reason="The generator moves to the one picture that this discriminator likes best, and follows when the "
    "discriminator's preference changes. Nothing in its loss asks for variety. It gets worse if G has more updates "
    "than D, if gradients are remembered for long (beta 1 of 0.9), or without BatchNorm.",
    formula=r"\min_G \mathbb{E}_z\,[-\log D(G(z))] \;\text{ is solved by }\; G(z) \equiv \arg\max_x D(x)",
    tell="`duplicates`, the share of pictures with a near twin. Healthy runs also begin with duplicates, so the alarm "
    "waits, though less long if `modes_covered` is below 2.",
    reported="The most reported failure: stylegan2-pytorch #183, DCGAN-tensorflow #270.",
    claims=("001-05",),
    why="The generator found a few pictures that pass as real, and makes hardly any others.",
    why_here=_why_here,
    detector=_detector,
    on_points=_on_points,
    points_remedies=points_remedies,
    explained_by=BLANKS
    | OUT_OF_BALANCE
    | {
        "accumulated-gradients",
        "batchnorm-mismatch",
        "exploding",
        "identical-samples",
        "mode-hopping",
        "no-gradient-to-g",
        "noise",
        "too-slow",
    },
    remedies=remedies,
    recipe=of_failure(
        "mode-collapse",
        "G moves five times: few pictures remain",
        shared={"norm_g": "none", "penalty": "none", "lr_g": 5e-4, "lr_d": 4e-4, **SHORT},
        broken={"n_gen": 5},
        fixed={"n_gen": 1},
    ),
)
