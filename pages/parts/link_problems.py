"""What is wrong with a link or with the settings on the page, and the way out."""

from __future__ import annotations

import streamlit as st

from gan_core import links
from gan_core.experiment import SETTINGS, nearest
from pages.parts import address


def show() -> None:
    """One sentence a wrong setting, the nearest valid link, and a lost run."""
    if lost := st.session_state.get("lost"):
        st.warning(f"The run “{lost}” is no longer here: it ended when its last visitor had left. Start a new one.")
    if strange := address.strange():
        names = ", ".join(f"`{key}`" for key in strange)
        st.warning(f"There is no setting called {names}: that part of the link is left out.")
    problems = address.problems()
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
    if address.assignment():  # whose locked settings the nearest valid ones might change
        st.button("Take the change back", key="take_back", on_click=address.take, args=(address.experiment(),))
        return
    near = links.to_query(nearest(address.draft()))
    words = ", ".join(f"{key}={value}" for key, value in near.items()) or "all at their defaults"
    st.button(f"Use the nearest valid settings ({words})", key="nearest", on_click=address.take_nearest)


def _name(field: str) -> str:
    row = SETTINGS.get(field)
    return f"{row.label} (`{field}`)" if row else f"`{field}`"
