"""What a widget shows, where something else than its own visitor decides it."""

from __future__ import annotations

from typing import Any

import streamlit as st


def show(key: str, value: Any) -> None:
    """Have the widget of this key show the value, before it is drawn; Streamlit forgets what a widget showed that was
    not drawn in the last run of the script.

    Only where it shows another: a value that is set goes to the browser, and there overwrites what the visitor has
    chosen since this run of the script began.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
