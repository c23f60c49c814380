"""Failures as cards: what breaks and what mends it, in pictures that the project's own runs made."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from gan_core.lessons import LESSONS
from gan_core.recipes import Recipe
from pages.parts import theme

PICTURES = theme.ASSETS / "failures"


def show(recipes: Sequence[Recipe], columns: int = 3) -> None:
    """Three cards a row, each with both pictures, seven words and a button that opens it."""
    made = _made()
    for start in range(0, len(recipes), columns):
        for column, recipe in zip(st.columns(columns), recipes[start : start + columns], strict=False):
            with column, st.container(border=True, key=f"card-{recipe.name}"):
                st.html(f"<b>{escape(LESSONS[recipe.failure].title)}</b><br>{escape(recipe.words)}")
                st.html(_pair(recipe, made[recipe.name]))
                st.button(
                    "See it live", key=f"open-{recipe.name}", on_click=_open, args=(recipe.name,), width="stretch"
                )


def listing(recipes: Sequence[Recipe]) -> None:
    """One line a recipe."""
    for recipe in recipes:
        document, words, fails, action = st.columns([0.1, 0.5, 0.25, 0.15], vertical_alignment="center")
        document.markdown(f"`{recipe.document}`")
        words.markdown(recipe.words)
        fails.markdown(f"→ **{recipe.failure}**" if recipe.failure else "→ does not fail")
        action.button("Open", key=f"open-{recipe.name}", on_click=_open, args=(recipe.name,), width="stretch")


def _open(name: str) -> None:
    st.session_state.opened = name


def go_where_opened() -> None:
    """Follow a card that was clicked; to be called by a page after its cards."""
    name = st.session_state.pop("opened", None)
    if name is not None:
        st.switch_page("pages/failures.py", query_params={"f": name})


@st.cache_data(show_spinner=False)
def _made() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((PICTURES / "pictures.json").read_text())
    return made


def _pair(recipe: Recipe, made: dict[str, Any]) -> str:
    width, height = made["width"], made["height"]
    size = f"--own:{width}px;--most:{3 * width}px;--shape:{width}/{height}"
    figures = "".join(
        f'<figure style="{size}"><figcaption><i style="color:{colour}">■</i> {side}</figcaption>'
        f'<img src="{_source(PICTURES / made[side])}" alt="{escape(recipe.words)}: {side}"></figure>'
        for side, colour in (("broken", theme.BROKEN), ("fixed", theme.FIXED))
    )
    return f'<div class="pair">{figures}</div>'


@st.cache_data(show_spinner=False)
def _source(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
