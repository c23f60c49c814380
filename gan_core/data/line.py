"""A straight line across the plane."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source


def load(request: Request) -> Points:
    """See the module."""
    along = np.linspace(-1, 1, 2000)
    return around(np.stack([along, along], axis=1), request.mode_std, "a line", counted=False)


SOURCE = Source(
    label="Line",
    words="Points along a straight line.",
    load=load,
    stamp=lambda request: request.mode_std,
)
