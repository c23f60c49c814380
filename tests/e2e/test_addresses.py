"""Addresses that people type, on a server that nobody has visited yet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from serving import Server


@pytest.mark.parametrize(
    ("address", "said"),
    [("/nopage", "There is no page “/nopage”. Choose one of these:"), ("/home", "Watch a GAN learn. Then break it.")],
)
def test_the_first_visitor_is_told_what_pages_there_are(
    own_server: Server, browser: Browser, address: str, said: str
) -> None:
    page = browser.new_page()  # whose console says what Streamlit's own dialog would
    page.goto(own_server.url + address)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == own_server.url + address
    page.get_by_role("link", name="Points").first.click()
    expect(page.locator(".st-key-points-networks")).to_be_visible()
    page.close()
