"""From a file to a report."""

from __future__ import annotations

from pathlib import Path

from gan_core.files import contents as files
from gan_core.files.contents import Contents
from gan_core.files.errors import DataError, shown
from gan_core.uploads.as_pictures import BroughtPictures, evenly, samples, what_pillow_says
from gan_core.uploads.faults import Fault, faults, untold
from gan_core.uploads.measure import measure
from gan_core.uploads.reference_set import AGAINST, COUNT
from gan_core.uploads.repairs import code
from gan_core.uploads.report import Mended, Report, Seems
from gan_core.uploads.training_log import diagnose_log


def examine(name: str, content: bytes, against: str = AGAINST[0]) -> Report:
    """The report on a file: .npy, .pt (tensors only), pictures, a .zip or .npz of them, a .csv or .jsonl log.

    `name` says by its ending what the file is; `against` is the real set to compare with, one of AGAINST. Raises
    DataError, in one sentence, for whatever cannot be read, or only at a risk; nothing is executed or written.
    """
    _check(against)
    return _report(files.read(name, content), name, against)


def examine_path(path: Path, against: str = AGAINST[0]) -> Report:
    """The same for a file, or for the pictures and arrays in a folder."""
    _check(against)
    return _report(files.read_path(path), path.name or str(path), against)


def _check(against: str) -> None:
    if against not in AGAINST:
        raise DataError(f"the real set {against!r} is not known: compare with one of {', '.join(AGAINST)}.")


def _report(contents: Contents, name: str, against: str) -> Report:
    said = shown(Path(name).name)
    if contents.rows:
        return diagnose_log(contents.rows, said, against)
    of = samples(contents, said, against)
    measurements = measure(of)
    pillow = what_pillow_says(of.raw) if of.values else ""
    height, width = of.first.shape[2:]
    looked_for, not_judged = [], []
    return Report(
        name=said,
        against=against,
        seems=Seems(
            kind="values" if of.values else "pictures",
            count=of.count,
            range=of.range,
            dtype=of.dtype,
            layout=of.layout,
            shape=of.shape,
            height=height,
            width=width,
            pillow=pillow,
        ),
        measurements=measurements,
        findings=[_finding(fault, of, name, pillow) for fault in faults(of, measurements, pillow)],
        untold=[*of.told, *untold(of, measurements)],
        looked_for=looked_for,
        not_judged=not_judged,
        pictures=of.squares[evenly(len(of.squares), COUNT)].astype("uint8") if len(of.squares) else None,
        first=of.first,
    )


def _finding(fault: Fault, of: BroughtPictures, name: str, pillow: str) -> Mended:
    known = fault.known
    # What Pillow says differs from array to array.
    why = f"{known.why[:-1]}, it says: {pillow}" if known.failure == "pil-error" else known.why
    return Mended(known.failure, 0, fault.evidence, why, dict(known.fix), code=code(known.repair(of), of, name))
