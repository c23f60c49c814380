"""25 modes on a square grid from -1 to 1 (Dumoulin 2017, PacGAN 2018)."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source


def load(request: Request) -> Points:
    """See the module."""
    side = np.linspace(-1, 1, 5)
    centres = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    return around(centres, request.mode_std, "25 modes on a grid")


SOURCE = Source(
    label="Grid of 25 modes",
    words="Points around 25 places of a square grid, half a unit apart.",
    load=load,
    stamp=lambda request: request.mode_std,
)
