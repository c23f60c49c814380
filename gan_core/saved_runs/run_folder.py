"""A run as a folder: what is in it, how it is read, and how it is written so that it can be read at any instant.

- `experiment.json`: the settings as they are now
- `measurements.jsonl`: a row of measurements at each fixed step, with its `step`
- `frames.jsonl` and `frames/step-000123.png`: what the page showed, with step, measurements and histogram
- `opening.json` and `real.png`: the real images, and the axis of the histograms
- `checkpoint.safetensors`: where the run goes on from; it says its own step and settings, and those count
- `run.json`: name, time of the start, and owner of a run that a page saved

`python -m gan_core train --out` writes the same, without `run.json`, and pictures with their origin in `samples/`.

Rows and frames are written before the checkpoint that they lead to. So there may be later ones than the checkpoint,
all of the same run, but never a gap before it.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import StringConstraints, TypeAdapter

from gan_core.diagnosis.row import Row
from gan_core.files.atomic_write import NotWritten, told, write_whole, writing_whole
from gan_core.files.ordinary import check_ordinary, read_ordinary, there
from gan_core.messages.frame import Frame, Opening
from gan_core.saved_runs.checkpoint_header import changes_of, read_state
from gan_core.saved_runs.label import LABEL, read_label
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment

EXPERIMENT, ROWS, FRAMES, OPENING = "experiment.json", "measurements.jsonl", "frames.jsonl", "opening.json"
REAL, CHECKPOINT = "real.png", "checkpoint.safetensors"

PICTURE_NAME = r"step-\d{6,}\.png"  # of a frame

MOST_TEXT = 64 * 2**20  # bytes of a text file here; a run of 5000 rows has a tenth of that
MOST_PICTURE = 16 * 2**20


class SavedRunError(ValueError):
    """The folder is no saved run, or is damaged; one sentence that names the file."""


@dataclass(frozen=True)
class Heading:
    """What a list shows of a saved run without reading its history."""

    folder: Path
    name: str  # as people see it; may be changed
    experiment: Experiment  # the settings at `step`
    step: int  # where it goes on from, 0 where there is no checkpoint yet
    created: datetime
    saved: datetime  # when it was last written
    checkpoint: Path | None  # None where there is none yet
    changes: tuple[Change, ...]  # of live settings while it trained, until `step`
    owner: str  # whose it is; empty where nobody was told apart

    @property
    def run_id(self) -> str:
        """The name of the folder: stays when the run is renamed."""
        return self.folder.name


@dataclass(frozen=True)
class SavedRun(Heading):
    """A saved run with its history, oldest first.

    Rows and frames may be later than `step` where the run was cut off after its last checkpoint, or became non-finite.
    `until` leaves them out.
    """

    rows: tuple[Row, ...]
    frames: tuple[Frame, ...]
    opening: Opening | None  # None where the run has not begun

    def until(self, step: int) -> History:
        """The history up to and with a step."""
        return History(
            tuple(row for row in self.rows if row.step <= step),
            tuple(frame for frame in self.frames if frame.step <= step),
            self.opening,
            tuple(change for change in self.changes if change.step <= step),
        )


@dataclass(frozen=True)
class History:
    """What a run has shown so far, oldest first."""

    rows: tuple[Row, ...]
    frames: tuple[Frame, ...]
    opening: Opening | None  # None where the run has not begun
    changes: tuple[Change, ...] = ()  # of live settings; what is written keeps them in its checkpoint


# ------------------------------------------------------------------------------------------ reading


def read_heading(folder: Path) -> Heading:
    """The heading of the run in a folder. Raises SavedRunError."""
    path = folder / CHECKPOINT
    with in_one_sentence(folder):
        written = folder / EXPERIMENT
        if there(path):
            check_ordinary(path)
            state, experiment = read_state(path)
            step, written, changes = state["step"], path, changes_of(state)
        elif there(folder / LABEL) and not (there(written) or there(folder / ROWS)):
            raise ValueError("its server ended before it was saved; it is empty and can be deleted")
        else:
            step, experiment, changes = 0, Experiment.from_json(_text(written)), ()
        saved = datetime.fromtimestamp(written.stat().st_mtime, UTC)
        name, created, owner = read_label(folder)
        checkpoint = path if written is path else None
    return Heading(folder, name, experiment, step, created or saved, saved, checkpoint, changes, owner)


def read_run(folder: Path) -> SavedRun:
    """The run in a folder, with its history. Raises SavedRunError."""
    heading = read_heading(folder)
    with in_one_sentence(folder):
        return SavedRun(
            **vars(heading), rows=read_rows(folder), frames=read_frames(folder), opening=read_opening(folder)
        )


def read_rows(folder: Path) -> tuple[Row, ...]:
    """The rows of measurements, oldest first. Raises SavedRunError."""
    with in_one_sentence(folder):
        return tuple(_lines(folder / ROWS, _row))


def last_frame(folder: Path) -> Frame | None:
    """The newest frame, None where there is none yet. Raises SavedRunError."""
    with in_one_sentence(folder):
        return next(
            (shown for frame in reversed(_lines(folder / FRAMES, _frame)) if (shown := _drawn(folder, frame))), None
        )


def frame_path(folder: Path, step: int) -> Path:
    """Where the picture of a frame is."""
    return folder / "frames" / f"step-{step:06d}.png"


_Name = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$")]  # what stands in tables, tags and charts
_measurements = TypeAdapter(dict[_Name, float])
_frame_fields = TypeAdapter(Frame)
_opening_fields = TypeAdapter(Opening)
Line = TypeVar("Line", Row, Frame)


def _lines(path: Path, made: Callable[[dict[str, Any]], Line]) -> list[Line]:
    """The lines of a journal; the last is left out where the process was killed while it wrote it."""
    if not there(path):
        return []
    whole = _text(path).rpartition("\n")[0]
    found: list[Line] = []
    for number, text in enumerate(whole.splitlines(), 1):
        try:
            line = made(json.loads(text))
            if type(line.step) is not int or line.step < 0 or (found and line.step <= found[-1].step):
                raise ValueError(f"step {line.step!r} does not follow the one before")
            found.append(line)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"line {number} of {path.name} cannot be read ({_first_line(error)})") from None
    return found


def _row(fields: dict[str, Any]) -> Row:
    return Row(fields.pop("step"), _measurements.validate_python(fields))


def _frame(fields: dict[str, Any]) -> Frame:
    return _frame_fields.validate_python({**fields, "fake_png": b""})


def read_frames(folder: Path) -> tuple[Frame, ...]:
    """The frames with their pictures, oldest first. Raises OSError and ValueError."""
    drawn = (_drawn(folder, frame) for frame in _lines(folder / FRAMES, _frame))
    return tuple(frame for frame in drawn if frame is not None)


def _drawn(folder: Path, frame: Frame) -> Frame | None:
    """With its picture; None where that was removed meanwhile: whoever writes the run thins its frames."""
    path = frame_path(folder, frame.step)
    if path.parent.is_symlink():  # whose pictures would be thinned out with this run's
        raise ValueError(f"{path.parent.name} is a link: put the folder itself in its place")
    return dataclasses.replace(frame, fake_png=_picture(path)) if there(path) else None


def read_opening(folder: Path) -> Opening | None:
    """The real side; None where the run has not begun. Raises OSError and ValueError."""
    path = folder / OPENING
    if not there(path):
        return None
    fields = json.loads(_text(path))
    return _opening_fields.validate_python({**fields, "real_png": _picture(folder / REAL)})


def _picture(path: Path) -> bytes:
    content = read_ordinary(path, MOST_PICTURE)
    if not content.startswith(b"\x89PNG"):
        raise ValueError(f"{path.name} is not a PNG")
    return content


def _text(path: Path) -> str:
    return read_ordinary(path, MOST_TEXT).decode()


@contextmanager
def in_one_sentence(folder: Path) -> Iterator[None]:
    """Whatever is wrong with a folder, as the one sentence of SavedRunError."""
    try:
        yield
    except SavedRunError:
        raise
    except (OSError, ValueError, LookupError, TypeError, RecursionError, OverflowError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            why = f"{Path(str(error.filename)).name} is missing"
        else:
            why = error.strerror or "" if isinstance(error, OSError) else _first_line(error)
        raise SavedRunError(f"{folder.name} is not a run that can be opened: {why.rstrip('.')}.") from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


# ------------------------------------------------------------------------------------------ writing


def write_run(folder: Path, checkpoint: Path, history: Callable[[int], History]) -> int:
    """Bring the run in a folder to a copy of `checkpoint`, and return its step.

    `history(step)` gives all that was shown up to that step, and may give more; it is asked once the copy is made,
    since a worker may write the next checkpoint meanwhile. Killed at any instant, or without room, the folder holds
    the old run or the new. Raises NotWritten, FileNotFoundError where there is no such checkpoint, CheckpointError,
    and what `history` raises.
    """
    path = folder / CHECKPOINT
    with checkpoint.open("rb") as source, told(path), writing_whole(path) as file:
        shutil.copyfileobj(source, file)
        file.flush()
        state, experiment = read_state(Path(file.name))
        write_history(folder, experiment, history(state["step"]))
    return state["step"]


def write_history(folder: Path, experiment: Experiment, history: History) -> None:
    """Everything of a run but its checkpoint. Raises NotWritten."""
    write_shown(folder, history)
    _write(folder / EXPERIMENT, experiment.json_text().encode())


def write_shown(folder: Path, history: History) -> None:
    """What a run has shown, and nothing of its settings. Raises NotWritten."""
    if (folder / "frames").is_symlink():
        raise NotWritten(f"{folder / 'frames'} is a link: put the folder itself in its place; nothing was written.")
    pictures = {frame_path(folder, frame.step): frame.fake_png for frame in history.frames}
    if history.opening is not None:
        fields = dataclasses.asdict(history.opening)
        pictures[folder / REAL] = fields.pop("real_png")
        fields = _without_plane(fields)
        _write(folder / OPENING, json.dumps(fields).encode())
    for path, picture in pictures.items():
        _write(path, picture)
    _write(folder / FRAMES, "".join(_frame_line(frame) for frame in history.frames).encode())
    _write(folder / ROWS, "".join(_row_line(row) for row in history.rows).encode())
    for path in (folder / "frames").glob("step-*.png"):
        if path not in pictures and re.fullmatch(PICTURE_NAME, path.name):
            path.unlink(missing_ok=True)  # thinned out, or from before a change


def begin(folder: Path, experiment: Experiment, opening: Opening) -> None:
    """Make the folder of a run that is yet to take its first step; one that was there before is gone. Raises
    NotWritten."""
    with told(folder):
        (folder / CHECKPOINT).unlink(missing_ok=True)  # first: it would be taken for the new run's
        (folder / "frames").mkdir(parents=True, exist_ok=True)
    write_history(folder, experiment, History((), (), opening))


def append_row(folder: Path, row: Row) -> None:
    """Add a row of measurements. Raises NotWritten."""
    _append(folder / ROWS, _row_line(row))


def append_frame(folder: Path, frame: Frame) -> None:
    """Add a frame. Raises NotWritten."""
    _write(frame_path(folder, frame.step), frame.fake_png)
    _append(folder / FRAMES, _frame_line(frame))


def _row_line(row: Row) -> str:
    return json.dumps({"step": row.step, **row.measurements}) + "\n"


def _frame_line(frame: Frame) -> str:
    fields = dataclasses.asdict(frame)
    del fields["fake_png"]
    return json.dumps(_without_plane(fields)) + "\n"


def _without_plane(fields: dict[str, Any]) -> dict[str, Any]:
    """Only a run on points has one."""
    return fields if fields["plane"] else {name: value for name, value in fields.items() if name != "plane"}


def _append(path: Path, line: str) -> None:
    with told(path), path.open("a") as file:
        file.write(line)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and only where something is new; no folder is made but that of the frames."""
    with told(path):
        if path.exists() and path.read_bytes() == content:
            return
        if path.parent.name == "frames":
            path.parent.mkdir(exist_ok=True)
        write_whole(path, content)
