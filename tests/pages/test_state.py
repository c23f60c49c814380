"""What the pages remember: each key declared once, in one place, and used by its declaration alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_runs import ROOT
from streamlit.testing.v1 import AppTest

from gan_core.settings.fields import SETTINGS
from pages.parts.shared import state

STATE = ROOT / "pages" / "parts" / "shared" / "state.py"
PAGE_LINK = STATE.with_name("page_link.py")
FILES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
KEYS = [value for value in vars(state).values() if isinstance(value, state.Key)]
PREFIXES = [value.prefix for value in vars(state).values() if isinstance(value, state.Family) and value.prefix]


def names(file: Path) -> Iterator[str]:
    """All names and attributes that a file speaks of."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def widget_keys(file: Path) -> Iterator[str]:
    """The keys of widgets that a file writes out; of one that is put together, what it begins with. A container's is
    only a class of the stylesheet."""
    for call in ast.walk(ast.parse(file.read_text())):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") == "container":
            continue
        for keyword in call.keywords:
            value = keyword.value
            if keyword.arg == "key" and isinstance(value, ast.JoinedStr):
                value = value.values[0]
            if keyword.arg == "key" and isinstance(value, ast.Constant):
                yield str(value.value)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_session_is_named_in_one_file_and_the_address_in_another(file: Path) -> None:
    found = set(names(file))
    if file != STATE:
        assert "session_state" not in found
    if file != PAGE_LINK:
        assert not found & {"from_dict", "get_all"}  # an address as a whole
        assert all("st.query_params" not in line for line in file.read_text().splitlines())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_widget_that_keeps_a_declared_key_takes_its_name_from_there(file: Path) -> None:
    for key in widget_keys(file):
        assert key not in {declared.name for declared in KEYS}
        assert not any(key.startswith(prefix) for prefix in PREFIXES)


def test_no_two_keys_share_a_name() -> None:
    declared = [key.name for key in KEYS]
    assert len(declared) == len(set(declared))
    # Members of a family cannot be told from a key that begins like them.
    assert not [name for name in [*declared, *PREFIXES] for prefix in PREFIXES
                if name.startswith(prefix) and name != prefix]  # fmt: skip
    assert len(PREFIXES) == len(set(PREFIXES))
    assert not {*declared} & {*SETTINGS}  # every setting's widget has the field's name


def test_every_declared_key_is_used() -> None:
    used = {name for file in FILES if file != STATE for name in names(file)}
    declared = [name for name, value in vars(state).items() if isinstance(value, state.Key | state.Family)]
    assert declared
    assert not [name for name in declared if name not in used]


def page_with_a_callback() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from pages.parts.shared import state

    def another_click_waits() -> None:
        running = get_script_run_ctx()
        assert running is not None and running.script_requests is not None
        running.script_requests.request_rerun(RerunData(running.query_string))

    def keep() -> None:
        state.GAIN.set(2.0)
        another_click_waits()
        state.FIND_SETTING.set(f"gain {state.GAIN.get()}")

    st.button("Keep", on_click=keep)
    st.caption(f"{state.GAIN.get()}, {state.FIND_SETTING.get()}")


def test_a_click_that_waits_cuts_no_callback_short() -> None:
    at = AppTest.from_function(page_with_a_callback).run()
    assert at.caption[0].value == "1.0,"
    at.button[0].click().run()
    assert not at.exception and at.caption[0].value == "2.0, gain 2.0"
