"""What is wrong with a link or with the settings on the page, and the way out."""

from __future__ import annotations

import streamlit as st

from gan_core.settings import link
from gan_core.settings.experiment import nearest
from gan_core.settings.fields import SETTINGS
from pages.parts.shared import page_link, page_settings, plain_text, state


def show() -> None:
    """One sentence a wrong setting, the nearest valid link, and a lost run."""
    with st.container():  # even with nothing in it, so that nothing below moves when something comes
        _show()


def _show() -> None:
    if lost := state.LOST.get():
        plain_text.wrong(
            f"The run “{lost}” is no longer here: it ended when its last visitor had left. Start a new one."
        )
    if strange := page_settings.strange():
        plain_text.wrong(page_link.left_out(strange))
    problems = page_settings.problems()
    if not problems:
        return
    for problem in problems:
        plain_text.wrong(f"{_name(problem.field)} = “{problem.value}” cannot be used: {problem.allowed}.")
    if page_settings.lesson():  # whose locked settings the nearest valid ones might change
        st.button(
            "Take the change back", key="take_back", on_click=page_settings.take, args=(page_settings.experiment(),)
        )
        return
    near = link.to_query(nearest(page_settings.draft()))
    texts = {row.url_key for row in SETTINGS.values() if row.kind == "text"}  # a label is read as Markdown
    named = [key if key in texts else f"{key}={value}" for key, value in near.items()]
    words = ", ".join(named) or "all at their defaults"
    st.button(f"Use the nearest valid settings ({words})", key="nearest", on_click=page_settings.take_nearest)


def _name(field: str) -> str:
    row = SETTINGS.get(field)
    return f"{row.label} (`{field}`)" if row else f"`{field}`"
