"""The map of a sweep: a square for each combination of two settings, with what its seeds came to."""

from __future__ import annotations

import functools
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from gan_core.diagnosis.verdict import Mark, Verdict
from gan_core.outputs.colours import BROKEN, FIXED, QUIET
from gan_core.pixels.range_map import png_bytes
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS
from gan_core.settings.setting import Value
from gan_core.sweep.kept_cells import KeptCells, SeenCell
from gan_core.sweep.plan import SweepPlan

COLOURS: dict[Mark, str] = {"ill": BROKEN, "open": QUIET, "well": FIXED}
WORSE: tuple[Mark, ...] = ("ill", "open", "well")
SIDE = 84  # pixels of a small picture at most
MANY, SMALL_SIDE = 10, 56  # on a map with so many squares in a row or more


@dataclass(frozen=True)
class SeedSeen:
    """What one seed came to."""

    seed: int
    experiment: Experiment | None
    cell: SeenCell | None  # None where it was not trained yet, or cannot be
    why: str  # why it cannot be


@dataclass(frozen=True)
class Square:
    """One place of a map."""

    settings: Mapping[str, Value]
    seeds: tuple[SeedSeen, ...]
    kind: Literal["seen", "empty", "refused"]
    label: str = ""  # what most of its seeds came to
    mark: Mark = "open"
    agree: int = 0  # of the seeds that were trained, those that came to that
    trained: int = 0
    shown: SeenCell | None = None  # the first of those

    @property
    def colour(self) -> str:
        """That of its verdict."""
        return COLOURS[self.mark]

    @property
    def why(self) -> str:
        """Why it cannot be trained; empty where it can."""
        return next((seed.why for seed in self.seeds if seed.why), "")

    @property
    def experiment(self) -> Experiment | None:
        """The run that it shows, or would."""
        return self.shown.experiment if self.shown else self.seeds[0].experiment


@dataclass(frozen=True)
class SweepMap:
    """Rows of squares: the first setting that varies goes across, the second, where there is one, down."""

    plan: SweepPlan
    across: str
    down: str | None
    rows: tuple[tuple[Square, ...], ...]

    @property
    def trained(self) -> int:
        """How many cells of it are there."""
        return sum(square.trained for row in self.rows for square in row)

    @property
    def refused(self) -> int:
        """How many cannot be."""
        seeds = (seed for row in self.rows for square in row for seed in square.seeds)
        return sum(seed.cell is None and bool(seed.why) for seed in seeds)

    @property
    def lacks(self) -> bool:
        """Whether there is one left to train."""
        return self.trained + self.refused < len(self.plan.cells)


def label_of(of: Verdict) -> str:
    """A verdict in as few words as there are: its first failure by name, or the state."""
    return of.findings[0].title if of.findings else of.state.capitalize()


def sweep_map(plan: SweepPlan, kept: Sequence[KeptCells], failed: Mapping[str, str]) -> SweepMap:
    """What is there of a plan of one or two settings; each cell is read from the first place that has it. `failed`
    tells by digest why a cell could not be trained."""
    names = [*plan.vary]
    found: dict[tuple[Value, ...], list[SeedSeen]] = {}
    for cell in plan.cells:
        seen, why = None, cell.refused
        if cell.experiment is not None:
            seen = next((one for place in kept if (one := place.read(cell.experiment)) is not None), None)
            why = "" if seen else failed.get(cell.experiment.digest, "")
        place = tuple(cell.settings[name] for name in reversed(names))
        found.setdefault(place, []).append(SeedSeen(cell.seed, cell.experiment, seen, why))
    squares = {place: _square(dict(zip(names, reversed(place), strict=True)), seeds) for place, seeds in found.items()}
    across, down = names[0], names[1] if len(names) > 1 else None
    columns = plan.vary[across]
    places = [[(value,) for value in columns]]
    if down is not None:
        places = [[(below, value) for value in columns] for below in plan.vary[down]]  # type: ignore[misc]
    return SweepMap(plan, across, down, tuple(tuple(squares[place] for place in row) for row in places))


def _square(settings: Mapping[str, Value], seeds: Sequence[SeedSeen]) -> Square:
    trained = [seed.cell for seed in seeds if seed.cell is not None]
    if not trained:
        return Square(settings, tuple(seeds), "refused" if all(seed.why for seed in seeds) else "empty")
    counts = Counter(label_of(cell.verdict) for cell in trained)
    marks = {label_of(cell.verdict): cell.verdict.mark for cell in reversed(trained)}
    # Of those that are as many, the worse: a map must not look better than its runs are.
    label = min(counts, key=lambda label: (-counts[label], WORSE.index(marks[label])))
    shown = next(cell for cell in trained if label_of(cell.verdict) == label)
    return Square(settings, tuple(seeds), "seen", label, marks[label], counts[label], len(trained), shown)


def side_of(found: SweepMap) -> int:
    """How large the small pictures of a map may be, in pixels."""
    return SMALL_SIDE if max(len(found.rows), len(found.rows[0])) >= MANY else SIDE


def small_picture(cell: SeenCell, side: int) -> bytes:
    """A PNG of at most `side` pixels: whole images of the grid, or every n-th pixel of the plane. Raises OSError."""
    return _small(cell.picture, cell.experiment, side) if cell.picture else _cut(cell.png, cell.experiment, side)


@functools.lru_cache(2000)
def _small(path: Path, e: Experiment, side: int) -> bytes:
    return _cut(path.read_bytes(), e, side)


def _cut(png: bytes, e: Experiment, side: int) -> bytes:
    with Image.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture)
    if e.dataset in POINT_SETS:
        every = -(-pixels.shape[1] // side)
        return png_bytes(np.ascontiguousarray(pixels[::every, ::every]))
    count = max(1, side // e.image_size)
    return png_bytes(np.ascontiguousarray(pixels[: count * e.image_size, : count * e.image_size]))
