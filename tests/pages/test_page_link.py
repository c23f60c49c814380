"""The page's address against one that the browser sent before it knew the newest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visiting import Open

Change = Callable[[AppTest], Any]

# What somebody does on a page, and what of the address that changes.
PAGES: dict[str, tuple[Change, str]] = {
    "train": (lambda at: at.select_slider(key="lr_d").set_value(0.004), "ld"),
    "untrained": (lambda at: at.selectbox(key="output_activation").set_value("relu"), "o"),
    "pixels": (lambda at: at.selectbox(key="source").set_value("tanh"), "source"),
    "claims": (lambda at: at.selectbox(key="claims_subject").set_value("data"), "s"),
    "compare": (lambda at: at.selectbox(key="vary").set_value("lr_g"), "v1"),
}


@pytest.mark.parametrize("page", PAGES)
def test_an_older_address_of_the_page_undoes_nothing(open_page: Open, page: str) -> None:
    change, name = PAGES[page]
    at = open_page(page)
    before = dict(at.query_params)
    change(at).run()
    after = dict(at.query_params)
    assert after.get(name) != before.get(name)
    at.query_params.clear()
    at.query_params.update(before)
    at.run()
    assert not at.exception
    assert dict(at.query_params) == after


def test_an_address_that_the_page_never_had_is_a_link(open_page: Open) -> None:
    at = open_page("train")
    at.select_slider(key="lr_d").set_value(0.004).run()
    at.query_params["ld"] = "0.01"
    at.run()
    assert at.select_slider(key="lr_d").value == 0.01
    assert at.query_params["ld"] == "0.01"


def test_coming_back_to_a_page_by_a_link_takes_its_settings(open_page: Open) -> None:
    """Also where this page had the same address some time ago."""
    at = open_page("train", ld="0.01")
    at.select_slider(key="lr_d").set_value(0.004).run()
    at.switch_page("pages/pixels.py").run()
    at.switch_page("pages/train.py")
    at.query_params["ld"] = "0.01"
    at.run()
    assert at.select_slider(key="lr_d").value == 0.01
