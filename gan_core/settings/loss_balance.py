"""Where each loss stands when the discriminator cannot tell real from generated: (loss_d, loss_g)."""

from __future__ import annotations

from math import log

BALANCE: dict[str, tuple[float, float]] = {
    "non_saturating": (2 * log(2), log(2)),
    "minimax": (2 * log(2), -log(2)),
    "wasserstein": (0.0, 0.0),
    "hinge": (2.0, 0.0),
    "least_squares": (0.25, 0.125),
}
