"""One normal distribution, off the middle."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source


def load(request: Request) -> Points:
    """See the module."""
    return around(np.array([[0.5, 0.5]]), request.mode_std, "one mode")


SOURCE = Source(
    label="One Gaussian",
    words="Points around a single place.",
    load=load,
    stamp=lambda request: request.mode_std,
)
