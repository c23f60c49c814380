"""Failures as cards: what breaks and what mends it, in pictures that the project's own runs made."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import Markup

from gan_core.diagnosis.documents import DOCUMENTS
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipe import Recipe, Side
from gan_core.diagnosis.titles import title_of
from gan_core.saving_mistakes import link
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES, PLAINEST
from gan_core.settings.experiment import diff
from gan_core.settings.points import POINT_SETS
from pages.parts.compare import panel
from pages.parts.failures import failure
from pages.parts.shared import failure_link, glossary, plain_text, state, theme

PICTURES = theme.ASSETS / "failures"


def show(recipes: Sequence[Recipe], columns: int = 3) -> None:
    """Three cards a row, each with both pictures, seven words and a button that opens it."""
    made = _made()
    for start in range(0, len(recipes), columns):
        for column, recipe in zip(st.columns(columns), recipes[start : start + columns], strict=False):
            with column, st.container(border=True, key=f"card-{recipe.name}"):
                words = Markup("<b>{}</b><br>{}").format(FAILURES[recipe.failure].title, recipe.words)
                st.html(glossary.marked(words))
                st.html(_pair(recipe, made[recipe.name], {side: side for side in failure.SIDES}))
                if note := made[recipe.name].get("note"):
                    plain_text.small(note)
                st.button(
                    "See it live", key=f"open-{recipe.name}", on_click=_open, args=(recipe.name,), width="stretch"
                )


def listing(recipes: Sequence[Recipe]) -> None:
    """By source, one line a recipe, each a button that opens it."""
    for document, title in DOCUMENTS.items():
        if not any(recipe.document == document for recipe in recipes):
            continue  # the one about saving has no setup to train
        with st.container(key=f"document-{document}"):
            st.markdown(f"**{title}** :small[{document}]")
            with st.container(horizontal=True, gap="xsmall"):
                for recipe in recipes:
                    if recipe.document == document:
                        shows = f"**{title_of(recipe.failure)}**" if recipe.failure else "does not fail"
                        st.button(
                            f"{recipe.words} → {shows}", key=f"open-{recipe.name}", on_click=_open, args=(recipe.name,)
                        )


def mistakes(recipes: Sequence[Recipe]) -> None:
    """The mistakes in a loop, one line each, as buttons that open them."""
    with st.container(horizontal=True, gap="xsmall", key="mistakes"):
        for recipe in recipes:
            shows = f"**{title_of(recipe.failure)}**" if recipe.failure else "no harm here"
            st.button(f"{recipe.words} → {shows}", key=f"open-{recipe.name}", on_click=_open, args=(recipe.name,))


def pictures_of(recipe: Recipe) -> None:
    """Both pictures of a recipe, with what sets them apart: those of its failure's own recipe are also those of a
    document that has the same two sides."""
    own = FAILURES[recipe.failure].recipe if recipe.failure else recipe
    same = (own.broken, own.fixed) == (recipe.broken, recipe.fixed)
    apart = [name for name in diff(recipe.broken, recipe.fixed) if name != "steps"]
    titles = {side: panel.named(recipe.side(side), apart) for side in failure.SIDES}
    st.html(_pair(recipe, _made()[own.name if same else recipe.name], titles))


def saving() -> None:
    """The failures of saving, each a button that opens its mistake on the page `pixels`."""
    with st.container(key="document-saving", horizontal=True, gap="xsmall"):
        for saved_wrong, (looks, name) in PLAINEST.items():
            st.button(
                f"{KNOWN_MISTAKES[looks][name].words} → **{title_of(saved_wrong)}**",
                key=f"open-{saved_wrong}",
                on_click=_open,
                args=(saved_wrong,),
            )


def _open(name: str) -> None:
    state.OPENED.set(name)


def go_where_opened() -> None:
    """Follow a card that was clicked; to be called by a page after its cards."""
    name = state.OPENED.take()
    if name in PLAINEST:
        st.switch_page("pages/pixels.py", query_params=link.to_query(link.of_mistake(*PLAINEST[name]), None))
    if name is not None:
        state.SEE_LIVE.set(name)
        st.switch_page("pages/failures.py", query_params=failure_link.LINK.query(failure_link.AskedFailure(name)))


def just_opened(name: str) -> bool:
    """Whether this recipe was opened by its card a moment ago, and so is to be seen live; True only once."""
    return state.SEE_LIVE.take() == name


@st.cache_data(show_spinner=False)
def _made() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((PICTURES / "pictures.json").read_text())
    return made


def _pair(recipe: Recipe, made: dict[str, Any], titles: Mapping[Side, str]) -> str:
    kind = "plane" if recipe.broken.dataset in POINT_SETS else "tiles"  # of a plane no part may be cut off
    size = f"--own:{made['width']}px;--tile:{recipe.broken.image_size}px"
    figures = "".join(
        f'<figure class="{kind}" style="{size}"><figcaption><i style="color:{look.colour}">■</i> '
        f'{escape(titles[side])}</figcaption><div><img src="{_source(PICTURES / made[side])}" '
        f'alt="{escape(recipe.words)}: {escape(titles[side])}"></div></figure>'
        for side, look in failure.looks(recipe).items()
    )
    return f'<div class="pair">{figures}</div>'


@st.cache_data(show_spinner=False)
def _source(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
