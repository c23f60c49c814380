"""Saving the whole run on the server, so that it can be opened again tomorrow: what the popover Save begins with."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Concatenate, ParamSpec

import streamlit as st

from gan_core.live.errors import RunError
from gan_core.live.registry import registry
from gan_core.live.run import ACTIVE, Snapshot
from gan_core.saved_runs.label import MOST_NAME
from gan_core.saved_runs.search import suggested_name
from pages.parts.shared import plain_text, state

WRITTEN_S = 5.0  # how long a click waits for the disk before the page is drawn

P = ParamSpec("P")


def words(run: Snapshot) -> str:
    """Where the saved run stands, for the line of progress; empty where there is none."""
    saved = run.save_state
    if saved is None or not saved.run_id:
        return ""
    if saved.trouble:
        return "not saved"
    if saved.step is None or pending(run):
        return "saving"
    follows = saved.follows and (run.state in ACTIVE or saved.step == run.step)
    return "saved" if follows else f"saved at step {saved.step}"


def pending(run: Snapshot) -> bool:
    """Whether a run stands still and the saved one, which follows it, is yet to come to the same step."""
    saved = run.save_state
    stands = run.state in ("paused", "finished")
    return stands and saved is not None and saved.follows and not saved.trouble and saved.step != run.step


def section(run: Snapshot) -> None:
    """Save this run, or say where the saved one stands and offer to bring it here."""
    saved = run.save_state
    if saved is None or not saved.run_id:
        _as_new(run, "Save this run", suggested_name(run.experiment))
    else:
        at = "being written" if saved.step is None else f"at step {saved.step}"
        st.html(f'<p style="margin:0">Saved as <b>{escape(saved.name)}</b>, {at}.</p>')
        state.FOLLOWS.of(run.run_id).show(saved.follows)  # as it is, whatever was asked: it may have been refused
        st.toggle(
            "Keep it up to date", saved.follows,  # else a page drawn twice at once tells the browser "off"
            key=state.FOLLOWS.of(run.run_id).name, on_change=_follow, args=(run.run_id,),
            help="Updates the saved run every few seconds, at each pause and at the end. Off: it stays as it is.",
        )  # fmt: skip
        if not saved.follows:
            st.button(
                f"Overwrite it with step {run.step}", key="save_over", on_click=_save_over, args=(run.run_id,),
                disabled=saved.busy or run.step == saved.step, width="stretch",
            )  # fmt: skip
        if not saved.follows or saved.trouble:  # such as that the saved one was deleted
            _as_new(run, "Save as a new run", suggested_name(run.experiment))
    trouble = state.SAVE_TROUBLE.get() or (saved.trouble if saved else "")
    if trouble:
        plain_text.wrong(trouble)


def _as_new(run: Snapshot, label: str, name: str) -> None:
    st.text_input(
        "Name", name, max_chars=MOST_NAME, key=state.SAVE_NAME.of(run.run_id).name, label_visibility="collapsed"
    )
    st.button(
        label, key="save_run", icon=":material/inventory_2:", on_click=_save, args=(run.run_id, _saved_as(run)),
        width="stretch", help="Saves all pictures, measurements and weights. Open it again on the page Runs.",
    )  # fmt: skip


def _saved_as(run: Snapshot | None) -> str:
    return run.save_state.run_id if run and run.save_state else ""


def _save(run_id: str, saved_as: str) -> None:
    if _saved_as(registry().snapshot(run_id)) != saved_as:
        return  # one click that came twice
    _do(registry().save_thread.save_as, run_id, state.SAVE_NAME.of(run_id).get())


def _save_over(run_id: str) -> None:
    _do(registry().save_thread.save, run_id)


def _follow(run_id: str) -> None:
    _do(registry().save_thread.follow, run_id, state.FOLLOWS.of(run_id).get())


def _do(what: Callable[Concatenate[str, P], None], run_id: str, *arguments: P.args, **named: P.kwargs) -> None:
    """Ask the save thread for something, and keep its refusal for the popover to show."""
    state.SAVE_TROUBLE.set("")
    try:
        what(run_id, *arguments, **named)
    except (RunError, ValueError) as error:
        state.SAVE_TROUBLE.set(str(error))
        return
    registry().wait_until(lambda: not _busy(run_id), WRITTEN_S)


def _busy(run_id: str) -> bool:
    now = registry().snapshot(run_id)
    return bool(now and now.save_state and now.save_state.busy)
