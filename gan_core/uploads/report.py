"""What is handed back on something brought: what it seems to be, measurements, findings, and what cannot be told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from gan_core.diagnosis.findings import Finding
from gan_core.diagnosis.titles import title_of
from gan_core.pixels.layouts import Values
from gan_core.uploads.picture_measures import Pixels
from gan_core.uploads.weight_measures import TensorChange


@dataclass(frozen=True)
class Mended(Finding):
    """A finding with the code that mends it.

    `since_step` is 0 for what has no steps; `fix` is empty where training is not at fault.
    """

    code: str = field(kw_only=True)  # the few lines of Python that mend exactly this


@dataclass(frozen=True)
class Seems:
    """What a file that was brought seems to be. Fields that have no meaning for its kind are left empty."""

    kind: Literal["values", "pictures", "log", "weights"]  # arrays, picture files, a training log, checkpoints
    count: int  # of pictures, of a log's rows, or of checkpoints
    range: str = ""  # see seeming_range
    dtype: str = ""
    layout: str = ""  # NCHW and the like
    shape: str = ""  # as brought
    height: int = 0  # in pixels
    width: int = 0  # in pixels
    pillow: str = ""  # the exception that Pillow raises on saving the first as it is, "" for none
    columns: dict[str, str] | None = None  # of a log: column -> the measurement that it was read as
    others: list[str] | None = None  # of a log: the columns that were not recognised
    steps: tuple[int, int] | None = None  # of a log: the first and the last


@dataclass(frozen=True)
class NotJudged:
    """A failure that could not be told from what was brought."""

    failure: str  # by name
    needed: str  # what would be needed for it, in words

    @property
    def title(self) -> str:
        """The failure's name for people."""
        return title_of(self.failure)


@dataclass(frozen=True)
class SeenWeights:
    """One network in the checkpoints that were brought."""

    network: str  # G, D, or as a key calls it
    files: list[str]  # that hold it, the earliest first
    measurements: dict[str, float]  # see weight_measures
    changes: list[TensorChange]  # from the first file to the last; empty where there is but one

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        changes = [
            {"tensor": one.name, "shape": one.shape, "trained": one.trained, "equal": one.equal,
             "relative": one.relative}
            for one in self.changes
        ]  # fmt: skip
        return {"network": self.network, "files": self.files, "measurements": self.measurements, "changes": changes}


@dataclass(frozen=True, eq=False)
class Report:
    """What is handed back on one file that was brought."""

    name: str  # of the file
    against: str  # the real set that it was compared with
    seems: Seems
    measurements: dict[str, float]  # by name
    findings: list[Mended]
    untold: list[str]  # sentences on what cannot be told, and on what was left aside
    looked_for: list[str]  # the failures that could be told from this file, by name
    not_judged: list[NotJudged]  # those that could not
    pictures: Pixels | None  # up to 64, rightly decoded: (N, C, 28, 28), C 1 or 3; None for a log or no whole picture
    first: Values | None  # some as brought, (n, C, H, W); empty where one alone is too large to keep; None for a log
    weights: list[SeenWeights] = field(default_factory=list)  # of checkpoints

    def as_dict(self) -> dict[str, Any]:
        """For JSON: all but the pictures."""
        seems = {name: value for name, value in asdict(self.seems).items() if value is not None}
        told = {
            "name": self.name,
            "against": self.against,
            "seems": seems,
            "measurements": self.measurements,
            "findings": [finding.as_dict() for finding in self.findings],
            "untold": self.untold,
            "looked_for": self.looked_for,
            "not_judged": [asdict(one) for one in self.not_judged],
        }
        return told | ({"weights": [one.as_dict() for one in self.weights]} if self.weights else {})
