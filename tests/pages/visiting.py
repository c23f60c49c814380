"""What a test of a page looks at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from gan_core.claims import record
from gan_core.settings.fields import SETTINGS

Open = Callable[..., AppTest]
MARKS = {"holds": "✓ holds", "holds-if": "◐ holds if…", "refuted": "✗ refuted"}
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
    """All that the page draws itself, as HTML; not its stylesheets."""
    return [element.value for element in at.get("html") if not element.value.startswith("<style>")]


def words(at: AppTest) -> str:
    """All that the page says outside the controls."""
    return "\n".join(str(element.value) for kind in (at.error, at.warning, at.markdown) for element in kind)


def cited(at: AppTest) -> list[str]:
    """The claims that the page cites, by id; each has its recorded verdict and opens on the page of claims."""
    found = [link.proto for link in at.get("page_link") if link.proto.page == "claims"]
    ids = [link.label.split(" ", 1)[0] for link in found]
    for claim, link in zip(ids, found, strict=True):
        assert MARKS[record.read()[claim]["measured_verdict"]] in link.label
        assert link.query_string == f"c={claim}"
    assert ("**What the advice says, checked**" in words(at)) == bool(ids)
    return ids
