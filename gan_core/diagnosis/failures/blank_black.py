"""blank-black: every picture is black."""

from __future__ import annotations

from gan_core.diagnosis.conditions import BLACK
from gan_core.diagnosis.detector import Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import blank
from gan_core.settings.experiment import Experiment


def _detector(_: Experiment) -> Detector:
    return Detector(BLACK, after=100)


FAILURE = Failure(
    name="blank-black",
    rank=60,
    place=30,
    title="Blank: all black",
    looks="Every picture is black from the first step on.",
    reason="The data still run from 0 to 255. On that scale, an output that ends at 1 is less than half a percent "
    "above black, and no training can take it further.",
    formula=r"\tanh(a) \le 1 \ll 255",
    tell="`contrast`, the spread of levels within a picture, and `pixel_mean`, the mean level, are both near zero.",
    reported=f"{cited('001')}; pix2pix #34 (black in evaluation mode).",
    claims=("001-25", "001-13", "000-12"),
    why="Every output decodes to black: the generator cannot reach anything brighter, or no gradient leads there.",
    detector=_detector,
    explained_by=frozenset({"batchnorm-mismatch"}),
    remedies=blank,
    recipe=of_failure(
        "blank-black",
        "Unscaled data turn everything black",
        shared=SHORT,
        broken={"data_range": "raw"},
        fixed={"data_range": "[-1,1]"},
    ),
)
