"""mode-hopping: a few modes at a time, and soon others."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.conditions import OUT_OF_BALANCE
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.point_quality import FEW, MODES
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(_: Experiment) -> None:
    """Modes are counted on points alone."""


def _on_points(e: Experiment) -> Detector | None:
    if MODES.get(e.dataset, 1) == 1:
        return None
    # Some few points that wander, or a healthy generator's on their way to all modes, lie further apart, and fewer of
    # them move at a time.
    few = Condition("modes_covered", "<", FEW * MODES[e.dataset])
    crowd = (few, Condition("diversity", "<", 0.6, calm=0.8), Condition("mode_turnover", ">", 0.4, calm=0.2))
    most = (few, Condition("mode_turnover", ">", 0.55, calm=0.4))
    return Detector(crowd, most, lasting=50, after=250)


def remedies(e: Experiment) -> Iterator[Change]:
    """A start that is spread over the data, then a discriminator that keeps up."""
    if e.noise == "constant":
        yield {"noise": "uniform"}
    if e.noise_scale < 0.5:
        yield {"noise_scale": 1.0}
    if e.skip < 1:
        yield {"skip": 1.2}
    if e.n_gen > 1:
        yield {"n_gen": 1}
    if e.lr_d < e.lr_g:
        yield {"lr_d": e.lr_g}
    if e.beta1 > 0.5:
        yield {"beta1": 0.0}
    if e.penalty == "none":
        yield {"penalty": "r1"}
    yield {"loss": "non_saturating"}
    yield {"pack": 2}
    yield {"fourier_g": 32}
    yield {"fourier_g": 64}


FAILURE = Failure(
    name="mode-hopping",
    rank=105,
    place=82,
    title="Hopping modes",
    looks="All points crowd onto one or two modes, then onto others, and never settle.",
    reason="The generator moves all its points to where the discriminator's answer is highest. The discriminator "
    "learns that too many of them lie there, its answer falls, and the generator moves on to another mode. This "
    "happens if the points begin close together, above all if D learns more slowly than G.",
    formula=r"G_t \equiv x_t = \arg\max_x D_t(x), \quad D_{t+1}(x_t) < D_t(x_t) \;\Rightarrow\; x_{t+1} \ne x_t",
    tell="`modes_covered` is below two thirds of the modes, the points lie close together (`diversity`), and "
    "`mode_turnover`, the share of points that move to other modes within 50 steps, stays above 40%; above 55%, they "
    "need not lie close. In a collapse that stays where it is, it is near 0.",
    reported="Metz et al. 2017, figure 2: a GAN on eight modes goes round them and never holds more than one.",
    why="The generator crowds onto a few modes, and leaves for others as soon as the discriminator notices.",
    detector=_detector,
    on_points=_on_points,
    explained_by=OUT_OF_BALANCE | {"accumulated-gradients", "exploding", "identical-samples"},
    remedies=remedies,
    recipe=of_failure(
        "mode-hopping",
        "One mode at a time, then another",
        shared={"dataset": "ring", "lr_d": 1e-3, "ema": 0.0, "steps": 400},
        broken={"skip": 0.0},
        fixed={"skip": 1.2},
    ),
)
