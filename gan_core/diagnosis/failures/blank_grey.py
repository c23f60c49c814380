"""blank-grey: every picture is the same mid-grey."""

from __future__ import annotations

from gan_core.diagnosis.conditions import GREY
from gan_core.diagnosis.detector import Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import blank
from gan_core.settings.experiment import Experiment


def _detector(e: Experiment) -> Detector:
    # Untrained generators are grey, and without normalisation need longer to leave it.
    return Detector(GREY, after=100 if e.norm_g == "batch" else 200)


def _why_here(e: Experiment) -> str:
    equal = "All weights start at zero, so all units stay alike, and every picture is the same grey from the start."
    return equal if e.init == "zeros" or (e.init == "normal" and e.init_std == 0) else ""


FAILURE = Failure(
    name="blank-grey",
    rank=50,
    place=20,
    title="Blank: all grey",
    looks="Every picture is the same even mid-grey, however long it trains.",
    reason="Black lies at −1, but a sigmoid ends at 0. To get as close to the black background as it can, the "
    "generator drives every logit to minus infinity: all pixels become 0, which is mid-grey in a range from −1 to 1.",
    formula=r"\sigma(a) \in (0, 1), \qquad \lim_{a \to -\infty} \sigma(a) = 0 = \text{grey}",
    tell="`contrast`, the spread of levels within a picture compared with real ones, is near zero; `pixel_mean` (0 is "
    "black, 1 white) is near the middle.",
    reported=f"{cited('001')}; iGAN #17 (grey after ten epochs).",
    claims=("001-01", "001-18", "001-02"),
    why="The generator was driven to the value that decodes to grey, and gets no gradient out of it.",
    why_here=_why_here,
    detector=_detector,
    explained_by=frozenset({"no-gradient-to-g", "too-slow"}),
    remedies=blank,
    recipe=of_failure(
        "blank-grey",
        "Sigmoid cannot reach −1: all grey",
        shared={**SHORT, "output_activation": "sigmoid"},
        broken={"data_range": "[-1,1]"},
        fixed={"data_range": "[0,1]"},
    ),
)
