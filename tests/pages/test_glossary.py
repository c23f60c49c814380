"""The glossary: each term once, every technical word of the settings in it, and the words that open on a page."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from markupsafe import Markup
from visiting import Open, as_read, html

from gan_core.settings.fields import SETTINGS
from pages.parts.shared import glossary, plain_text
from pages.parts.shared.terms import TERMS

# Names, abbreviations and plain words that a help text explains where they stand.
PLAIN = {
    "PyTorch", "GPU", "GPUs", "D", "G", "ImageNet", "Data", "Points", "Fashion", "MNIST", "PacGAN", "RGB", "Noise",
}  # fmt: skip


def test_no_word_is_defined_twice_and_each_meaning_is_short() -> None:
    spelt = Counter(spelling.casefold() for term in TERMS.values() for spelling in {*term.spellings})
    assert [word for word, count in spelt.items() if count > 1] == []
    assert len({term.anchor for term in TERMS.values()}) == len(TERMS)
    for term in TERMS.values():
        assert term.meaning[0].isupper() or term.meaning[0] == "“"
        assert term.meaning.endswith(".") and len(term.meaning) < 260


@pytest.mark.parametrize("name", SETTINGS)
def test_each_technical_word_of_a_help_text_is_in_the_glossary(name: str) -> None:
    """One is a word with a capital or a digit inside a sentence, or with a capital after a small letter."""
    row = SETTINGS[name]
    text = re.sub(r"'s\b|'[^']*'|“[^”]*”", "", f"{row.help} {' '.join(row.told.values())}")
    inside = re.sub(r"(^|[.:;!?] )[A-Z][a-z]*\b", " ", text)
    technical = set(re.findall(r"\b[A-Za-z]*[A-Z][A-Za-z0-9]*(?:-\w+)?\b|\b[a-z]+[0-9]+\b", inside)) - PLAIN
    known = {spelling for term in TERMS.values() for spelling in term.spellings}
    assert {word for word in technical if word not in known and word not in SETTINGS[name].choices} == set()


@pytest.mark.parametrize(
    "word", ["logit", "BatchNorm", "saturates", "train mode", "eval mode", "tanh", "R1", "non-saturating", "Kaiming"]
)
def test_a_word_of_the_field_opens_its_meaning(word: str) -> None:
    made = glossary.marked(plain_text.plain(f"About {word}, and {word} again; `{word}` is code."))
    assert made.count("popovertarget") == 1
    (term,) = glossary.terms_in(word)
    assert f'popovertarget="term-{term.anchor}">{word}</button>' in made


def test_plurals_open_and_links_stay_links() -> None:
    made = glossary.marked(Markup('<a href="x">sigmoid</a> and gradient norms'))
    assert made.startswith('<a href="x">sigmoid</a>')
    assert 'popovertarget="term-gradient-norm">gradient norms</button>' in made


@pytest.mark.parametrize(
    ("page", "term"),
    [
        ("home", "BatchNorm"), ("course", "sigmoid"), ("train", "gradient-norm"), ("compare", "activation"),
        ("sweep", "learning-rate"), ("failures", "mode-collapse"), ("points", "precision"),
        ("untrained", "eval-mode"), ("pixels", "wrap-round"), ("claims", "tanh"),
    ],
)  # fmt: skip
def test_the_words_of_every_page_open(open_page: Open, page: str, term: str) -> None:
    at = open_page(page)
    drawn = "".join(element.value for element in at.get("html"))
    assert f'<button class="term" popovertarget="term-{term.lower()}">' in drawn


def test_choices_that_cannot_open_have_their_words_below(open_page: Open) -> None:
    at = open_page("course", at="batchnorm")
    drawn = "".join(element.value for element in at.get("html"))
    assert re.search(r'Look up: .*popovertarget="term-checkerboard"', drawn)


def test_words_within_words_tags_and_code_are_left_alone() -> None:
    for html_text in ("logits-like", '<i title="logit">x</i>', "<code>logit</code>", "catanh"):
        assert glossary.marked(Markup(html_text)) == html_text


def test_the_page_has_every_term_and_every_page_every_meaning(open_page: Open) -> None:
    at = open_page("glossary")
    assert not at.exception
    assert all(f"{term.name}{term.meaning}" in as_read(at) for term in TERMS.values())
    drawn = "".join(html(at))
    assert all(f'id="term-{term.anchor}"' in drawn for term in TERMS.values())
