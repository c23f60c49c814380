"""checkerboard: a lattice from an upsampling whose kernel size is not a multiple of its stride."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector | None:
    if "dcgan" not in e.architecture or e.upsample == "resize":
        return None
    # Weights at random make a lattice with any kernel; one whose shares are even is soon rid of it.
    if e.upsample == "transpose3":
        return Detector((Condition("nyquist", ">", 0.015, calm=0.012),), after=50)
    return Detector((Condition("nyquist", ">", 0.04, calm=0.03),), after=250)


def _remedies(_: Experiment) -> Iterator[Change]:
    yield {"upsample": "resize"}


FAILURE = Failure(
    name="checkerboard",
    rank=140,
    place=130,
    title="Checkerboard",
    looks="A two-pixel lattice over everything, clearest in flat areas.",
    reason="A transposed convolution with kernel 3 and stride 2 reaches some pixels once, some twice, and some four "
    "times. The pattern exists before the first step, and training only dims it.",
    formula=r"\text{hits per axis: } \lfloor k/s \rfloor \text{ or } \lceil k/s \rceil\text{, equal only if } s \mid k",
    tell="`nyquist`: the share of a picture's variation that alternates from one pixel to the next.",
    reported="Odena, Dumoulin and Olah 2016; ganhacks #59, pix2pixHD #149 (kernel 3, stride 2).",
    why="The kernel size is not a multiple of the stride, so neighbouring pixels get unequal shares.",
    spoils=False,
    detector=_detector,
    remedies=_remedies,
    recipe=of_failure(
        "checkerboard",
        "Kernel 3, stride 2: a lattice",
        shared={"architecture": "dcgan", "lr_g": 2e-4, "lr_d": 2e-4, "steps": 100},
        broken={"upsample": "transpose3"},
        fixed={"upsample": "resize"},
    ),
)
