"""How good the points of a run are, in words: what recognition.py says of pictures."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.diagnosis.measurements import percent
from gan_core.diagnosis.row import Row
from gan_core.settings.experiment import Experiment

# The modes of each data set that has any to be counted.
MODES = {"ring": 8, "grid": 25, "gaussian": 1}
FEW = 0.65  # of them: with fewer, the generator leaves out modes for good

# From these on points look like the real ones: near a mode, among the real ones, and all over them.
GOOD = {"high_quality": 0.9, "precision": 0.75, "recall": 0.7}


def good(e: Experiment, rows: Sequence[Row]) -> bool:
    """Whether the points last measured lie where the real ones do, on all modes."""
    m = _last(rows)
    enough = all(m[name] >= least for name, least in GOOD.items() if name in m)
    return bool(m) and enough and m.get("modes_covered", 0.0) >= MODES.get(e.dataset, 0)


def words(e: Experiment, rows: Sequence[Row]) -> str:
    """What was measured then, as a sentence; empty where nothing was."""
    if not (m := _last(rows)):
        return ""
    if "modes_covered" in m:
        share = percent(m, "high_quality")
        return f"{m['modes_covered']:.0f} of {MODES[e.dataset]} modes appear, {share} of the points are near one."
    return (
        f"{percent(m, 'precision')} of the points lie among the real ones, of which they cover {percent(m, 'recall')}."
    )


def _last(rows: Sequence[Row]) -> dict[str, float]:
    return next((row.measurements for row in reversed(rows) if "precision" in row.measurements), {})
