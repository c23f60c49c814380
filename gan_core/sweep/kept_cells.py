"""The cells that were trained, each under the digest of its settings in GAN_HOME: a sweep goes on where it was stopped,
and sweeps share what they have in common."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gan_core.data import SOURCES
from gan_core.data.source import Request
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import Verdict, verdict
from gan_core.files.atomic_write import told, write_whole
from gan_core.files.errors import DataError
from gan_core.saved_runs.store import Store
from gan_core.settings.experiment import Experiment
from gan_core.settings.problems import SettingsError
from gan_core.sweep.answers import TrainedCell

FOLDER = ".cells"  # in GAN_HOME, where a name with a dot is no saved run
SHIPPED = Path(__file__).parents[2] / "assets" / "sweep" / "cells.zip"  # made by tests/make_sweep.py
SUMMARIES = 5_000  # that stay in memory


class CellsFull(ValueError):
    """The cells take all the room they may; one sentence."""


@dataclass(frozen=True)
class SeenCell:
    """A cell that was trained, as a map and a command tell it."""

    experiment: Experiment
    verdict: Verdict
    measurements: dict[str, float]  # of the last row
    trouble: str
    seconds: float
    picture: Path | None  # None for one that came with this program
    shipped: bytes = field(repr=False, default=b"")  # then its picture

    @property
    def png(self) -> bytes:
        """Its last picture. Raises OSError where that was removed."""
        return self.shipped if self.picture is None else self.picture.read_bytes()


class KeptCells(Protocol):
    """Where cells are read from."""

    def read(self, e: Experiment) -> SeenCell | None:
        """The cell of these settings; None where it was not trained yet, or cannot be read."""


class CellFolder:
    """The cells in a folder, which need not be there yet. Any thread and process may use it at any time."""

    def __init__(self, home: Path, most_mb: float = math.inf) -> None:
        self.folder = home / FOLDER
        self.most_mb = most_mb

    @classmethod
    def of_this_machine(cls) -> CellFolder:
        """In the folder of the saved runs, and of as many megabytes at most. Raises StoreError."""
        store = Store.from_environment()
        return cls(store.home, store.most_mb)

    def read(self, e: Experiment) -> SeenCell | None:
        """See KeptCells."""
        try:
            path = self.folder / f"{name_of(e)}.json"
            changed = path.stat().st_mtime_ns
        except (OSError, DataError):
            return None
        return _read(path, changed)

    def has(self, e: Experiment) -> bool:
        """Whether a cell of these settings is kept. Raises DataError for one's own pictures that cannot be read."""
        return (self.folder / f"{name_of(e)}.json").exists()

    def write(self, e: Experiment, cell: TrainedCell) -> None:
        """Keep a cell. Raises NotWritten."""
        path = self.folder / f"{name_of(e)}.json"
        with told(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path.with_suffix(".png"), cell.png)
            write_whole(path, text_of(e, cell))  # last: where it is, the picture is

    def check_room(self) -> None:
        """Raises CellsFull where they take as much as saved runs may."""
        used = sum(path.stat().st_size for path in self._files()) / 1e6
        if used >= self.most_mb:
            raise CellsFull(
                f"The cells of sweeps take {used:.0f} of {self.most_mb:.0f} MB (GAN_HOME_MB): move {self.folder} away, "
                "or allow more."
            )

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_file())


class ShippedCells:
    """The cells that came with this program."""

    def read(self, e: Experiment) -> SeenCell | None:
        """See KeptCells."""
        return _shipped().get(e.digest)


def text_of(e: Experiment, cell: TrainedCell) -> str:
    """A cell as it is kept, without its picture."""
    rows = [[row.step, row.measurements] for row in cell.rows]
    told = {"experiment": e.model_dump(mode="json"), "trouble": cell.trouble, "seconds": round(cell.seconds, 3)}
    return json.dumps({**told, "rows": rows})


def name_of(e: Experiment) -> str:
    """The name of a cell: what makes it another run. Of one's own pictures, that is their files as well.
    Raises DataError where those cannot be read."""
    if not SOURCES[e.dataset].own:
        return e.digest
    stamp = SOURCES[e.dataset].stamp(Request(e.image_size, e.channels, e.folder, None, e.background))
    return f"{e.digest}-{hashlib.sha256(repr(stamp).encode()).hexdigest()[:16]}"


def seen_cell(text: str, picture: Path | None, shipped: bytes = b"") -> SeenCell:
    """What `text_of` wrote. Raises ValueError, KeyError and TypeError for anything else."""
    found: dict[str, Any] = json.loads(text)
    e = Experiment.from_json(json.dumps(found["experiment"]))
    rows = [Row(step, measurements) for step, measurements in found["rows"]]
    of = verdict(e, rows)
    return SeenCell(e, of, rows[-1].measurements, found["trouble"], found["seconds"], picture, shipped)


@functools.lru_cache(SUMMARIES)
def _read(path: Path, _: int) -> SeenCell | None:
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError, SettingsError):
        return seen_cell(path.read_text(), path.with_suffix(".png"))
    return None


@functools.cache
def _shipped() -> dict[str, SeenCell]:
    if not SHIPPED.exists():
        return {}
    with zipfile.ZipFile(SHIPPED) as archive:
        cells = [
            seen_cell(archive.read(name).decode(), None, archive.read(f"{name.removesuffix('.json')}.png"))
            for name in archive.namelist()
            if name.endswith(".json")
        ]
    return {cell.experiment.digest: cell for cell in cells}
