"""untrained-grey: even grey from a generator that was never trained."""

from __future__ import annotations

from collections.abc import Iterator

from gan_core.diagnosis.conditions import GREY
from gan_core.diagnosis.detector import Detector
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import of_failure
from gan_core.diagnosis.remedies import Change
from gan_core.settings.experiment import Experiment


def _detector(_: Experiment) -> Detector:
    return Detector(GREY, hits=1, lasting=0)


def _remedies(e: Experiment) -> Iterator[Change]:
    if e.norm_g == "batch":
        yield {"sample_mode": "train"}
    yield {"norm_g": "batch"}
    yield {"init": "he_normal"}
    yield {"init": "orthogonal"}


FAILURE = Failure(
    name="untrained-grey",
    rank=120,
    place=110,
    title="Untrained and grey",
    looks="An even grey square, before any training.",
    reason="With small weights and nothing to rescale it, the signal shrinks from layer to layer, and the output is "
    "nearly 0: mid-grey. BatchNorm in train mode rescales it. In eval mode it does not yet, since its running "
    "statistics still have their first values, mean 0 and variance 1. Tanh is not the cause.",
    formula=r"\mathrm{std}(h_{l}) \approx c\,\mathrm{std}(h_{l-1}),\ c < 1 \;\Rightarrow\; \tanh(h_L) \approx 0",
    tell="`contrast` of the generator at step 0, and the signal's standard deviation after every layer.",
    reported=f"{cited('002')}, which blames tanh.",
    claims=("002-11", "002-29", "002-12"),
    why="Untrained weights are small, and nothing rescales the signal: every output is near zero.",
    runs="untrained",
    spoils=False,
    detector=_detector,
    remedies=_remedies,
    recipe=of_failure(
        "untrained-grey",
        "Untrained, in eval mode: grey",
        shared={"architecture": "document-dcgan", "steps": 0},
        broken={"sample_mode": "eval"},
        fixed={"sample_mode": "train"},
    ),
)
