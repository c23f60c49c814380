"""What a saved run is called, when it was started, and whose it is: the file run.json in its folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from gan_core.files.atomic_write import told, write_whole
from gan_core.files.ordinary import read_ordinary, there

LABEL = "run.json"
MOST_NAME = 80  # characters
MOST_LABEL = 2**16  # bytes of the file


def owner_of(folder: Path) -> str:
    """Whose run the folder holds, also where it cannot be opened; empty where that cannot be told."""
    try:
        return read_label(folder)[2]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""


def read_label(folder: Path) -> tuple[str, datetime | None, str]:
    """The name of a run, its folder's where it has none, its start, and whose it is. Raises OSError and ValueError."""
    path = folder / LABEL
    if not there(path):
        return _as_text(folder.name), None, ""
    fields = json.loads(read_ordinary(path, MOST_LABEL))
    created = datetime.fromisoformat(fields["created"])
    name = _as_text(str(fields["name"])[:MOST_NAME])
    return name, created if created.tzinfo else created.replace(tzinfo=UTC), str(fields.get("owner", ""))


def write_label(folder: Path, name: str, created: datetime, owner: str = "") -> None:
    """Say what a run is called and whose it is. Raises NotWritten."""
    fields = {"name": name, "created": created.isoformat()} | ({"owner": owner} if owner else {})
    with told(folder / LABEL):
        write_whole(folder / LABEL, json.dumps(fields))


def _as_text(name: str) -> str:
    """Without lone surrogates, which no file and no page takes: a folder's name need not be UTF-8."""
    return name.encode(errors="replace").decode()
