"""A single number, 0: the data of the Dirac-GAN (Mescheder 2018, section 3)."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points
from gan_core.data.source import Request, Source

COUNT = 16  # copies of the number


def load(_: Request) -> Points:
    """See the module."""
    nothing = np.zeros((0, 2), np.float32)
    return Points(np.zeros((COUNT, 1), np.float32), nothing, 0.0, "the number 0")


SOURCE = Source(
    label="Dirac",
    words="One number against one number: the smallest GAN there is.",
    load=load,
    stamp=lambda _: "",
)
