"""Which column of a brought log is read as what: a select box for each, to correct it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gan_core.uploads import MEANINGS
from pages.parts.shared import state

# Boxes side by side, and how many columns have one: those that are recognised come first.
_ACROSS, _MOST = 3, 24
_NONE = ""


def chosen(file_id: str) -> tuple[tuple[str, str], ...]:
    """What the columns of a file were said to be: nothing yet for another file than the last."""
    last, said = state.COLUMNS.get()
    return tuple(sorted(said.items())) if last == file_id else ()


def boxes(file_id: str, columns: dict[str, str], others: Sequence[str]) -> None:
    """A box for each column, at what it was read as."""
    shown = [*columns.items(), *((other, _NONE) for other in others)][:_MOST]
    with st.expander("Which column is which? Correct it here", expanded=not columns, key="columns"):
        across = st.columns(_ACROSS)
        for number, (column, meaning) in enumerate(shown):
            # What this project's own logs hold beyond the losses has no other meaning than its name.
            meanings = [_NONE, *MEANINGS] if meaning in (_NONE, *MEANINGS) else [_NONE, meaning, *MEANINGS]
            box = state.COLUMN.of(f"{number}-{meaning}")
            across[number % _ACROSS].selectbox(
                column, meanings, index=meanings.index(meaning), key=box.name, on_change=_choose,
                args=(file_id, column, box), format_func=lambda name: MEANINGS.get(name, name) or "not used",
            )  # fmt: skip
        left = len(columns) + len(others) - len(shown)
        if left:
            st.caption(f"{left} more columns are not used.")


def _choose(file_id: str, column: str, box: state.Key[str]) -> None:
    last, said = state.COLUMNS.get()
    state.COLUMNS.set((file_id, (said if last == file_id else {}) | {column: box.get()}))
