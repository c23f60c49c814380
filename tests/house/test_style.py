"""How the code is written, as far as a machine can tell: CONTRIBUTING.md has the rules."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(path for place in ("gan_core", "pages") for path in (ROOT / place).rglob("*.py"))
MOST_WORDS = 35  # of a sentence
MOST_LINES = 350  # of a file


def told(path: Path) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of a file, with their lines; code within docstrings left out."""
    text = path.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            words = ast.get_docstring(node)
            if words:
                yield getattr(node, "lineno", 1), words
    block: list[str] = []
    first = last = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if not token.line.lstrip().startswith("#"):  # beside code: it stands by itself
            yield line, token.string.lstrip("# ")
            continue
        if line != last + 1 and block:
            yield first, "\n".join(block)
            block = []
        first, last = (first if block else line), line
        block.append(token.string.lstrip("# "))
    if block:
        yield first, "\n".join(block)


def sentences(words: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n|\n\s*(?=[-*] )|:\n", words):
        if not re.match(r"(?m)^    ", paragraph):  # an example of code
            yield from re.split(r"(?<=[.!?])\s+(?=[A-Z`\"“(])", " ".join(paragraph.split()))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentences_are_short(path: Path) -> None:
    long = [
        f"line {line}: {sentence}"
        for line, words in told(path)
        for sentence in sentences(words)
        if len(sentence.split()) > MOST_WORDS
    ]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_a_class_has_a_name_of_its_own() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in CODE:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
