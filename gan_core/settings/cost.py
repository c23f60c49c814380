"""How much a run takes, as multiples of the usual one with its architecture: rough, from the settings alone."""

from __future__ import annotations

from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS

# Of one visitor's run on a server that others use. Measured with the largest network (dcgan, gradient penalty): below
# 1.3 GB in all, and below ten seconds of one core for a step.
MOST_MEMORY = 16.0
MOST_WORK = 64.0


def memory(e: Experiment) -> float:
    """What the values between the layers take, beside the usual: they grow with pixels, units and pictures."""
    return _of_usual(e, "batch_size") * _of_usual(e, "image_size") ** 2 * _of_usual(e, "width")


def work(e: Experiment) -> float:
    """What a step computes, beside the usual: units times units at every pixel, for each update of either network."""
    return memory(e) * _of_usual(e, "width") * (e.n_dis + e.n_gen) / 2


def too_much(e: Experiment, processors: int) -> str:
    """Why a run is too large to be one of many on a machine with so many processors, in a sentence that names what to
    change; empty where it is not."""
    if e.threads > processors:
        return f"Threads: {e.threads} is more than this server's {processors} processors: choose at most {processors}."
    if memory(e) > MOST_MEMORY:
        return (
            f"This run would take about {memory(e):.0f} times the usual memory, and others use this server: choose "
            "another Image size, Width or Batch size."
        )
    if work(e) > MOST_WORK:
        return (
            f"A step of this run would take about {work(e):.0f} times the usual one, and others use this server: "
            "choose another Width, D updates per step or G updates per step."
        )
    return ""


def _of_usual(e: Experiment, name: str) -> float:
    usual = SETTINGS[name].default
    assert isinstance(usual, int | float)
    return float(getattr(e, name)) / usual
