"""Eight modes on a circle of radius 1 (Metz 2017, PacGAN 2018)."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source


def load(request: Request) -> Points:
    """See the module."""
    angles = np.arange(8) * np.pi / 4
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return around(centres, request.mode_std, "8 modes on a circle")


SOURCE = Source(
    label="Ring of 8 modes",
    words="Points around eight places on a circle of radius 1.",
    load=load,
    stamp=lambda request: request.mode_std,
)
