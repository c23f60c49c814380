"""Which browser tab this is, for the registry of live runs."""

from __future__ import annotations

import secrets
from collections.abc import Collection

import streamlit as st

from gan_core.live.registry import registry
from pages.parts.shared import access, state


def attach(run_id: str) -> None:
    """Come to a run of this browser's own. Raises UnknownRun."""
    registry().attach(run_id, _tab(), access.browser())


def watch(run_ids: Collection[str]) -> None:
    """Look at these runs of others, and no longer at those that this tab looked at before."""
    if run_ids or state.WATCHES.take():
        registry().watch(run_ids, _tab(), access.browser())
        state.WATCHES.set(bool(run_ids))


def _left(tab: str) -> None:
    registry().detach(tab)


@st.cache_resource(scope="session", on_release=_left, show_spinner=False)
def _tab() -> str:
    """An id that lives as long as the browser stays connected; its release pauses the runs that are its own."""
    return secrets.token_hex(8)
