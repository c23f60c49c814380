"""Text from outside (an address, a name, an upload, an error that quotes one of them), shown as plain text.

Streamlit reads what it is given to say as Markdown: a picture in it makes the browser fetch from elsewhere, a link
looks like ours. So all such text is drawn as HTML by `plain`, which escapes it.
"""

from __future__ import annotations

import re
from html import escape

import streamlit as st
from markupsafe import Markup

from pages.parts.shared import theme


def plain(words: str) -> Markup:
    """Text as HTML that shows it letter by letter; what stands between backticks is shown as code."""
    return Markup(re.sub("`([^`\n]+)`", r"<code>\1</code>", escape(words)))


def say(colour: str, words: str, strong: str = "", role: str = "status") -> None:
    """One line with a coloured edge; `role` tells a screen reader how urgent it is."""
    lead = f"<b>{escape(strong)}</b> " if strong else ""
    st.html(f'<div class="said" role="{role}" style="border-color:{colour}"><span>{lead}{plain(words)}</span></div>')


def wrong(words: str) -> None:
    """One line for what cannot be used or done."""
    say(theme.BROKEN, words, role="alert")


def small(words: str) -> None:
    """A line in small print."""
    st.html(Markup('<div class="small-print">{}</div>').format(plain(words)))


def in_chart(words: str) -> str:
    """Text for a label of a chart, which would take tags in it for markup."""
    return escape(words, quote=False)
