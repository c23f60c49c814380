"""The list of all shown words: it has every kind of them, and none of what an editor would strike out."""

from __future__ import annotations

import ast
import re

import pytest
from shown_words import FOLDERS, ROOT, shown_words

from gan_core.claims.ledger import CLAIMS
from gan_core.diagnosis.failures import FAILURES
from gan_core.settings.fields import SETTINGS

# What was met again and again, and what to write instead.
STIFF = {
    r"\b(is|are) no (\w+ )?(pixels?|pixel values|file|text|table|PNG|journal)\b": "is not a …",
    r"\b[Mm]end(s|ed)?: ": "Fix: …",
    r"\brightly\b": "correctly",
    r"\bupdates a step\b": "updates per step",
    r"\bWho meets it\b": "Where it was reported",
    r"\bwithout a word\b": "silently",
    r"\bDocument \d{3}\b": "the source's title, by cited()",
}


@pytest.fixture(scope="module")
def listed() -> str:
    return "\n".join(shown.text for shown in shown_words())


def test_the_list_has_the_words_of_every_table(listed: str) -> None:
    for words in (
        *(claim.claim for claim in CLAIMS.values()),
        *(failure.looks for failure in FAILURES.values()),
        *(setting.help for setting in SETTINGS.values()),
        *(setting.label for setting in SETTINGS.values()),
    ):
        assert words in listed


def test_the_list_has_every_sentence_that_streamlit_is_given(listed: str) -> None:
    for path in (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if ast.unparse(node.func.value) in ("st", "diagnosis_line", "plain_text"):
                given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                for text in given:
                    if isinstance(text, str) and re.search(r"[a-z] [a-z]", text) and not text.startswith("<"):
                        assert text in listed, path


@pytest.mark.parametrize("stiff", STIFF)
def test_none_is_stiff(stiff: str) -> None:
    found = [f"{one.path}:{one.line} {one.text}" for one in shown_words() if re.search(stiff, one.text)]
    assert found == [], f"write: {STIFF[stiff]}"
