"""What is handed back on something brought: what it seems to be, measurements, findings, and what cannot be told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from gan_core.diagnosis.findings import Finding
from gan_core.pixels.layouts import Values
from gan_core.uploads.picture_measures import Pixels


@dataclass(frozen=True)
class Mended(Finding):
    """A finding with `code`: the few lines of Python that mend exactly this.

    `since_step` is 0 for what has no steps; `fix` the setting to change, empty where training is not at fault.
    """

    code: str


@dataclass(frozen=True)
class Seems:
    """What was brought seems to be.

    Pictures (`kind` "values" for arrays, "pictures" for files): `range` ("[-1,1]", "[0,1]", "0..255",
    "standardised", "other"), `dtype`, `layout` (NCHW and the like), `shape` as it is, `count` of pictures, `height`
    and `width` in pixels, and `pillow`: the exception that Pillow raises on saving the first as it is, "" for none.
    A training log (`kind` "log"): `count` of rows, `columns`: which column was read as which measurement, and
    `steps`: the first and last; the other fields are empty.
    """

    kind: Literal["values", "pictures", "log"]
    count: int
    range: str = ""
    dtype: str = ""
    layout: str = ""
    shape: str = ""
    height: int = 0
    width: int = 0
    pillow: str = ""
    columns: dict[str, str] | None = None
    steps: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Report:
    """`name` of what was brought, `against` which real set it was compared; `untold` are sentences on what cannot be
    told, and on what was left aside; `pictures` up to 64 of them rightly decoded, uint8 (N, C, 28, 28), C being 1 or
    3, or None for a log and where no picture is whole; `first` some of them as they came, (n, C, H, W) of any type,
    empty where one alone is too large to keep, None for a log."""

    name: str
    against: str
    seems: Seems
    measurements: dict[str, float]
    findings: list[Mended]
    untold: list[str]
    pictures: Pixels | None
    first: Values | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: all but the pictures."""
        seems = {name: value for name, value in asdict(self.seems).items() if value is not None}
        return {
            "name": self.name,
            "against": self.against,
            "seems": seems,
            "measurements": self.measurements,
            "findings": [finding.as_dict() for finding in self.findings],
            "untold": self.untold,
        }
