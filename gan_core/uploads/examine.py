"""From a file to a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gan_core.files import contents as files
from gan_core.files.contents import Contents
from gan_core.files.errors import DataError, shown
from gan_core.uploads.as_pictures import BroughtPictures, evenly, samples, what_pillow_says
from gan_core.uploads.faults import Fault, faults, judged, untold
from gan_core.uploads.log_columns import recognised
from gan_core.uploads.measure import FEW, measure
from gan_core.uploads.reference_set import AGAINST, COUNT, Own, Reference, Stored
from gan_core.uploads.repairs import code
from gan_core.uploads.report import Mended, Report, Seems
from gan_core.uploads.training_log import diagnose_log
from gan_core.uploads.weights import diagnose_weights

_BESIDE_LOSSES = (
    "The weights in it were left aside: bring a second checkpoint of a later step with it, and they are compared."
)
_LOSSES_BESIDE = "The losses beside the weights were left aside: bring one file with losses alone to have them judged."


def examine(
    name: str,
    content: bytes,
    against: str | Own = AGAINST[0],
    columns: Mapping[str, str] | None = None,
) -> Report:
    """The report on a file: .npy, .pt (tensors, weights or lists of numbers), pictures, a .zip or .npz of them, a log.

    `name` says by its ending what the file is; a log may have any. `against` is the real set to compare with, one of
    AGAINST or somebody's own pictures. `columns` says of a log's columns what they are, see log_columns.MEANINGS.
    Raises DataError, in one sentence, for whatever cannot be read, or only at a risk; nothing is executed or written.
    """
    reference = _reference(against)
    return _report(files.read(name, content), name, reference, columns)


def examine_several(
    several: Sequence[tuple[str, bytes]], against: str | Own = AGAINST[0], columns: Mapping[str, str] | None = None
) -> Report:
    """The same for files that belong together, each with its name: checkpoints of one network in the order of their
    steps, pictures, or the logs of one run."""
    reference = _reference(against)
    name = several[0][0] if len(several) == 1 else f"{len(several)} files"
    return _report(files.read_several(several), name, reference, columns)


def examine_path(path: Path, against: str | Own = AGAINST[0], columns: Mapping[str, str] | None = None) -> Report:
    """The same for a file, or for the pictures and arrays in a folder."""
    reference = _reference(against)
    return _report(files.read_path(path), path.name or str(path), reference, columns)


def examine_paths(
    paths: Sequence[Path], against: str | Own = AGAINST[0], columns: Mapping[str, str] | None = None
) -> Report:
    """The same for several files that belong together."""
    reference = _reference(against)
    return _report(files.read_paths(paths), f"{len(paths)} files", reference, columns)


def own_set(name: str, content: bytes) -> Own:
    """Somebody's own real pictures from a file, to compare with. Raises DataError for what holds fewer than FEW."""
    return _own(files.read(name, content), name)


def own_set_at(path: Path) -> Own:
    """The same from a folder or file."""
    return _own(files.read_path(path), path.name or str(path))


def _own(contents: Contents, name: str) -> Own:
    said = shown(Path(name).name)
    if _is_log(contents):
        raise DataError(f"{said} is a log, but real pictures to compare with are needed: name a folder of them.")
    if contents.checkpoints and not contents.arrays and not contents.pictures:
        raise DataError(f"{said} holds weights, but real pictures to compare with are needed: name a folder of them.")
    found = samples(contents, said, Stored(AGAINST[0]))
    if len(found.squares) < FEW:
        raise DataError(f"{said} holds fewer than {FEW} pictures to compare with: add more real ones.")
    return Own(said, found.squares)


def _reference(against: str | Own) -> Reference:
    if isinstance(against, Own):
        return against
    if against not in AGAINST:
        raise DataError(
            f"the real set {against!r} is not known: compare with one of {', '.join(AGAINST)}, or a folder of your own."
        )
    return Stored(against)


def _report(contents: Contents, name: str, against: Reference, columns: Mapping[str, str] | None) -> Report:
    said = shown(Path(name).name)
    if _is_log(contents):
        report = diagnose_log(contents.rows, said, against.name, columns)
        return replace(report, untold=[*report.untold, _BESIDE_LOSSES]) if contents.checkpoints else report
    if contents.checkpoints and not contents.arrays and not contents.pictures:
        report = diagnose_weights(contents.checkpoints, said, against.name)
        return replace(report, untold=[*report.untold, _LOSSES_BESIDE]) if recognised(contents.rows) else report
    of = samples(contents, said, against)
    measurements = measure(of)
    pillow = what_pillow_says(of.raw) if of.values else ""
    height, width = of.first.shape[2:]
    looked_for, not_judged = judged(of, measurements)
    return Report(
        name=said,
        against=against.name,
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


def _is_log(contents: Contents) -> bool:
    """Whether it is: also one checkpoint that keeps losses beside the weights."""
    if not contents.rows or contents.arrays or contents.pictures:
        return False
    return not contents.checkpoints or (len(contents.checkpoints) == 1 and bool(recognised(contents.rows)))


def _finding(fault: Fault, of: BroughtPictures, name: str, pillow: str) -> Mended:
    known = fault.known
    # What Pillow says differs from array to array.
    why = f"{known.why[:-1]}, it says: {pillow}" if known.failure == "pil-error" else known.why
    return Mended(known.failure, 0, fault.evidence, why, dict(known.fix), code=code(known.repair(of), of, name))
