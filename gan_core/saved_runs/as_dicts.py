"""The saved runs as the command line lists them."""

from __future__ import annotations

from typing import Any

from gan_core.saved_runs.run_folder import SavedRunError
from gan_core.saved_runs.search import Search, changed_settings
from gan_core.saved_runs.store import Damaged, Store, folder_size
from gan_core.saved_runs.watched_runs import as_dict


def as_dicts(store: Store, search: Search) -> list[dict[str, Any]]:
    """The runs that are searched for, for JSON; then what cannot be opened, with its `trouble`."""
    told: list[dict[str, Any]] = []
    for entry in store.headings():
        if isinstance(entry, Damaged):
            told.append({"id": entry.run_id, "trouble": entry.words})
        elif search.fits(entry):
            try:
                summary = store.summary(entry)
            except SavedRunError as error:
                told.append({"id": entry.run_id, "trouble": str(error)})
                continue
            told.append(
                {
                    "id": entry.run_id,
                    "name": entry.name,
                    "folder": str(entry.folder),
                    "step": entry.step,
                    "steps": entry.experiment.steps,
                    "saved": entry.saved.isoformat(timespec="seconds"),
                    "settings": changed_settings(entry.experiment),
                    "verdict": summary.verdict.state,
                    "findings": [finding.failure for finding in summary.verdict.findings],
                    "bytes": summary.size,
                }
            )
    loops = [loop for loop in store.watched() if search.fits_name(loop.name)]
    return told + [{**as_dict(loop), "bytes": folder_size(loop.folder)} for loop in loops]
