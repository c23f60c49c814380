"""Whether there is anything to recognise in a run's pictures, and how far the run is on its way there."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.diagnosis.measurements import percent
from gan_core.diagnosis.row import Row

# Below either of them the pictures are no digits, or garments, to the eye; from both of the others on they are.
LEAST_SHARE, LEAST_CLASSES = 0.2, 4
GOOD_SHARE, GOOD_CLASSES = 0.6, 8


def told(rows: Sequence[Row]) -> bool:
    """Whether the pictures were ever classified: images without classes have none to be told apart."""
    return bool(_last(rows))


def little(rows: Sequence[Row]) -> bool:
    """Whether hardly anything was recognised when the generated images were last classified; False where they never
    were."""
    m = _last(rows)
    return bool(m) and (m["modes_covered"] < min(LEAST_CLASSES, _classes(m)) or m["recognised"] < LEAST_SHARE)


def good(rows: Sequence[Row]) -> bool:
    """Whether most pictures were recognised then, and of most classes; False where they never were."""
    m = _last(rows)
    return bool(m) and m["modes_covered"] >= min(GOOD_CLASSES, 0.8 * _classes(m)) and m["recognised"] >= GOOD_SHARE


def words(rows: Sequence[Row]) -> str:
    """What was recognised then, as a sentence; empty where nothing was classified."""
    if not (m := _last(rows)):
        return ""
    share = f"{percent(m, 'recognised')} of the pictures are recognisable"
    return f"{share}, {m['modes_covered']:.0f} of the {_classes(m)} classes appear."


def steps_to_good(rows: Sequence[Row]) -> int | None:
    """The step at which most pictures would be recognisable, to two digits, if their share went on growing as over the
    last half of the steps. None where it does not grow, or was never told."""
    classified = [row for row in rows if "recognised" in row.measurements]
    if not classified:
        return None
    last = classified[-1]
    before = next(row for row in reversed(classified) if row.step <= last.step / 2 or row is classified[0])
    share, steps = last.measurements["recognised"], last.step - before.step
    grown = share - before.measurements["recognised"]
    if steps <= 0 or grown < 0.02 or share >= GOOD_SHARE:
        return None
    return int(float(f"{last.step + steps * (GOOD_SHARE - share) / grown:.2g}"))


def _classes(m: dict[str, float]) -> int:
    return sum(name.startswith("class_share_") for name in m)


def _last(rows: Sequence[Row]) -> dict[str, float]:
    return next((row.measurements for row in reversed(rows) if "recognised" in row.measurements), {})
