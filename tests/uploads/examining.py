"""Real pictures to be brought, as they are or spoilt, and what the report says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from bringing import npy
from numpy.typing import NDArray

from gan_core.uploads import Report, examine


@dataclass(frozen=True, eq=False)
class Set:
    """Real pictures: `bytes` (N, C, H, W), `floats` the same in [-1, 1], `last` in [-1, 1] as (N, H, W[, 3])."""

    name: str
    bytes: NDArray[np.uint8]

    @property
    def floats(self) -> NDArray[np.float32]:
        return (self.bytes / np.float32(127.5) - np.float32(1)).astype(np.float32)

    @property
    def last(self) -> NDArray[np.float32]:
        x = self.floats.transpose(0, 2, 3, 1)
        return x[..., 0] if x.shape[3] == 1 else x


def failures(report: Report) -> list[str]:
    return [finding.failure for finding in report.findings]


def looked(x: NDArray[Any], against: str, name: str = "x.npy") -> Report:
    return examine(name, npy(x), against)


def executed(code: str, names: dict[str, Any]) -> dict[str, Any]:
    exec(code, names)
    return names
