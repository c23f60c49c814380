"""Random numbers: a source for each purpose of a run, so that drawing more of one leaves all others as they are."""

from __future__ import annotations

import numpy as np
import torch

CPU = torch.device("cpu")

# The purposes. That of initial weights is split further, by network and layer: see initialise.py.
INITIAL, ORDER, NOISE, CHANCE, PICTURES, CLASSES, DISTANCE, AUGMENT, WAVES = range(9)


def source(seed: int, *purpose: int, device: torch.device = CPU) -> torch.Generator:
    """The source of a purpose, the same each time it is asked for.

    Seeds are spread by numpy's SeedSequence: neighbouring seeds and purposes have nothing in common.
    """
    words = np.random.SeedSequence([seed, *purpose]).generate_state(1, np.uint64)
    return torch.Generator(device).manual_seed(int(words[0] >> np.uint64(1)))
