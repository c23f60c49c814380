"""Which values an output activation can give, and which the data have."""

from __future__ import annotations

from math import inf

# The values that each output activation can give.
REACH: dict[str, tuple[float, float]] = {
    "tanh": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "relu": (0.0, inf),
    "linear": (-inf, inf),
}
# The least and greatest value of each data range; that of 'standardised' depends on the images.
SPAN: dict[str, tuple[float, float]] = {"[-1,1]": (-1.0, 1.0), "[0,1]": (0.0, 1.0), "raw": (0.0, 255.0)}
