"""The page of claims as a person uses it."""

from __future__ import annotations

import re

import pytest
from driving import OpenTab, button, url_says
from playwright.sync_api import expect
from serving import Server

pytestmark = pytest.mark.browser

SHORT = {"width": 390, "height": 844}


def test_a_link_filters_a_claim_is_opened_and_run_and_agrees(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(f"{server.url}/claims?d=003&v=refuted")
    expect(button(page, "open-003-05")).to_be_visible()
    expect(page.locator(".st-key-open-003-06")).to_have_count(0)
    expect(page.locator(".st-key-open-000-03")).to_have_count(0)
    button(page, "open-003-05").click()
    url_says(page, "c", "003-05")
    expect(page.locator(".claim-verdict")).to_contain_text("Refuted.")
    button(page, "run_again").click()
    expect(page.locator(".st-key-claim-run")).to_contain_text("Agrees with the record.")
    expect(page.locator(".st-key-claim-run .figures")).to_contain_text("Now")
    page.reload()
    expect(page.locator(".claim-verdict")).to_contain_text("Refuted.")


def test_training_is_followed_and_stopped_while_the_page_answers(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(f"{server.url}/claims?c=000-19", viewport=SHORT)
    expect(button(page, "run_again")).to_contain_text("s of training")
    button(page, "run_again").click()
    expect(page.locator(".st-key-claim-run")).to_contain_text(re.compile(r"[1-9][\d,]* of [\d,]+ steps"))
    button(page, "all_claims").click()
    button(page, "open-000-03").click()
    expect(page.locator(".st-key-claim-run")).to_contain_text("Claim 000-19:")
    button(page, "stop_claim").click()
    expect(button(page, "run_again")).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
