"""Two half circles that reach into each other."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source


def load(request: Request) -> Points:
    """See the module."""
    angles = np.linspace(0, np.pi, 1000)
    upper = np.stack([np.cos(angles) - 0.5, np.sin(angles) - 0.25], axis=1)
    return around(0.8 * np.concatenate([upper, -upper]), request.mode_std, "two half circles", counted=False)


SOURCE = Source(
    label="Two moons",
    words="Points along two interlocking half circles.",
    load=load,
    stamp=lambda request: request.mode_std,
)
