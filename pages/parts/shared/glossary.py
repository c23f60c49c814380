"""Technical words that open their meaning by click, touch or keyboard: the browser's own popover, so no run of ours."""

from __future__ import annotations

import re
from functools import cache
from html import escape

import streamlit as st
from markupsafe import Markup

from pages.parts.shared import plain_text
from pages.parts.shared.terms import TERMS, Term

# Words that everybody on these pages meets all the time: in the glossary, but not underlined again and again.
COMMON = frozenset({"step", "pixel", "loss", "weight", "batch", "mode", "seed", "generator", "discriminator"})

_SPELT = {spelling.casefold(): term for term in TERMS.values() for spelling in term.spellings}
_WORDS = re.compile(
    r"(?<![\w-])(" + "|".join(re.escape(word) for word in sorted(_SPELT, key=len, reverse=True)) + r")(?![\w-])",
    re.IGNORECASE,
)


def definitions() -> None:
    """The meanings, hidden until one is opened; once on every page."""
    with st.container(key="terms"):
        st.html(_definitions())


@cache
def _definitions() -> str:
    return "".join(
        f'<div popover id="term-{term.anchor}" class="term-meaning"><b>{escape(term.name)}</b> {escape(term.meaning)} '
        f'<a href="glossary" target="_blank">Glossary</a></div>'
        for term in TERMS.values()
    )


def terms_in(text: str) -> list[Term]:
    """The terms that a text uses, in its order."""
    return list(dict.fromkeys(_SPELT[word.casefold()] for word in _WORDS.findall(text)))


def marked(html: Markup) -> Markup:
    """HTML in which each technical word, where it first stands, opens its meaning; code and tags are left alone."""
    done: set[str] = set()
    parts, in_code = [], False

    def button(found: re.Match[str]) -> str:
        term = _SPELT[found[0].casefold()]
        if term.name in done or term.name in COMMON:
            return found[0]
        done.add(term.name)
        return f'<button class="term" popovertarget="term-{term.anchor}">{found[0]}</button>'

    for part in re.split(r"(<[^>]*>)", html):
        if part.startswith("<"):
            in_code = part == "<code>" or (in_code and part != "</code>")
            parts.append(part)
        else:
            parts.append(part if in_code else _WORDS.sub(button, part))
    return Markup("".join(parts))


def paragraph(words: str, lead: str = "") -> None:
    """A paragraph of our own words, led in by bold ones, whose technical words open."""
    start = Markup("<b>{}</b> ").format(lead) if lead else Markup()
    st.html(Markup('<p class="prose">{}{}</p>').format(start, marked(plain_text.plain(words))))


@cache
def for_help(label: str, words: str) -> str:
    """The meanings of the technical words in a control's label and help, to stand under them."""
    named = [term for term in terms_in(f"{label}. {words}") if term.name not in COMMON]
    return "".join(f"\n\n**{term.name}**: {term.meaning}" for term in named)
