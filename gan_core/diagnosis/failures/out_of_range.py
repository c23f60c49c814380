"""out-of-range: the generator gives values that no pixel can have."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from gan_core.diagnosis.detector import Condition, Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment
from gan_core.settings.output_range import REACH


def _detector(e: Experiment) -> Detector:
    unbounded = max(map(abs, REACH[e.output_activation])) == inf
    excess = 0.01 if unbounded else 0.02
    # A relu output that learns well leaves the range in 4 % of its values. Tanh against data in [0, 1] may leave it in
    # half of them, yet by so little that clipping hides it; where nothing bounds the output, single pixels go far.
    return Detector(
        (Condition("out_of_range", ">", 0.06, calm=0.045), Condition("excess", ">", excess, calm=0.75 * excess)),
        after=0 if unbounded else 150,
    )


def _remedies(e: Experiment) -> Iterator[Change]:
    if e.output_activation in ("tanh", "hardtanh") or e.data_range in ("raw", "standardised"):
        yield {"data_range": "[-1,1]"}
    yield {"output_activation": "sigmoid" if e.data_range == "[0,1]" else "tanh"}
    yield {"output_activation": "hardtanh"}


FAILURE = Failure(
    name="out-of-range",
    rank=97,
    place=10,
    title="Pixels out of range",
    looks="A grey haze with black and white specks. Saved as bytes without clipping, the specks flip to their "
    "opposite.",
    reason="A linear output can give any number. The discriminator punishes what looks wrong, not what is invalid, so "
    "training does not end it: with data in [-1,1], hardly any value is out of range at first, and a third of them "
    "later.",
    formula=r"G(z) = Wh + b \in \mathbb{R}, \qquad \text{legal: } [-1, 1]",
    tell="`out_of_range`, the share of generated values outside the data's range, and `excess`, how far outside they "
    "are.",
    reported=f"{cited('000')}; stylegan2-ada #152 (values beyond ±1, dark pictures), pytorch/examples #315.",
    claims=("000-02", "000-13", "000-19"),
    why="The generator's output can leave the range of the data, so some values are not valid pixel values.",
    spoils=False,
    detector=_detector,
    explained_by=frozenset({"discriminator-too-strong", "too-slow"}),
    remedies=_remedies,
    recipe=of_failure(
        "out-of-range",
        "Nothing bounds the output: haze",
        shared=SHORT,
        broken={"output_activation": "linear"},
        fixed={"output_activation": "tanh"},
    ),
)
