"""blank-white: every picture is white."""

from __future__ import annotations

from gan_core.diagnosis.conditions import WHITE
from gan_core.diagnosis.detector import Detector
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import blank
from gan_core.settings.experiment import Experiment


def _detector(_: Experiment) -> Detector:
    return Detector(WHITE, after=100)


FAILURE = Failure(
    name="blank-white",
    rank=70,
    place=40,
    title="Blank: all white",
    looks="Every picture is white, and stays white.",
    reason="One overlong step pushed every unit of the generator past the end of the output activation. There the "
    "activation is flat: the gradient is zero, and no later step can bring the generator back.",
    formula=r"\frac{d}{da}\,\mathrm{hardtanh}(a) = 0 \quad \text{for } a > 1",
    tell="`contrast`, the spread of levels within a picture, is near zero; `pixel_mean`, the mean level, is near 1.",
    reported="ganomaly #94 (white pictures).",
    claims=("001-25", "001-01"),
    why="The generator overshot to the upper end of its output activation, where there is no gradient.",
    detector=_detector,
    explained_by=frozenset({"too-slow"}),
    remedies=blank,
    # The generator starts at 0, darker than the digits' mean; after two updates D knows that brighter is more real, and
    # one step of 0.3 sends every pixel beyond 1, where hardtanh is flat.
    recipe=of_failure(
        "blank-white",
        "One step too far: stuck on white",
        shared={
            "architecture": "dcgan",
            "width": 0.5,
            "norm_g": "none",
            "init": "dcgan",
            "hidden_activation": "relu",
            "output_activation": "hardtanh",
            "data_range": "[0,1]",
            "n_dis": 2,
            "batch_size": 32,
            "steps": 400,
        },
        broken={"lr_g": 0.3},
        fixed={"lr_g": 2e-3},
        not_there={"fashion-mnist": "partly: white as here, but the fixed side leaves the range (hardtanh, [0,1])"},
    ),
)
