"""What may come after a run has ended: more steps, one setting that breaks it, or the defaults."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from gan_core.diagnosis.breaking import Break, breaks
from gan_core.diagnosis.failures import FAILURES
from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import POINT_SETS
from pages.parts.shared import controls, page_settings, playback, state, tab_runs

MORE = 1000  # steps


def buttons(run: Snapshot) -> None:
    """For a run that has ended, in place of those that make it go."""
    if run.state == "finished":
        most = SETTINGS["steps"].high or 0
        st.button(
            f"Train {MORE:,} more", key="train_more", type="primary", icon=":material/play_arrow:", on_click=_more,
            disabled=run.steps + MORE > most, help=f"Continues from step {run.steps} to step {run.steps + MORE}.",
        )  # fmt: skip
    if run.experiment.dataset not in POINT_SETS:  # the page Points has a list of its own
        _break_it(run.experiment)
    defaults("defaults")


def defaults(key: str, width: Literal["content", "stretch"] = "content") -> None:
    """The button that sets all settings back."""
    st.button(
        "Back to defaults", key=key, on_click=_defaults, icon=":material/settings_backup_restore:",
        disabled=not page_settings.changed(), width=width,
        help="Resets every setting; the run starts again at step 0.",
    )  # fmt: skip


def _break_it(e: Experiment) -> None:
    """A menu of failures, each one setting away from the present settings."""
    with st.popover("Break it", icon=":material/heart_broken:", key=state.BREAKING.name, on_change="rerun") as opened:
        if not opened.open:
            return
        st.caption("Each changes one of your settings and trains again from step 0. Watch for the failure it names.")
        for found in breaks(e):
            value, now = controls.name_of(found.value), controls.name_of(getattr(e, found.field))
            st.button(
                f"**{FAILURES[found.failure].title}**: {SETTINGS[found.field].label} {value} instead of {now}",
                key=f"break_{found.failure}", on_click=_break, args=(found,), width="stretch",
            )  # fmt: skip


def _more() -> None:
    run = tab_runs.snapshot()
    if run is None or not page_settings.change({"steps": run.steps + MORE}):
        return
    playback.forget()
    if run.state != "finished":  # it was put aside after the page was drawn
        tab_runs.act(registry().resume)
    tab_runs.adopt()
    tab_runs.act(registry().go)
    state.REDRAW.set(True)  # the controls stand outside the part that is drawn again by itself


def _break(found: Break) -> None:
    state.BREAKING.set(False)
    if page_settings.change({found.field: found.value}):
        _from_step_0()


def _defaults() -> None:
    page_settings.take(page_settings.first())
    if tab_runs.snapshot():
        _from_step_0()
    state.REDRAW.set(True)


def _from_step_0() -> None:
    playback.forget()
    tab_runs.rewind(go=True)
    state.REDRAW.set(True)
