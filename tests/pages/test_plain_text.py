"""What comes from outside is shown as plain text: nothing of it is Markdown or HTML, on whatever page it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from bringing import npy
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Node
from untrained_runs import saved
from visiting import Open, words

from gan_core.saved_runs.store import Store
from gan_core.settings.experiment import Experiment

MARK = "elsewhere.example"
HOSTILE = f"![x](http://{MARK}/x.png) [Session expired: log in](http://{MARK}/) <img src=http://{MARK}/y.png>"
"""What Streamlit would fetch, link and draw."""

ADDRESSES: list[tuple[str, dict[str, str]]] = [
    ("train", {HOSTILE: "1"}),
    ("train", {"run": HOSTILE}),
    *(("train", {key: HOSTILE}) for key in ("sz", "o", "lg", "kd", "d", "a", "st", "pk", "seed")),
    ("train", {"d": "folder", "f": HOSTILE, "lg": "7"}),
    ("train", {"a": "mlp", "gain": HOSTILE}),
    ("train", {"lesson": HOSTILE}),
    ("compare", {HOSTILE: "1"}),
    *(("compare", {key: HOSTILE}) for key in ("v1", "runs", "sz", "lg")),
    ("compare", {"v1": f"o:{HOSTILE}"}),
    ("compare", {"v1": f"{HOSTILE}:1"}),
    ("compare", {"d": "folder", "f": HOSTILE, "v1": "o:tanh", "v2": "o:linear"}),
    ("compare", {"d": "folder", "v1": f"f:{HOSTILE}", "v2": "f:b"}),
    ("untrained", {HOSTILE: "1"}),
    ("untrained", {"gain": HOSTILE}),
    ("untrained", {"f": HOSTILE, "d": "folder"}),
    ("failures", {HOSTILE: "1"}),
    ("failures", {"f": HOSTILE}),
    ("failures", {"f": "blank-grey", "pair": HOSTILE}),
    ("runs", {HOSTILE: "1"}),
    ("runs", {"find": HOSTILE}),
    ("runs", {"find": f"{HOSTILE}=1"}),
    ("claims", {HOSTILE: "1"}),
    *(("claims", {key: HOSTILE}) for key in ("c", "d", "v", "s")),
    ("pixels", {HOSTILE: "1"}),
    *(("pixels", {key: HOSTILE}) for key in ("looks", "source", "image", "map", "order", "quality", "run")),
    ("pixels", {"source": "run", "run": HOSTILE}),
]

# Fields that Streamlit shows letter by letter: what is typed, chosen, addressed; and code.
LITERAL = {"default", "value", "raw_value", "raw_values", "url", "query_string", "placeholder", "id", "page"}
LITERAL_OPTIONS = {"selectbox", "multiselect"}


def texts(message: Message, kind: str) -> Iterator[str]:
    """All that Streamlit would read as Markdown in an element."""
    for field, value in message.ListFields():
        if field.name in LITERAL or (field.name == "options" and kind in LITERAL_OPTIONS):
            continue
        for part in value if field.is_repeated else [value]:
            if isinstance(part, str):
                yield part
            elif isinstance(part, Message):
                yield from texts(part, kind)


def markup(at: AppTest) -> list[str]:
    """Where anything from outside would be more than text."""
    found = []
    for node in nodes(at):
        proto: Any = getattr(node, "proto", None)
        if not isinstance(proto, Message) or node.type == "code":
            continue
        for text in texts(proto, node.type):
            plain = node.type == "html" and not any(f"<{tag}" in text for tag in ("img src=http", "a href=http"))
            if MARK in text and not plain:
                found.append(f"{node.type}: {text}")
    return found


def nodes(at: AppTest) -> list[Node]:
    return [node for node in at._tree if isinstance(node, Node)]


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Store:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GAN_HOME", str(home))
    return Store(home)


@pytest.mark.parametrize(("page", "query"), ADDRESSES, ids=lambda part: part if isinstance(part, str) else "-".join(
    "KEY" if key == HOSTILE else key for key in part))  # fmt: skip
def test_no_part_of_an_address_is_markup(open_page: Open, store: Store, page: str, query: dict[str, str]) -> None:
    store.new("a run")
    at = open_page(page, **query)
    assert not at.exception
    assert markup(at) == []


def test_it_is_shown_letter_by_letter(open_page: Open) -> None:
    at = open_page("untrained", gain=HOSTILE)
    assert f"“{HOSTILE}”" in words(at)


def test_the_test_itself_would_see_markup() -> None:
    def script() -> None:
        import streamlit as st

        st.warning("![x](http://elsewhere.example/x.png)")
        st.button("[log in](http://elsewhere.example)")
        st.html("<b><img src=http://elsewhere.example/y.png></b>")

    assert len(markup(AppTest.from_function(script).run())) == 3


def test_a_name_of_an_upload_or_of_a_column_is_text(open_page: Open) -> None:
    name = HOSTILE.replace("/", "_")
    samples = npy(np.zeros((4, 1, 8, 8), np.float32))
    rows = "".join(f"{step},0.5,0.9\n" for step in range(50))
    log = f"step,loss_d,loss_g {name}\n{rows}".encode()
    at = open_page("pixels")
    for ending, content in ((".npy", samples), (".csv", log), (".npy", b"no numbers")):
        at.file_uploader(key="bring").set_value((name + ending, content, "application/octet-stream")).run()
        assert not at.exception and markup(at) == []
        assert MARK in words(at)


def test_the_name_of_a_saved_run_is_text(open_page: Open, store: Store) -> None:
    short = f"![x](http://{MARK}/x) <img src=http://{MARK}>"
    folder = store.new(short)
    saved(folder, 40, Experiment())
    store.new(short)  # damaged: it holds nothing yet
    at = open_page("runs")
    assert not at.exception and markup(at) == [] and MARK in words(at)
    at.button(key=f"delete-{folder.name}").click().run()
    assert not at.exception and markup(at) == [] and MARK in words(at)


def test_the_name_of_a_class_is_text() -> None:
    def script(name: str) -> None:
        from gan_core.messages.frame import Classes
        from pages.parts.shared import charts

        charts.class_shares(Classes([name, "other"], [0.5, 0.5], 0.9), {})

    at = AppTest.from_function(script, args=("<a href='http://elsewhere.example'>log in</a>",)).run()
    (chart,) = at.get("plotly_chart")
    assert "<a" not in chart.proto.spec and "&lt;a" in chart.proto.spec
