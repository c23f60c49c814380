"""What is wrong with a link or with the settings on the page, and the way out."""

from __future__ import annotations

import streamlit as st

from gan_core.settings import link
from gan_core.settings.experiment import nearest
from gan_core.settings.fields import SETTINGS
from pages.parts.shared import page_link, page_settings, state


def show() -> None:
    """One sentence a wrong setting, the nearest valid link, and a lost run."""
    if lost := state.LOST.get():
        st.warning(f"The run “{lost}” is no longer here: it ended when its last visitor had left. Start a new one.")
    if strange := page_settings.strange():
        st.warning(page_link.left_out(strange))
    problems = page_settings.problems()
    if not problems:
        return
    st.error(
        "\n".join(
            [
                "These settings cannot be used:",
                *(f"- {_name(p.field)} = `{p.value}`: {p.allowed}" for p in problems),
            ]
        )
    )
    if page_settings.lesson():  # whose locked settings the nearest valid ones might change
        st.button(
            "Take the change back", key="take_back", on_click=page_settings.take, args=(page_settings.experiment(),)
        )
        return
    near = link.to_query(nearest(page_settings.draft()))
    words = ", ".join(f"{key}={value}" for key, value in near.items()) or "all at their defaults"
    st.button(f"Use the nearest valid settings ({words})", key="nearest", on_click=page_settings.take_nearest)


def _name(field: str) -> str:
    row = SETTINGS.get(field)
    return f"{row.label} (`{field}`)" if row else f"`{field}`"
