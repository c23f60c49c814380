"""The page's own address: written as the page changes, read when the browser comes with another.

Every click brings the address that the browser had at that moment. While the server is busy the page may already have
written a newer one; the older must not undo it.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

KEPT = 50  # addresses; one that is older cannot be under way any more


def settle(page: str) -> None:
    """To be called first on each run of the script, with the page that is shown: where the browser's address is one
    that this page has replaced meanwhile, the newest takes its place. Not where somebody went back to it."""
    if st.session_state.get("page") != page:
        st.session_state.page, st.session_state.addresses = page, []
    query, written = st.query_params.to_dict(), _written()
    if query in written[:-1] and query != written[-1] and not _went_back():
        st.query_params.from_dict(written[-1])


def put(query: Mapping[str, str]) -> None:
    """Make this the page's address."""
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
    _note(dict(query))


def arrived() -> dict[str, str] | None:
    """The address that the browser came with, told once; None where it is the page's own or empty."""
    query, written = st.query_params.to_dict(), _written()
    if not query or (written and query == written[-1]):
        return None
    _note(query)
    return query


def _written() -> list[dict[str, str]]:
    """The addresses of this page in the order of time, the newest last."""
    found: list[dict[str, str]] = st.session_state.setdefault("addresses", [])
    return found


def _note(query: dict[str, str]) -> None:
    written = _written()
    if not written or query != written[-1]:
        written.append(query)
        del written[:-KEPT]


def _went_back() -> bool:
    """Whether this run of the script was asked for by the browser's own buttons for back and forward."""
    running = get_script_run_ctx()
    return running is not None and running.is_history_navigation
