"""The columns of a log as series of numbers, and whether two of them go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]


@dataclass(frozen=True)
class LogSeries:
    """The columns of a log, NaN where a row has no number."""

    columns: dict[str, Series]
    count: int

    def __getitem__(self, name: str) -> Series:
        return self.columns.get(name, np.full(self.count, np.nan))

    def late(self, name: str, share: float = 0.5) -> Series:
        """The finite values of a column's last part."""
        found = self[name][int(self.count * (1 - share)) :]
        return found[np.isfinite(found)]

    def middle(self, name: str, share: float = 0.5) -> float:
        """The median of a column's last part; NaN where there is too little."""
        found = self.late(name, share)
        return float(np.median(found)) if found.size >= 3 else float("nan")


def ranks_agree(x: Series | NDArray[np.int64], y: Series) -> float:
    """Spearman's rank correlation; equal values share their mean rank."""
    a, b = _ranks(np.asarray(x, np.float64)), _ranks(y)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: Series) -> Series:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse], np.float64)
