"""Templates of a page's own HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from pages.parts.shared import html

HOSTILE = """<img src=x onerror="a">&amp; 'q' "d" </div>"""


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.labels: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.labels += [value for name, value in attrs if name == "aria-label"]

    def handle_data(self, data: str) -> None:
        self.text += data


def _tally(label: str) -> _Read:
    read = _Read()
    read.feed(str(html.render("classroom/tally", spoken=HOSTILE, choices=[(label, "", False, 3, 100.0)], counted=True)))
    read.close()
    return read


def test_what_is_put_in_is_text_in_a_tag_and_in_an_attribute() -> None:
    read = _tally(HOSTILE)
    assert "img" not in read.tags
    assert HOSTILE in read.text
    assert read.labels == [HOSTILE]


def test_markup_is_put_in_as_it_is() -> None:
    assert "em" in _tally(Markup("<em>real</em>")).tags


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="choices"):
        html.render("classroom/tally", spoken="")
