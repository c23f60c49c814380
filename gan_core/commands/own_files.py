"""Which files in a folder a new run there may replace: those of a run of this program, and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import TypeAdapter

from gan_core.files.atomic_write import NotWritten
from gan_core.messages.frame import Opening
from gan_core.outputs.provenance import parse
from gan_core.outputs.saved_pictures import read_saved
from gan_core.saved_runs.checkpoint_header import read_state
from gan_core.saved_runs.run_folder import (
    CHECKPOINT,
    EXPERIMENT,
    FRAMES,
    OPENING,
    PICTURE_NAME,
    REAL,
    ROWS,
    last_frame,
    read_rows,
)
from gan_core.settings.experiment import Experiment

_LINE = b'{"step": '  # what each line of a journal begins with

_opening = TypeAdapter(Opening)


def _read_opening(path: Path) -> None:
    _opening.validate_python({**json.loads(path.read_text()), "real_png": b""})


def _read_settings(path: Path) -> None:
    Experiment.from_json(path.read_text())


def make_way(folder: Path, force: bool) -> None:
    """Make sure that a run may be written into a folder: its file names are free, or taken by files of a run.

    Files of other names are not looked at. With `force` somebody else's files may be replaced as well, but no folder.
    Raises NotWritten, which names the first file in the way.
    """
    for path in _foreign(folder):
        if path.is_dir() and not path.is_symlink():
            raise NotWritten(f"{path} is a folder, where a run has a file: choose another folder for the run.")
        if not force:
            raise NotWritten(
                f"{path} is there already, and is not a file of a run: choose another folder, or replace it with "
                "--force."
            )
        if path.is_symlink():
            path.unlink()  # else what it leads to would be written


def _foreign(folder: Path) -> Iterator[Path]:
    """The files that have a name of a run's file, and are none."""
    begun = _is_run(folder)
    readers: dict[str, Callable[[Path], object]] = {
        OPENING: _read_opening,
        REAL: _is_png,
        CHECKPOINT: read_state,
        EXPERIMENT: _read_settings,
        ROWS: lambda path: _begins_as_journal(path) and read_rows(path.parent),
        FRAMES: lambda path: _begins_as_journal(path) and last_frame(path.parent),
    }
    for name, read in readers.items():
        if _is_there(folder / name) and not (begun and _reads(read, folder / name)):
            yield folder / name
    for path in sorted((folder / "frames").glob("step-*.png")):
        if re.fullmatch(PICTURE_NAME, path.name) and not (begun and _reads(_is_png, path)):
            yield path
    pictures = [folder / "final.png", folder / "final.json", *sorted((folder / "samples").glob("step-*"))]
    for path in pictures:
        if _is_there(path) and path.suffix in (".png", ".json") and not _reads(_read_picture, path):
            yield path


def _is_run(folder: Path) -> bool:
    """Whether a run was begun there: both files are like nobody else's."""
    return _reads(_read_opening, folder / OPENING) or _reads(read_state, folder / CHECKPOINT)


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _begins_as_journal(path: Path) -> bool:
    """Raises ValueError for what does not: whoever reads it leaves out a line without its end, even the only one."""
    with path.open("rb") as file:
        if not _LINE.startswith(file.read(len(_LINE))):
            raise ValueError(f"{path.name} is not a journal")
    return True


def _read_picture(path: Path) -> None:
    if path.suffix == ".json":
        parse(path.read_bytes(), path.name)
    else:
        read_saved(path)


def _is_png(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != b"\x89PNG":
            raise ValueError(f"{path.name} is not a PNG")


def _reads(read: Callable[[Path], object], path: Path) -> bool:
    """Whether it is a file of a run; a link is none, whatever it leads to."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        read(path)
    except (OSError, ValueError, RecursionError):
        return False
    return True
