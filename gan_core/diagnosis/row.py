"""A row of measurements: what detectors read, worker and saved run tell, and a chart draws."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured of a run at one step."""

    step: int
    measurements: dict[str, float]  # by name; one that has no meaning at this step is missing
