"""Changes that mend more than one failure, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gan_core.settings.compatibility import usual
from gan_core.settings.experiment import Experiment

Change = dict[str, Any]

# A rate that is suspected first: of Adam's usual ones none is as high.
SUSPECT = 1e-2


def usual_lr(e: Experiment) -> float:
    """The rate that both networks of this architecture train well at."""
    rate: float = usual({"architecture": e.architecture})["lr_g"]
    return rate


def reaching(e: Experiment) -> Iterator[Change]:
    """An output that reaches the whole range of the data."""
    if e.data_range == "[-1,1]":
        yield {"output_activation": "tanh"}
    yield {"data_range": "[0,1]" if e.output_activation in ("sigmoid", "relu") else "[-1,1]"}


def shorter_steps(e: Experiment) -> Iterator[Change]:
    """Lower learning rates, where they are suspiciously high."""
    if e.lr_d >= SUSPECT and e.lr_d >= e.lr_g:
        yield {"lr_d": SUSPECT if e.optimiser == "sgd" else usual_lr(e)}
    if e.lr_g >= SUSPECT:
        yield {"lr_g": SUSPECT if e.optimiser == "sgd" else usual_lr(e)}


def blank(e: Experiment) -> Iterator[Change]:
    """For pictures of a single grey level."""
    if e.data_range in ("raw", "standardised") or (
        e.data_range == "[-1,1]" and e.output_activation in ("sigmoid", "relu")
    ):
        yield from reaching(e)
    if e.init == "zeros" or (e.init == "normal" and not 0.005 < e.init_std < 0.5):
        yield {"init": "pytorch"}
    yield from shorter_steps(e)
    if e.lr_g < usual_lr(e) / 10:
        yield {"lr_g": usual_lr(e)}
    yield {"norm_g": "batch"}
    yield {"output_activation": "sigmoid" if e.data_range == "[0,1]" else "tanh"}
    yield {"lr_g": usual_lr(e)}
    yield {"lr_g": usual_lr(e) / 5}
