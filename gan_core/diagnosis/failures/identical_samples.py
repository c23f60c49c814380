"""identical-samples: one picture, whatever the noise."""

from __future__ import annotations

from gan_core.diagnosis.conditions import BLANKS, IDENTICAL, OUT_OF_BALANCE, patience
from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.failures import mode_collapse
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector:
    # A collapse wanders, and may be at one picture for a moment; ignored noise is ignored throughout.
    return Detector(IDENTICAL, lasting=200, after=patience(e) // 2)


def _on_points(_: Experiment) -> Detector:
    # All points on one mode are several times as far apart as this.
    return Detector((Condition("diversity", "<", 0.03, calm=0.04),), lasting=100, after=100)


FAILURE = Failure(
    name="identical-samples",
    rank=100,
    place=70,
    title="Identical samples",
    looks="The same picture in every tile, whatever the noise.",
    reason="The noise is so narrow that all inputs look alike to the generator. Without BatchNorm, which would stretch "
    "them again, it learns one picture and adds a trace of variation.",
    formula=r"G(\epsilon z) \approx G(0) + \epsilon\, J z \to G(0)",
    tell="`diversity`, the spread across pictures compared with real ones, is near zero; `duplicates`, the share of "
    "pictures with a near twin, is near 1.",
    reported=f"{cited('002')}, which expects grey; BigGAN-PyTorch #75.",
    claims=("002-24", "002-23", "002-25"),
    why="The generator ignores its noise: every input gives almost the same picture.",
    detector=_detector,
    on_points=_on_points,
    explained_by=BLANKS | OUT_OF_BALANCE | {"accumulated-gradients", "batchnorm-mismatch", "exploding", "too-slow"},
    points_remedies=mode_collapse.points_remedies,
    remedies=mode_collapse.remedies,
    recipe=of_failure(
        "identical-samples",
        "Noise too small: one picture everywhere",
        shared={**SHORT, "norm_g": "none"},
        broken={"noise_scale": 0.001},
        fixed={"noise_scale": 1.0},
    ),
)
