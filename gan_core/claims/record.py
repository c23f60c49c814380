"""The record: what each claim came to when the ledger was run for it, kept in assets/claims.json.

Written by `python -m gan_core claims --run all --record`. It has no times: they are the machine's, not the claim's.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_core.files.atomic_write import write_whole

PATH = Path(__file__).parents[2] / "assets" / "claims.json"
KEPT = ("measured_verdict", "seeds", "steps", "measured", "spread", "versions")


def read(path: Path | None = None) -> dict[str, dict[str, Any]]:
    """By claim: `date`, `versions`, `seeds`, `steps` (of training, in all), `measured`, `spread`,
    `measured_verdict`."""
    path = path or PATH
    if not path.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return found


def write(result: Mapping[str, Any], path: Path | None = None, date: str = "") -> None:
    """Put the result of a run into the record, in the place of the claim's former one; the date is today's (UTC),
    if none is given. Raises OSError."""
    today = date or datetime.datetime.now(datetime.UTC).date().isoformat()
    kept = read(path) | {result["id"]: {"date": today, **{name: result[name] for name in KEPT}}}
    write_whole(path or PATH, json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
