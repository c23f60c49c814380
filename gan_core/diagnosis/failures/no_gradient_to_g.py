"""no-gradient-to-g: the generator's loss has no way back to it."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    if e.mistake != "detached_generator":
        return None
    return Detector((Condition("grad_norm_g", "<", 1e-12),), hits=3, lasting=100, after=100)


def _remedies(_: Experiment) -> Iterator[Change]:
    yield {"mistake": "none"}


FAILURE = Failure(
    name="no-gradient-to-g",
    rank=22,
    place=96,
    title="No gradient reaches G",
    looks="The static of the first step, unchanged to the last, while D's loss falls to nothing.",
    reason="Images are detached for D's step, which leaves G alone. Where G's own step gets the detached ones too, "
    "its loss depends on no weight of G: backward() computes gradients for D only, and G's optimiser has nothing to "
    "apply. No error is raised.",
    formula=r"\frac{\partial}{\partial \theta_G} \mathcal{L}_G\big(D(\mathrm{detach}(G(z)))\big) = 0",
    tell="`grad_norm_g`, the size of G's gradient, is exactly 0, and so is `update_ratio_g`.",
    reported="In loops that reuse the images of D's step for G's: `fake = G(z).detach()` before both.",
    why="The generator's weights do not change: its loss has no way back to them.",
    detector=_detector,
    on_points=_detector,
    remedies=_remedies,
    recipe=of_failure(
        "no-gradient-to-g",
        "Images detached for G: it never learns",
        shared=SHORT,
        broken={"mistake": "detached_generator"},
        fixed={"mistake": "none"},
    ),
)
