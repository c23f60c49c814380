"""non-finite: a number became infinite or NaN."""

from __future__ import annotations

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.failures import exploding
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.settings.experiment import Experiment


def _detector(_: Experiment) -> Detector:
    return Detector((Condition("finite", "<", 1.0),), hits=1, lasting=0)


FAILURE = Failure(
    name="non-finite",
    rank=20,
    place=100,
    title="NaN or infinity",
    looks="The run stops. The picture stays as the generator last made it, or is crossed out if it contains a NaN, "
    "which has no grey level.",
    reason="A number overflowed, and everything computed from it is infinite or NaN too. Converted to bytes, such a "
    "picture turns black, which is why NaN is so often reported as a black image.",
    formula=r"\infty - \infty = \mathrm{NaN}",
    tell="`finite` is 0; the run stops and names the tensor and the step.",
    reported="musika #22, StudioGAN #175, BEGAN #11.",
    claims=("000-13",),
    why="A number became infinite or NaN, and so did every number computed from it.",
    spoils=False,
    voids=True,
    detector=_detector,
    on_points=_detector,
    points_remedies=exploding.points_remedies,
    remedies=exploding.remedies,
    recipe=of_failure(
        "non-finite",
        "Numbers overflow: the run stops",
        shared={**SHORT, "optimiser": "sgd", "lr_g": 0.1},
        broken={"lr_d": 1.0},
        fixed={"lr_d": 0.1},
    ),
)
