"""Addresses that people type, on a server that nobody has visited yet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from serving import Server


@pytest.mark.parametrize(
    ("address", "said", "then"),
    [
        ("/nopage", "There is no page “/nopage”. Choose one of these:", "/nopage"),
        ("/home", "Watch a GAN learn. Then break it.", "/home"),
        ("/Map", "All 25 runs are done", "/sweep"),
    ],
)
def test_the_first_visitor_gets_the_page_that_the_address_names_or_is_told_what_pages_there_are(
    own_server: Server, browser: Browser, address: str, said: str, then: str
) -> None:
    page = browser.new_page()  # whose console says what Streamlit's own dialog would
    page.goto(own_server.url + address)
    page.wait_for_function("path => location.pathname === path", arg=then)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("location.pathname") == then
    page.get_by_role("link", name="Points").first.click()
    expect(page.locator(".st-key-points-networks")).to_be_visible()
    page.close()
