"""Where the browser looks: Streamlit keeps its place when a click draws something else into the same page."""

from __future__ import annotations

import streamlit as st


def to_top(*, now: bool) -> None:
    """Show the page from its top, see `to`."""
    to('[data-testid="stMainBlockContainer"]', now=now)


def to(selector: str, *, now: bool) -> None:
    """Show the page from this element on, if this run of the script drew something new.

    To be called on each run, so that what follows keeps its place among the elements. The selector is our own words.
    """
    with st.container(key="scroll"):
        if now:
            st.html(
                f"<script>document.querySelector('{selector}')?.scrollIntoView({{behavior: 'instant'}})</script>",
                unsafe_allow_javascript=True,
            )
