"""Saving what a run draws: files to take away, and the proof that they can be made again."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from gan_core.live.registry import RunError, registry
from gan_core.live.run import Snapshot
from gan_core.messages.samples import MOST, GeneratedSamples
from gan_core.outputs import weights
from gan_core.outputs.gif import saved_animation
from gan_core.outputs.saved_pictures import SavedPicture, difference, read_bytes, saved_grid, saved_singles, zipped
from gan_core.pixels.picture_files import FORMATS
from gan_core.saved_runs.checkpoint_header import CheckpointError
from gan_core.saving_mistakes import link
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import plain_text, state, tab_runs, theme
from pages.parts.train import exports, save_run

KINDS = {"singles": "Single images", "grid": "Grid", "animation": "Whole run", "export": "Export"}


@dataclass(frozen=True)
class Made:
    """Files of one run, made to be taken away."""

    run_id: str
    step: int | None  # None for an animation
    first: SavedPicture  # one of them
    words: str  # what they are
    zip: bytes  # all of them
    weighed: bool  # whether the generator's weights are among them


class Proof(NamedTuple):
    """What came of drawing a saved picture again."""

    same: bool
    words: str


def popover(run: Snapshot) -> None:
    """What to save, and as what; nothing is made until it is asked for, and what was made goes with the closing. Of a
    run that is only watched, nothing: a copy of it can be saved."""
    if tab_runs.watched(run):
        return
    with st.popover("Save", icon=":material/download:", key="save", on_change="rerun", width="stretch") as opened:
        if not opened.open:
            _forget()
        # Drawn while it is closed, too: the browser decides by the size at the opening on which side there is room.
        save_run.section(run)
        st.markdown("**Download files**")
        _choices(run)


def _choices(run: Snapshot) -> None:
    kind = st.segmented_control(
        "What to save", list(KINDS), format_func=KINDS.__getitem__, default="grid", required=True, key="save_kind"
    )
    if kind == "export":
        exports.buttons(run)
        return
    if kind == "animation":
        st.caption("GIF only: MP4 needs an encoder that this project does not include.")
    else:
        st.selectbox("Format", list(FORMATS), format_func=lambda key: FORMATS[key].name, key=state.SAVE_FORMAT.name)
    what = f"a GIF of {len(run.frames)} pictures" if kind == "animation" else f"files for step {run.step}"
    st.button(f"Create {what}", on_click=_make, args=(kind,), key="make_files", width="stretch")
    made = state.MADE.get()
    if made is not None and made.run_id == run.run_id:
        plain_text.small(made.words)
        st.download_button(
            "Download zip", made.zip, f"{made.first.name.parts[0]}.zip", "application/zip", key="download",
            type="primary", icon=":material/folder_zip:", on_click="ignore", width="stretch",
        )  # fmt: skip
        _proof(run, made)
    if proved := state.PROVED.get():
        plain_text.say(theme.FIXED if proved.same else theme.BROKEN, proved.words)
    if run.experiment.dataset in POINT_SETS:
        return  # points have no pixels to follow
    st.page_link(
        "pages/pixels.py", label="Follow one from tensor to file", icon=":material/arrow_forward:",
        query_params=link.to_query(link.AskedPixels(source=link.RUN), run.run_id),
    )  # fmt: skip


def _proof(run: Snapshot, made: Made) -> None:
    """The saved picture made again by the worker, as long as the run stands at its step."""
    if made.step is None:
        return
    gone_on = run.step != made.step
    st.button(
        "Regenerate and compare", key="regenerate", on_click=_compare, args=(made,), disabled=gone_on, width="stretch"
    )
    if made.weighed:
        st.caption("Unpack the zip in this project's folder; this command then draws the picture again and compares:")
        file = made.first.name.with_name(weights.NAME)
        st.code(f"python -m gan_core regenerate {made.first.name} --checkpoint {file}", "bash", wrap_lines=True)
    if gone_on:
        st.caption(f"The run has gone on from step {made.step}: to compare, pause it and create the files again.")


def _forget() -> None:
    state.MADE.set(None)
    state.PROVED.set(None)


def _make(kind: str) -> None:
    """Make the files that were asked for, or keep in words why they cannot be."""
    _forget()
    run = tab_runs.snapshot()
    if run is None:
        return
    step, others = None, dict[PurePosixPath, bytes]()
    try:
        if kind == "animation":
            pictures = [saved_animation(run.frames, run.experiment, datetime.now(UTC))]
            what = f"A GIF of {len(run.frames)} pictures, step {run.frames[0].step} to {run.frames[-1].step}, and its"
        else:
            samples = registry().collect(run.run_id, MOST)
            step, pictures = samples.step, _drawn(samples, kind, state.SAVE_FORMAT.get())
            others = _weights(run, samples, pictures[0].name.parent)
            what = (
                f"{len(pictures)} pictures of step {step} and their"
                if kind == "singles"
                else f"The grid of step {step} and its"
            )
    except RunError as error:
        state.PROVED.set(Proof(False, str(error)))
        return
    packed = zipped(pictures, others)
    weighed = " and the generator's weights" if others else ""
    words = f"{what} JSON{weighed}, {len(packed) / 1e6:.1f} MB.{_losses(pictures)}"
    state.MADE.set(Made(run.run_id, step, pictures[0], words, packed, bool(others)))


def _drawn(samples: GeneratedSamples, kind: str, format: str) -> list[SavedPicture]:
    now = datetime.now(UTC)
    return saved_singles(samples, format, now) if kind == "singles" else [saved_grid(samples, format, now)]


def _weights(run: Snapshot, samples: GeneratedSamples, folder: PurePosixPath) -> dict[PurePosixPath, bytes]:
    """What drew the samples, for the command line; none of a run that broke, or that trained on meanwhile."""
    try:
        return {folder / weights.NAME: weights.weights_of(run.checkpoint, samples)}
    except CheckpointError:
        return {}


def _losses(pictures: list[SavedPicture]) -> str:
    """What the format changed in them, in words; empty for nothing."""
    greatest = max(picture.loss.greatest for picture in pictures)
    mean = sum(picture.loss.mean for picture in pictures) / len(pictures)
    return f" The format changed pixels by {mean:.1f} levels of 255 on average, {greatest} at most." if greatest else ""


def _compare(made: Made) -> None:
    """Have the worker draw the saved picture again, and compare all pixels."""
    name = made.first.name.name
    origin, pixels = read_bytes(made.first.picture, name)
    try:
        again = np.array(Image.open(io.BytesIO(registry().remake(made.run_id, origin.json_text()))))
    except RunError as error:
        state.PROVED.set(Proof(False, str(error)))
        return
    apart = difference(pixels, again, origin)
    if apart.differ == 0:
        words = f"{name}, drawn again from its latents: all {pixels.shape[0]} × {pixels.shape[1]} pixels are the same."
        state.PROVED.set(Proof(True, words))
    else:
        state.PROVED.set(Proof(False, f"{name}, drawn again: {apart.words}."))
