"""Whether a generator of points stays at its modes: how many of its points move to others while it trains."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn

from gan_core.data.points import Points
from gan_core.engine import point_distances
from gan_core.engine.measure import sampled, untouched
from gan_core.engine.measure_points import PointProbe
from gan_core.settings.experiment import Experiment

SPAN = 50  # steps over which the modes are compared, at least
KEPT = 4  # of the latest comparisons, of which the mean is told: one that hops may rest for a while

Shares = list[float]  # of the points nearest to each mode


@dataclass
class ModeTurnover:
    """Which modes a run's points were at when they were last compared, and how many had moved then and before."""

    step: int = 0
    shares: Shares | None = None  # None before the first row
    moved: list[float] = field(default_factory=list)  # at most KEPT, from 0 to 1 (total variation), oldest first

    def follow(self, e: Experiment, step: int, shares: Shares | None) -> dict[str, float]:
        """`mode_turnover` at a row: the share of the points that moved to other modes within SPAN steps, on average
        over the KEPT latest times; missing before the first. A row off the grid of `measure_every`, where a run ended,
        compares nothing: one that goes on is as one that never stopped."""
        if shares is not None and step % e.measure_every == 0:
            if self.shares is None:
                self.step, self.shares = step, shares
            elif step - self.step >= SPAN:
                moved = sum(abs(now - then) for now, then in zip(shares, self.shares, strict=True)) / 2
                self.step, self.shares, self.moved = step, shares, [*self.moved, moved][-KEPT:]
        return {"mode_turnover": sum(self.moved) / len(self.moved)} if self.moved else {}


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
