"""A run that is saved outlives its server: opened again it shows the same, and goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driving import PICTURE, OpenTab, button, pause, picture, progress, start, step, step_reaches
from playwright.sync_api import Page, expect
from serving import serve
from test_layout import PHONE, assert_nothing_scrolls_sideways

pytestmark = pytest.mark.browser


def card(page: Page, key: str) -> str:
    """The key of the only card's part of a kind; it may be there twice while a second script run draws."""
    found = page.locator(f"[class*='st-key-{key}-']")
    expect(found.first).to_be_visible()
    names = {name for one in found.all() for name in (one.get_attribute("class") or "").split()}
    [own] = [name for name in names if name.startswith(f"st-key-{key}-")]
    return own.removeprefix("st-key-")


def test_saved_on_one_server_and_opened_on_the_next(chromium: str, open_tab: OpenTab, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    with serve(tmp_path / "first", kill=True, GAN_HOME=home) as first:
        page = start(open_tab(first.url + "/train?a=mlp&st=1000000&w=0.125&lg=0.01"))
        step_reaches(page, 20)
        button(page, "save").click()
        button(page, "save_run").click()
        expect(page.get_by_text("Keep it up to date")).to_be_visible()
        page.keyboard.press("Escape")
        before = step(page)
        step_reaches(page, before + 20)
        stood = pause(page)
        expect(progress(page)).to_contain_text(re.compile("· saved$"))
        left = picture(page)
        page.close()
    with serve(tmp_path / "second", kill=False, GAN_HOME=home) as second:
        page = open_tab(second.url + "/runs")
        # Twice while a second script run draws.
        expect(page.get_by_text(f"Step {stood} of 1000000").first).to_be_visible()
        expect(page.get_by_text("lr_g=0.01", exact=True).first).to_be_visible()
        button(page, card(page, "delete")).click()
        expect(page.get_by_text("is deleted")).to_be_visible()
        expect(page.locator("[class*='st-key-saved-']")).to_have_count(0)
        button(page, "undo").click()
        button(page, card(page, "open")).click()
        page.wait_for_selector(PICTURE)
        expect(progress(page)).to_contain_text(f"Step {stood} of 1000000")
        expect(progress(page)).to_contain_text(f"saved at step {stood}")
        assert picture(page) == left
        button(page, "start").click()
        step_reaches(page, stood + 20)
        page.close()


def test_on_a_phone_nothing_scrolls_sideways(chromium: str, open_tab: OpenTab, tmp_path: Path) -> None:
    with serve(tmp_path / "server", kill=False, GAN_HOME=str(tmp_path / "home")) as server:
        page = start(open_tab(server.url + "/train?a=mlp&st=60&w=0.125", viewport=PHONE))
        button(page, "save").click()
        button(page, "save_run").click()
        expect(page.get_by_text("Keep it up to date")).to_be_visible()
        assert_nothing_scrolls_sideways(page)
        page.goto(server.url + "/runs")
        assert card(page, "saved")
        assert_nothing_scrolls_sideways(page)
        page.close()
