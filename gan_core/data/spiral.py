"""A spiral of a turn and a half."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source


def load(request: Request) -> Points:
    """See the module."""
    # The radius grows with the root, so that the points are about as dense everywhere.
    radius = np.sqrt(np.linspace(0.02, 1, 2000)) * 1.2
    angle = 3 * np.pi * radius / 1.2
    centres = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return around(centres, request.mode_std, "a spiral", counted=False)


SOURCE = Source(
    label="Spiral",
    words="Points along a spiral of a turn and a half.",
    load=load,
    stamp=lambda request: request.mode_std,
)
