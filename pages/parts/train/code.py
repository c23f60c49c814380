"""The page's experiment as a plain script, with the lines marked that the last change of a setting touched."""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from difflib import SequenceMatcher
from html import escape

import streamlit as st

from gan_core.outputs.script import NAME, script_of
from gan_core.settings.experiment import Experiment, diff
from pages.parts.shared import state

# Part of a line: where it begins and ends, and its class in the stylesheet.
Span = tuple[int, int, str]


def show(e: Experiment) -> None:
    """The script of the settings, folded until somebody wants it; changes are noted even while it is."""
    before, now = state.CODE_OF.get() or (None, e)
    if e != now:
        before, now = now, e
    state.CODE_OF.set((before, now))
    with st.expander("Show the code", key="code", icon=":material/code:", on_change="rerun") as opened:
        if not opened.open:
            return
        text = script_of(e)
        words, button = st.columns([0.8, 0.2], vertical_alignment="center")
        words.caption(_words(before, now, text))
        button.download_button(
            "Download", text, NAME, "text/x-python", key="download_code", icon=":material/download:",
            on_click="ignore", width="stretch", help="The script alone; Save has it together with its data.",
        )  # fmt: skip
        st.html(marked(text, script_of(before) if before else text))


def _words(before: Experiment | None, now: Experiment, text: str) -> str:
    about = f"{len(text.splitlines())} lines of plain PyTorch that do what this page does, to copy and to change."
    if before is None:
        return f"{about} Change a setting, and the lines it touches are marked."
    changed = " and ".join(f"`{name}`" for name in diff(before, now))
    if script_of(before) == text:
        return f"{about} The last change, of {changed}, changes nothing here."
    return f"{about} Marked: what the last change, of {changed}, touched."


def marked(text: str, before: str) -> str:
    """The script as HTML, all of it escaped: new lines marked, and those that were there before in their place, struck
    out; these are left out where it is copied."""
    old, new = before.splitlines(), text.splitlines()
    coloured = _coloured(text)
    lines: list[str] = []
    for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            lines += [f'<del aria-label="removed">{escape(line) or " "}</del>' for line in old[start:end]]
        for number in range(first, last):
            line = coloured[number]
            lines.append(f"<span>{line}\n</span>" if what == "equal" else f"<ins>{line}\n</ins>")
    return f'<pre class="script" tabindex="0"><code>{"".join(lines)}</code></pre>'


def _coloured(text: str) -> list[str]:
    """Each line as HTML with its comments, texts, keywords and numbers told apart."""
    spans: dict[int, list[Span]] = {}
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = _kind(token)
        for row in range(token.start[0], token.end[0] + 1) if kind else ():
            start = token.start[1] if row == token.start[0] else 0
            end = token.end[1] if row == token.end[0] else len(lines[row - 1])
            spans.setdefault(row, []).append((start, end, kind))
    return [_line(line, spans.get(number, [])) for number, line in enumerate(lines, 1)]


def _kind(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return "word" if keyword.iskeyword(token.string) or hasattr(builtins, token.string) else ""
    kinds = {tokenize.COMMENT: "comment", tokenize.STRING: "text", tokenize.NUMBER: "number"}
    return kinds.get(token.type, "")


def _line(line: str, spans: list[Span]) -> str:
    parts, at = [], 0
    for start, end, kind in spans:
        parts += [escape(line[at:start]), f'<i class="{kind}">{escape(line[start:end])}</i>']
        at = end
    return "".join([*parts, escape(line[at:])])
