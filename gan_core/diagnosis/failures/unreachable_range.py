"""unreachable-range: the output activation cannot give all values of the data; known before the first step."""

from __future__ import annotations

from gan_core.diagnosis.detector import Condition, Detector, Evidence
from gan_core.diagnosis.documents import cited
from gan_core.diagnosis.failure import Failure
from gan_core.diagnosis.recipe import SHORT, of_failure
from gan_core.diagnosis.remedies import reaching
from gan_core.settings.experiment import Experiment
from gan_core.settings.output_range import REACH, SPAN


def _of_settings(e: Experiment) -> list[Evidence]:
    if e.data_range not in SPAN:
        return []
    (low, high), (data_low, data_high) = REACH[e.output_activation], SPAN[e.data_range]
    evidence = []
    if low > data_low:
        evidence.append(Evidence("reach_low", low, data_low, ">"))
    if high < data_high:
        evidence.append(Evidence("reach_high", high, data_high, "<"))
    return evidence


def _detector(e: Experiment) -> Detector | None:
    if e.data_range in SPAN:
        return None
    # The range of standardised data is known once they are loaded; a hundredth of their pixels out of reach is a fault.
    return Detector((Condition("unreachable", ">", 0.01),), hits=1, lasting=0)


FAILURE = Failure(
    name="unreachable-range",
    rank=10,
    place=140,
    title="A range that cannot be reached",
    looks="Dim or flat pictures that no training fixes.",
    reason="The output activation ends before the data do: the brightest or darkest real pixels cannot be made. Two "
    "settings conflict, which is known before the first step.",
    formula=r"\text{range}(\text{activation}) \not\supseteq [\min x, \max x]",
    tell="Compare the activation's range with that of the data. No training is needed.",
    reported=f"{cited('000')} and {cited('001')}; data normalised with ImageNet's mean and standard deviation in front "
    "of a tanh.",
    claims=("001-18", "001-20", "001-09"),
    why="The output activation cannot produce all the values that the data's pixels have.",
    runs="all",
    of_settings=_of_settings,
    spoils=False,
    detector=_detector,
    remedies=reaching,
    recipe=of_failure(
        "unreachable-range",
        "Tanh cannot reach the bright pixels",
        shared=SHORT,
        broken={"data_range": "standardised"},
        fixed={"data_range": "[-1,1]"},
    ),
)
