"""Text from outside (an address, a name, an upload, an error that quotes one of them), shown as plain text.

Streamlit reads what it is given to say as Markdown: a picture in it makes the browser fetch from elsewhere, a link
looks like ours. So all such text is drawn as HTML by `plain`, which escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

import streamlit as st
from markupsafe import Markup

from pages.parts.shared import glossary, theme


def plain(words: str) -> Markup:
    """Text as HTML that shows it letter by letter; what stands between backticks is shown as code."""
    return Markup(re.sub("`([^`\n]+)`", r"<code>\1</code>", escape(words)))


def say(colour: str, words: str, strong: str = "", role: str = "status") -> None:
    """One line with a coloured edge; `role` tells a screen reader how urgent it is."""
    lead = f"<b>{escape(strong)}</b> " if strong else ""
    told = glossary.marked(Markup(f"{lead}{plain(words)}"))
    st.html(f'<div class="said" role="{role}" style="border-color:{colour}"><span>{told}</span></div>')


def wrong(words: str) -> None:
    """One line for what cannot be used or done."""
    say(theme.BROKEN, words, role="alert")


def small(words: str) -> None:
    """A line in small print."""
    st.html(Markup('<div class="small-print">{}</div>').format(glossary.marked(plain(words))))


def paragraph(words: str, lead: str = "") -> None:
    """A paragraph, led in by bold words, whose technical words open."""
    start = Markup("<b>{}</b> ").format(lead) if lead else Markup()
    st.html(Markup('<p class="prose">{}</p>').format(glossary.marked(start + plain(words))))


def points(lines: Iterable[tuple[str, str]]) -> None:
    """A list of titles with their words, whose technical words open."""
    drawn = (glossary.marked(Markup("<li><b>{}</b>: {}</li>").format(title, plain(words))) for title, words in lines)
    st.html(Markup('<ul class="prose">{}</ul>').format(Markup("").join(drawn)))


def look_up(*texts: str) -> None:
    """The technical words of what cannot open them itself: choices, tables."""
    found = [term.name for term in glossary.terms_in(" ".join(texts)) if term.name not in glossary.COMMON]
    if found:
        small(f"Look up: {', '.join(found)}.")


def in_chart(words: str) -> str:
    """Text for a label of a chart, which would take tags in it for markup."""
    return escape(words, quote=False)
