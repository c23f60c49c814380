"""Every sentence and label that the program can show, in one list to be read in one go: `python -m tests.shown_words`.

Read from the source: each string that is no docstring and has words in it, with the file and line where it stands. With
arguments, only of files whose path begins with one of them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDERS = ("pages", "gan_core")
# One word alone is shown where these get it.
SHOWING = {
    "button",
    "markdown",
    "caption",
    "expander",
    "popover",
    "page_link",
    "selectbox",
    "setting",
    "metric",
    "Page",
}
SHOWN = {"label", "title", "words", "headline", "help", "placeholder"}
# What has spaces in it and is nobody's text: styles, numbers' formats, code to be written, patterns.
MARKUP = re.compile(r"^\s*(<|[.#\[]|--|%|import |from |def |class |return |[a-z_]+ = |[a-z_.]+\()")


class Shown(NamedTuple):
    """A text and where it stands."""

    path: str  # from the folder of the project
    line: int
    text: str  # each value that is put in stands as {…}


def shown_words(*starts: str) -> Iterator[Shown]:
    """All of them, by file and line."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not starts or name.startswith(starts):
                yield from (Shown(name, line, text) for line, text in _of(ast.parse(path.read_text())))


def _of(tree: ast.Module) -> list[tuple[int, str]]:
    skipped, alone = _not_shown(tree), _shown_alone(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped:
            text = _text(node)
            if _has_words(text) or (id(node) in alone and text.strip()):
                found.append((node.lineno, text))
    return sorted(found)


def _has_words(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2,}[^A-Za-z]* [^A-Za-z]*[A-Za-z]", text)) and not MARKUP.match(text)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{…}" for part in node.values)  # type: ignore[misc]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _not_shown(tree: ast.Module) -> set[int]:
    """Docstrings, the pieces of a joined string, and what only a reader of the code sees."""
    skipped = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            skipped.add(id(body[0].value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(inner) for inner in ast.walk(node) if inner is not node}
        if isinstance(node, ast.Subscript):  # an annotation
            skipped |= {id(inner) for inner in ast.walk(node.slice)}
    return skipped


def _shown_alone(tree: ast.Module) -> set[int]:
    alone = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SHOWING:
                alone |= {id(argument) for argument in node.args}
            alone |= {id(keyword.value) for keyword in node.keywords if keyword.arg in SHOWN}
    return alone


if __name__ == "__main__":
    last = ""
    for path, line, text in shown_words(*sys.argv[1:]):
        if path != last:
            print(f"\n{path}")
        last = path
        print(f"{line:5} {text}")
