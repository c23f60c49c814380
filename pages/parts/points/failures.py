"""Failures in the plane, at a click: the page's run becomes one that fails, one setting from one that does not."""

from __future__ import annotations

import streamlit as st

from gan_core.diagnosis.point_failures import POINT_FAILURES, PointFailure
from gan_core.live.registry import registry
from gan_core.settings.comparison import Comparison
from gan_core.settings.fields import SETTINGS
from pages.parts.shared import comparison_state, controls, page_settings, state, tab_runs


def draw() -> None:
    """A list of failures in the sidebar, each with what makes it."""
    with st.popover(
        "See it fail", icon=":material/heart_broken:", width="stretch", key=state.POINT_FAILURES.name, on_change="rerun"
    ):
        for failure in POINT_FAILURES:
            label = SETTINGS[failure.setting].label
            st.markdown(
                f"**{failure.title}**: {label} {controls.name_of(failure.broken)} instead of "
                f"{controls.name_of(failure.fixed)}"
            )
            here, beside = st.columns(2)
            here.button("Train it", key=f"fail_{failure.name}", on_click=_train, args=(failure,), width="stretch")
            beside.button(
                "Beside the fix", key=f"cure_{failure.name}", on_click=_compare, args=(failure,), width="stretch"
            )


def _train(failure: PointFailure) -> None:
    state.POINT_FAILURES.set(False)
    tab_runs.leave_run()
    page_settings.take(failure.experiment(broken=True))
    tab_runs.begin(go=True)
    tab_runs.act(registry().go)


def _compare(failure: PointFailure) -> None:
    sides = [failure.experiment(broken=broken) for broken in (True, False)]
    comparison_state.ask(Comparison.of(sides), go=True)
