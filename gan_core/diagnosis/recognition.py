"""Whether there is anything to recognise in a run's pictures, which no detector of failures asks."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.diagnosis.measurements import percent
from gan_core.diagnosis.row import Row

# Below either of them the pictures are no digits, or garments, to the eye.
LEAST_SHARE, LEAST_CLASSES = 0.2, 4


def little(rows: Sequence[Row]) -> bool:
    """Whether hardly anything was recognised when the generated images were last classified; False where they never
    were."""
    m = _last(rows)
    if "modes_covered" not in m:
        return False
    classes = sum(name.startswith("class_share_") for name in m)
    return m["modes_covered"] < min(LEAST_CLASSES, classes) or m.get("recognised", LEAST_SHARE) < LEAST_SHARE


def words(rows: Sequence[Row]) -> str:
    """What was recognised then, as a sentence; empty where nothing was classified."""
    m = _last(rows)
    if "modes_covered" not in m:
        return ""
    classes = f"{m['modes_covered']:.0f} of the classes appear"
    share = f"{percent(m, 'recognised')} of the pictures are recognisable" if "recognised" in m else ""
    return ", ".join(filter(None, (share, classes))) + "."


def _last(rows: Sequence[Row]) -> dict[str, float]:
    return next((row.measurements for row in reversed(rows) if "modes_covered" in row.measurements), {})
