"""What a run leaves for other programs and for people: one function for each kind of file, all from plain values.

A live run's snapshot and a folder give the same `Record`, so both come through the same code. Nothing here imports
torch: weights are copied from the checkpoint, and the script is text.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save as to_bytes

from gan_core import data
from gan_core.data.images import Progress
from gan_core.diagnosis.row import Row
from gan_core.diagnosis.verdict import Verdict, verdict
from gan_core.files.atomic_write import NotWritten, write_new
from gan_core.messages.frame import Frame
from gan_core.outputs.contact_sheet import contact_sheet
from gan_core.outputs.gif import saved_animation
from gan_core.outputs.html_report import html_report
from gan_core.outputs.script import IMAGES, NAME, POINTS, script_of
from gan_core.outputs.tensorboard_events import event_file
from gan_core.saved_runs.checkpoint_header import read_state, refusing_damage
from gan_core.saved_runs.run_folder import CHECKPOINT, OPENING, Heading, SavedRun, read_run
from gan_core.saved_runs.store import Store, StoreError
from gan_core.saved_runs.watched_runs import is_watched
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a formula begins, in one spreadsheet or another
MOST_NAME = 100  # bytes of a file's name before its ending


class ExportError(ValueError):
    """This cannot be exported of this run; one sentence with the remedy."""


DIAGNOSE = "see what it shows with python -m gan_core diagnose"


@dataclass(frozen=True)
class Record:
    """A run as plain values, its history oldest first."""

    name: str
    experiment: Experiment
    step: int
    rows: Sequence[Row]  # the verdict is about the last
    frames: Sequence[Frame]
    real_png: bytes | None  # the grid of real images, None where it was not kept
    checkpoint: Path | None  # a file that may not exist
    changes: Sequence[Change] = ()  # of live settings while it trained

    @property
    def verdict(self) -> Verdict:
        """What the diagnosis says at the last row."""
        return verdict(self.experiment, self.rows, self.changes)


@dataclass(frozen=True)
class Kind:
    """One kind of file."""

    label: str  # on a button
    words: str  # what it is good for
    ending: str  # of its name
    mime: str  # its media type
    make: Callable[[Record], bytes]  # raises ExportError, CheckpointError or DataError


def read_record(run: str) -> Record:
    """The record of a run: a folder, or the name or id of a saved run. Raises ExportError and SavedRunError."""
    folder = Path(run) if Path(run).is_dir() else _saved(run)
    if is_watched(folder):
        raise ExportError(f"{run!r} is a watched loop, and only runs of this program are exported: {DIAGNOSE} {run}.")
    return record_of(read_run(folder))


def record_of(run: SavedRun) -> Record:
    """The record of a saved run, up to its last row."""
    step = max([run.step, *(row.step for row in run.rows[-1:]), *(frame.step for frame in run.frames[-1:])])
    real = run.opening.real_png if run.opening else None
    return Record(run.name, run.experiment, step, run.rows, run.frames, real, run.checkpoint, run.changes)


def _saved(run: str) -> Path:
    store = Store.from_environment()
    try:
        return store.folder(run)
    except StoreError:
        pass
    named = [found for found in store.headings() if isinstance(found, Heading) and found.name == run]
    if len(named) == 1:
        return store.folder(named[0].run_id)
    if named:
        ids = ", ".join(heading.run_id for heading in named)
        raise ExportError(f"{len(named)} saved runs have the name {run!r}: give the id of one, {ids}.")
    if watched := [loop for loop in store.watched() if loop.name == run]:
        return watched[0].folder
    raise ExportError(f"{run!r} is neither a folder nor a saved run: give a folder that train --out wrote, or a name.")


def measurements_csv(record: Record) -> bytes:
    """A line for each row, `step` first; what was not measured is empty. A last column tells what was changed since
    the row before, in a run whose settings were changed while it trained.

    A name that a spreadsheet would take for a formula stands behind an apostrophe.
    """
    names = list(dict.fromkeys(name for row in record.rows for name in row.measurements))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    more = ["changed"] if record.changes else []
    table.writerow(["step", *(f"'{name}" if name.startswith(FORMULA) else name for name in names), *more])
    before = -1
    for row in record.rows:
        since = [f"{c.field}={c.after} after step {c.step}" for c in record.changes if before <= c.step < row.step]
        values = [row.measurements.get(name, "") for name in names]
        table.writerow([row.step, *values, *("; ".join(since) for _ in more)])
        before = row.step
    return text.getvalue().encode(errors="replace")


def measurements_json(record: Record) -> bytes:
    """Settings, rows and findings; a number that is none is left out, since JSON has no name for it."""
    told = {
        "experiment": record.experiment.model_dump(mode="json"),
        "measurements": [
            {"step": row.step, **{name: value for name, value in row.measurements.items() if math.isfinite(value)}}
            for row in record.rows
        ],
        "changes": [asdict(change) for change in record.changes],
        **record.verdict.as_dict(),
    }
    return json.dumps(told, indent=1, allow_nan=False).encode()


def animation(record: Record) -> bytes:
    """The kept pictures as an endless GIF."""
    return saved_animation(_frames(record), record.experiment, datetime.now(UTC)).picture


def sheet(record: Record) -> bytes:
    """The kept pictures side by side, as one PNG."""
    return contact_sheet(_frames(record))


def report(record: Record) -> bytes:
    """Everything on one page, as HTML that needs nothing else."""
    return html_report(
        record.name,
        record.experiment,
        record.step,
        record.rows,
        record.frames,
        record.verdict,
        record.real_png,
        record.changes,
    ).encode(errors="replace")


def weights(record: Record) -> bytes:
    """The networks of the last checkpoint as safetensors: `generator.*`, `discriminator.*` and, where a running average
    draws the pictures, `average.*`; step and settings are in the metadata."""
    path = record.checkpoint
    if path is None or not path.exists():
        raise ExportError("This run has no checkpoint yet, so no weights: let it train for a few seconds.")
    state, experiment = read_state(path)
    with refusing_damage(path), safe_open(path, "np") as file:
        found = {
            name.replace("average.module.", "average."): file.get_tensor(name)
            for name in file.keys()  # noqa: SIM118 - safetensors' own, no dictionary
            if name.startswith(("generator.", "discriminator.", "average.module."))
        }
    return to_bytes(found, {"step": str(state["step"]), "experiment": experiment.json_text()})


def events(record: Record) -> bytes:
    """Rows and pictures as an event file of TensorBoard. Raises ExportError where that is not installed."""
    try:
        return event_file(record.rows, record.frames)
    except ModuleNotFoundError:
        raise ExportError("TensorBoard is not installed here: pip install tensorboard, then export again.") from None


def script_files(e: Experiment, progress: Progress | None = None) -> dict[str, bytes]:
    """The plain PyTorch script, the real images it reads (uint8, (N, H, W, C)) or points (float32, (N, 2)), and the
    settings, by name. Raises DataError."""
    real = data.load_for(e, progress)
    if isinstance(real, data.Points):
        name, values = POINTS, np.asarray(real.values)
    else:
        name, values = IMAGES, np.ascontiguousarray(real.pixels.transpose(0, 2, 3, 1))
    file = io.BytesIO()
    np.save(file, values)
    return {NAME: script_of(e).encode(), name: file.getvalue(), "experiment.json": e.json_text().encode()}


def script_zip(record: Record) -> bytes:
    """The same as a zip file that unpacks into one folder, named after the run."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in script_files(record.experiment).items():
            archive.writestr(f"{plain_name(record)}/{name}", content)
    return file.getvalue()


def _frames(record: Record) -> Sequence[Frame]:
    if not record.frames:
        raise ExportError("This run has kept no picture yet: let it take its first step.")
    return record.frames


BINARY = "application/octet-stream"
KINDS: dict[str, Kind] = {
    "script": Kind(
        "PyTorch script", "This experiment without the playground: one readable file, and its data.",
        ".zip", "application/zip", script_zip,
    ),
    "html": Kind(
        "Report", "Charts, pictures, settings and findings on one page that opens offline.",
        ".html", "text/html", report,
    ),
    "csv": Kind("CSV", "The measurements as a table.", ".csv", "text/csv", measurements_csv),
    "json": Kind("JSON", "Measurements, settings and findings.", ".json", "application/json", measurements_json),
    "gif": Kind("GIF", "The saved pictures, one after another.", ".gif", "image/gif", animation),
    "sheet": Kind("Contact sheet", "The saved pictures, side by side.", ".png", "image/png", sheet),
    "weights": Kind(
        "Weights", "Both networks at the last checkpoint, as safetensors.", ".safetensors", BINARY, weights,
    ),
    "tensorboard": Kind("TensorBoard", "Measurements and pictures as an event file.", ".tfevents", BINARY, events),
}  # fmt: skip


def write(record: Record, kind: str, path: Path | None = None, force: bool = False) -> list[Path]:
    """Write one kind of file of a run to `path`, or into it where that is a folder; by default into the present one,
    under the run's name. A script has images and settings beside it: without a name that ends with .py, all three go
    into a folder of their own, `path` or one with the run's name.

    Returns what was written, all of it or nothing. Raises NotWritten, also where a file of another content is there
    and `force` is not set, and what `make` does.
    """
    if kind == "script":
        script = path if path and path.suffix == ".py" and not path.is_dir() else _own_folder(record, path) / NAME
        (_, content), *others = script_files(record.experiment).items()
        files = {script: content, **{script.with_name(name): content for name, content in others}}
    else:
        path = path or Path()
        files = {path / file_name(record, kind) if path.is_dir() else path: KINDS[kind].make(record)}
    write_new(files, force)
    return list(files)


def _own_folder(record: Record, path: Path | None) -> Path:
    """Where a script's files go; never into the folder of a run."""
    folder = path or Path(plain_name(record))
    if (folder / OPENING).exists() or (folder / CHECKPOINT).exists():
        raise NotWritten(f"{folder} is the folder of a run: choose another for the script with --out.")
    return folder


def file_name(record: Record, kind: str) -> str:
    """A name for the file: the run's own, and the ending of the kind."""
    return plain_name(record) + KINDS[kind].ending


def plain_name(record: Record) -> str:
    """The run's name as far as file systems take it."""
    plain = re.sub(r"[^\w-]+", "-", record.name).strip("-").encode()[:MOST_NAME].decode(errors="ignore")
    return plain or record.experiment.digest
