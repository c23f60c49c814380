"""Technical words that open their meaning by click, touch or keyboard: the browser's own popover, so no run of ours."""

from __future__ import annotations

import re
from functools import cache

import streamlit as st
from markupsafe import Markup, escape

from pages.parts.shared.terms import TERMS, Term

# Words that everybody on these pages meets all the time: in the glossary, but not underlined again and again.
COMMON = frozenset({"step", "pixel", "loss", "weight", "batch", "mode", "seed", "generator", "discriminator"})

_SPELT = {spelling.casefold(): term for term in TERMS.values() for spelling in term.spellings}
_WORDS = re.compile(
    r"(?<![\w-])((?:" + "|".join(map(re.escape, sorted(_SPELT, key=len, reverse=True))) + r")s?)(?![\w-])",
    re.IGNORECASE,
)
# Within these nothing opens: code, and what is a link, a button or unseen anyway.
_CLOSED = frozenset({"code", "pre", "a", "button", "script", "style"})


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
    return list(dict.fromkeys(_meant(word) for word in _WORDS.findall(text)))


def _meant(word: str) -> Term:
    """The term that a word of a text means, in the singular or plural."""
    folded = word.casefold()
    return _SPELT.get(folded) or _SPELT[folded.removesuffix("s")]


def marked(html: Markup) -> Markup:
    """HTML in which each technical word, where it first stands, opens its meaning; code, links and tags are left
    alone."""
    done: set[str] = set()
    parts, closed = [], ""

    def button(found: re.Match[str]) -> str:
        term = _meant(found[0])
        if term.name in done or term.name in COMMON:
            return found[0]
        done.add(term.name)
        return f'<button class="term" popovertarget="term-{term.anchor}">{found[0]}</button>'

    for part in re.split(r"(<[^>]*>)", html):
        if part.startswith("<"):
            tag = re.match(r"</?([a-z0-9]*)", part)[1]  # type: ignore[index]
            if not closed and tag in _CLOSED:
                closed = tag
            elif closed and part == f"</{closed}>":
                closed = ""
            parts.append(part)
        else:
            parts.append(part if closed else _WORDS.sub(button, part))
    return Markup("".join(parts))


def text(words: str) -> Markup:
    """Words as HTML, of which the technical ones open their meaning."""
    return marked(escape(words))


@cache
def for_help(label: str, words: str) -> str:
    """The meanings of the technical words in a control's label and help, to stand under them."""
    named = [term for term in terms_in(f"{label}. {words}") if term.name not in COMMON]
    return "".join(f"\n\n**{term.name}**: {term.meaning}" for term in named)
