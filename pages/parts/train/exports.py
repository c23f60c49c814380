"""A run as files for other programs and for people, each a button that makes its file when it is pressed."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

import streamlit as st

from gan_core.live.run import Snapshot
from gan_core.outputs.kinds import KINDS, Record, file_name


def buttons(run: Snapshot) -> None:
    """A button for each kind; one that cannot be made now is disabled and says why."""
    record = record_of(run)
    columns = st.columns(2, gap="xsmall")
    for number, (name, kind) in enumerate(KINDS.items()):
        missing = _missing(name, record)
        columns[number % 2].download_button(
            kind.label, partial(kind.make, record), file_name(record, name), kind.mime, key=f"export_{name}",
            help=missing or kind.words, disabled=bool(missing), on_click="ignore", width="stretch",
        )  # fmt: skip
    st.caption("Files of the run as it is now. The script trains from step 0 with the current settings.")


def record_of(run: Snapshot) -> Record:
    """A live run as plain values."""
    name = run.save_state.name if run.save_state else f"gan-{run.experiment.digest}"
    real = run.opening.real_png if run.opening else None
    return Record(name, run.experiment, run.step, run.rows, run.frames, real, run.checkpoint, run.changes)


def _missing(name: str, record: Record) -> str:
    """What a kind of file needs and is not there, in words; empty where it can be made."""
    if name == "weights" and not (record.checkpoint and record.checkpoint.exists()):
        return "There is no checkpoint yet: let the run train for a few seconds, or pause it."
    if name == "tensorboard" and find_spec("tensorboard") is None:
        return "TensorBoard is not installed on this machine: pip install tensorboard."
    return ""
