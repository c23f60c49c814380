"""Whether a generator of points stays at its modes: how many of its points are at others than some steps before."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from gan_core.data.points import Points
from gan_core.engine import point_distances
from gan_core.engine.measure import sampled, untouched
from gan_core.engine.measure_points import PointProbe
from gan_core.settings.experiment import Experiment

SPAN = 50  # steps over which the modes are compared, at least

Shares = list[float]  # of the points nearest to each mode


class ModeTurnover:
    """The shares of a run's modes at its latest rows, as far back as they are compared. The rows off the grid of
    `measure_every`, where a run ended once, are left out: a run that goes on is as one that never stopped."""

    def __init__(self, past: Sequence[tuple[int, Shares]] = ()) -> None:
        self.past = list(past)  # by step, oldest first

    def follow(self, e: Experiment, step: int, shares: Shares | None) -> dict[str, float]:
        """`mode_turnover` at a row: the share of the points that are at other modes than SPAN or more steps before,
        from 0 to 1 (total variation); missing where there is nothing to compare."""
        if shares is None:
            return {}
        while len(self.past) > 1 and step - self.past[1][0] >= SPAN:
            del self.past[0]
        before = self.past[0] if self.past else None
        if step % e.measure_every == 0:
            self.past.append((step, shares))
        if before is None or step - before[0] < SPAN:
            return {}
        return {"mode_turnover": sum(abs(now - then) for now, then in zip(shares, before[1], strict=True)) / 2}


@torch.no_grad()
def shares_of_modes(e: Experiment, generator: nn.Module, probe: object, data: object) -> Shares | None:
    """Which share of the probe's points lies nearest to each mode; None of data without several modes, and of points
    that are not finite."""
    if not (isinstance(probe, PointProbe) and isinstance(data, Points)) or len(data.centres) < 2:
        return None
    with untouched(generator):
        made = sampled(generator, probe.z, e.sample_mode).cpu()
    if not torch.isfinite(made).all():
        return None
    return point_distances.modes(made, torch.tensor(data.centres), data.mode_std).shares
