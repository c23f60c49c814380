"""A saved run that a link names: to be looked at and copied; opened and changed by its owner alone."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from gan_core.classroom import lan_address
from gan_core.diagnosis.measurements import caption
from gan_core.diagnosis.verdict import verdict
from gan_core.live.errors import RunError
from gan_core.messages.frame import Frame
from gan_core.saved_runs.run_folder import SavedRun
from gan_core.saved_runs.search import changed_settings
from gan_core.saved_runs.store import Store, can_be_given
from pages.parts.runs.runs_link import LINK, AskedRuns
from pages.parts.shared import access, charts, diagnosis_line, pictures, plain_text, state, tab_runs, theme
from pages.parts.shared.charts import numbers


def link_to(run_id: str) -> None:
    """The link that opens a saved run, to be copied and given to somebody; none where its id could be tried out."""
    if not access.alone() and not can_be_given(run_id):
        return
    with st.popover("Link", key=f"link-{run_id}"):
        st.caption("Whoever has this link can look at the run and take a copy. Only you can rename or delete it.")
        here = (st.context.url or "").split("?")[0]
        base = here if access.alone() or not lan_address.here_only(here) else lan_address.in_network(here)
        st.code(f"{base}?{urlencode(LINK.query(AskedRuns(saved=run_id)))}", None, wrap_lines=True)


def show(store: Store, run_id: str) -> None:
    """The run of the link at any of its kept pictures, with the way to a copy of one's own."""
    try:
        saved = store.given(run_id)
    except (ValueError, OSError) as error:
        diagnosis_line.say(diagnosis_line.TROUBLE, str(error))
        return
    with st.container(border=True, key="given"):
        words, copied, closed = st.columns([0.62, 0.2, 0.18], vertical_alignment="center")
        with words:
            plain_text.say(theme.QUIET, _facts(saved), strong=f"{saved.name}.")
        copied.button(
            "Take a copy", key="copy_given", type="primary", icon=":material/content_copy:", on_click=_copy,
            args=(store, run_id), width="stretch", help="Opens on Train at its current step, as a run of your own.",
        )  # fmt: skip
        closed.button("Close", key="close_given", icon=":material/close:", on_click=_close, width="stretch")
        _history(saved)


def _facts(saved: SavedRun) -> str:
    settings = ", ".join(changed_settings(saved.experiment)) or "default settings"
    return f"Step {saved.step} of {saved.experiment.steps}; {settings}."


def _history(saved: SavedRun) -> None:
    """Pictures, histogram, losses and verdict at the moment that the slider stands at."""
    shown = _moment(saved.frames)
    until = [row for row in saved.rows if shown is None or row.step <= shown.step]
    changes = [change for change in saved.changes if shown is None or change.step < shown.step]
    of = verdict(saved.experiment, until, changes)
    diagnosis_line.say(diagnosis_line.COLOURS[of.mark], of.words, strong=f"{of.headline}.")
    if saved.opening is None or shown is None:
        st.caption("It has no picture yet.")
        return
    columns, rows, tile = saved.opening.columns, saved.opening.rows, saved.opening.tile
    left, right = st.columns(2)
    with left:
        heading = pictures.titled("Generated images", f"step {shown.step}", theme.GENERATED, square=True)
        pictures.grid(heading, shown.fake_png, columns * tile, rows * tile, f"Generated images at step {shown.step}")
    with right:
        m = shown.measurements
        charts.pixel_histogram(saved.opening, shown, "given_histogram")
        numbers(caption(m, "out_of_range", "contrast", "diversity"))
        charts.losses(until, saved.experiment.loss, "given_losses", changes=changes)
        numbers(caption(m, "loss_d", "loss_g"))


def _moment(frames: tuple[Frame, ...]) -> Frame | None:
    if len(frames) < 2:
        return frames[-1] if frames else None
    by_step = {frame.step: frame for frame in frames}
    step = st.select_slider("Step", list(by_step), frames[-1].step, key="given_step")
    return by_step[step]


def _copy(store: Store, run_id: str) -> None:
    state.STORE_TROUBLE.set("")
    try:
        tab_runs.reopen(store.given(run_id), copied=True)
    except (RunError, ValueError, OSError) as error:
        state.STORE_TROUBLE.set(str(error))
        return
    state.TO_TRAIN.set(True)


def _close() -> None:
    LINK.put(AskedRuns(state.FIND.get()))
    state.GIVEN.set("")
