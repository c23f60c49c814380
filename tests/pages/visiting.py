"""What a test of a page looks at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from gan_core.claims import record
from gan_core.outputs.colours import BROKEN
from gan_core.settings.fields import SETTINGS

Open = Callable[..., AppTest]
MARKS = {"holds": "✓ holds", "holds-if": "◐ holds if…", "refuted": "✗ refuted"}
TERM = re.compile(r'<button class="term" [^>]*>(.*?)</button>')
SHARED_RUNS: set[str] = set()  # ids of runs that outlive a visitor


def widgets(block: Block) -> dict[str, Any]:
    """All settings' widgets within a block, by key."""
    found: dict[str, Any] = {}
    for child in block.children.values():
        if isinstance(child, Block):
            found |= widgets(child)
        elif getattr(child, "key", None) in SETTINGS:
            assert child.key not in found, f"two widgets for {child.key}"
            found[child.key] = child
    return found


def html(at: AppTest) -> list[str]:
    """All that the page draws itself, as HTML; not its stylesheets, nor what has the browser keep its cookie. Words
    that open their meaning are plain here."""
    drawn = [TERM.sub(r"\1", element.value) for element in at.get("html") if not element.value.startswith("<style>")]
    return [text for text in drawn if not text.startswith("<script>document.cookie") or "location.replace" in text]


def words(at: AppTest) -> str:
    """All that the page says outside the controls, code between backticks."""
    return "\n".join([*(str(element.value) for element in at.markdown), *map(as_text, html(at))])


def as_text(drawn: str) -> str:
    """What a reader sees of HTML, code between backticks."""
    return unescape(re.sub("<[^>]*>", "", re.sub("</?code>", "`", drawn)))


def wrongs(at: AppTest) -> list[str]:
    """What the page cannot use or do; not what the diagnosis finds in a run, which has its name first, in bold."""
    said = [element for element in html(at) if 'class="said"' in element and BROKEN in element]
    return [as_text(element) for element in said if "<b>" not in element]


def network(at: AppTest) -> dict[str, Any]:
    """What the browser is given to draw the two networks from."""
    (drawn,) = [found for found in at.get("bidi_component") if "gan_network" in found.proto.component_name]
    told: dict[str, Any] = json.loads(drawn.proto.bytes)
    return told


def as_read(at: AppTest) -> str:
    """What is drawn as HTML, as a reader sees it: without its tags."""
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(html(at))))


def cited(at: AppTest) -> list[str]:
    """The claims that the page cites, by id; each has its recorded verdict and opens on the page of claims."""
    found = [link.proto for link in at.get("page_link") if link.proto.page == "claims"]
    ids = [link.query_string.removeprefix("c=") for link in found]
    for claim, link in zip(ids, found, strict=True):
        assert MARKS[record.read()[claim]["measured_verdict"]] in link.label
        assert claim in link.label
    assert ("**Common advice, tested**" in words(at)) == bool(ids)
    return ids
