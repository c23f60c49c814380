"""A visitor who walks through the pages: presses, chooses, types, follows links, goes back, as a browser does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from live_runs import ROOT
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from visiting import wrongs

PAGES = (
    "home", "course", "train", "compare", "sweep", "runs", "failures", "points", "untrained", "pixels", "claims",
    "glossary",
)  # fmt: skip
ODD_TEXTS = (
    "",
    "0",
    "-1",
    "1e400",
    "nan",
    "loss=hinge",
    "lr_g=fast",
    "<b>&amp;</b>",
    "`[x](y)` $z$",
    "٣",
    "x" * 500,
    "\u202e~",
)
UNFOLDED = ("save", "code", "over_time", "evidence-diagnosis", "breaking")  # what is drawn only once it is open


@dataclass(frozen=True)
class Place:
    """A page with its address."""

    page: str
    query: tuple[tuple[str, str], ...] = ()


class Tab:
    """One tab of a browser, and the places it has been."""

    def __init__(self) -> None:
        self.at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        self.history: list[Place] = []
        self.place = Place("home")
        self._run()

    def go(self, place: Place) -> None:
        """Open a link."""
        self.at.switch_page(f"pages/{place.page}.py")
        self.at.query_params = dict(place.query)
        self._run()

    def back(self, place: Place) -> None:
        """By the browser's own button, to a place of before."""
        ask = LocalScriptRunner.request_rerun
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                LocalScriptRunner, "request_rerun",
                lambda runner, data: ask(runner, replace(data, is_history_navigation=True)),
            )  # fmt: skip
            self.go(place)

    def set(self, widget: Widget, **value: Any) -> None:
        """What the browser sends once somebody has used a widget: text as it is shown, not Python's values."""
        states = WidgetStates()
        for node in self.at._tree:
            if isinstance(node, Widget) and node.id != widget.id:
                states.widgets.append(node._widget_state)
        used = WidgetState(id=widget.id)
        for kind, content in value.items():
            if isinstance(content, list):
                getattr(used, kind).data[:] = content
            else:
                setattr(used, kind, content)
        states.widgets.append(used)
        self._run(states)

    def look(self) -> None:
        """As a part of the page does that is drawn again by itself."""
        self._run()

    def unfold(self, name: str) -> None:
        """Open what is folded, or close it."""
        self.at.session_state[name] = not self.at.session_state.get(name)
        self._run()

    def _run(self, states: WidgetStates | None = None) -> None:
        self.at._run(states) if states is not None else self.at.run()
        self.at._page_hash = ""  # where the script has gone by itself, there it stays
        page = self.at.session_state["page"] or "home"
        now = Place(page, tuple((key, str(text)) for key, text in self.at.query_params.items()))
        if now != self.place:
            self.history.append(self.place)
        self.place = now

    def buttons(self) -> list[Widget]:
        """What can be pressed."""
        return [button for button in self.at.button if not button.disabled]

    def controls(self) -> list[Widget]:
        """What can be changed, besides buttons and files."""
        kinds = (
            "selectbox", "multiselect", "radio", "button_group", "select_slider", "slider", "number_input", "toggle",
            "checkbox", "text_input", "text_area",
        )  # fmt: skip
        return [node for kind in kinds for node in self.at.get(kind) if not node.proto.disabled]

    def links(self) -> list[Place]:
        """The pages that the page links to."""
        inner = [(link.proto.page, link.proto.query_string) for link in self.at.get("page_link")]
        outer = [link.proto.url.rpartition("/")[2].partition("?")[::2] for link in self.at.get("link_button")]
        places = [Place(page or "home", tuple(parse_qsl(query))) for page, query in [*inner, *outer]]
        return [place for place in places if place.page in PAGES]

    def troubles(self) -> Iterator[str]:
        """What the page refuses or complains of. What the diagnosis finds in a run has its name first, in bold."""
        yield from wrongs(self.at)
