"""The page of the untrained generator as a person uses it."""

from __future__ import annotations

import re

import pytest
from driving import PICTURE, OpenTab, button, choose, picture, shown, slider, url_says
from playwright.sync_api import Page, expect
from serving import Server

from gan_core.settings.fields import SETTINGS

pytestmark = pytest.mark.browser

VERDICT = ".st-key-diagnosis"
CELLS = ".st-key-contrast_chart .heatmap-label"  # a number in each


def drawn(page: Page) -> Page:
    """Wait for the first picture."""
    page.wait_for_selector(PICTURE)
    return page


def redrawn(page: Page, before: str) -> None:
    """Wait for another picture than this one."""
    page.wait_for_function(f"old => document.querySelector('{PICTURE}').src !== old", arg=before)


def test_another_activation_redraws_the_picture_and_back(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(f"{server.url}/untrained?a=mlp&w=0.5"))
    first = picture(page)
    choose(page, "output_activation", "relu")
    redrawn(page, first)
    url_says(page, "o", "relu")
    second = picture(page)
    choose(page, "output_activation", "tanh")
    redrawn(page, second)
    assert picture(page) == first


def test_every_control_redraws_the_picture(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(f"{server.url}/untrained?a=mlp&w=0.5&ng=none"))
    for change in (
        lambda: choose(page, "init", "he normal"),
        lambda: slider(page, "noise_scale").press("ArrowLeft"),
        lambda: choose(page, "norm_g", "batch"),
        lambda: choose(page, "sample_mode", "eval"),
        lambda: slider(page, "gain").press("ArrowLeft"),
        lambda: slider(page, "width").press("ArrowRight"),
    ):
        before = picture(page)
        change()
        redrawn(page, before)


def test_a_preset_is_grey_and_the_page_says_why(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(f"{server.url}/untrained"))
    button(page, "preset-eval").click()
    expect(page.locator(VERDICT)).to_contain_text(re.compile(r"^This one is grey\. Contrast 0\.\d levels of 255"))
    expect(page.locator(VERDICT)).to_contain_text("with the same weights")
    assert shown(page, "architecture") == "document-dcgan"
    choose(page, "sample_mode", "train")
    expect(page.locator(VERDICT)).to_contain_text("not grey")


def test_the_map_becomes_whole_and_no_change_waits_for_it(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(f"{server.url}/untrained?a=document-dcgan&sm=eval"))
    before = picture(page)
    choose(page, "init", "he normal")
    redrawn(page, before)
    cells = len(SETTINGS["init"].choices) * len(SETTINGS["output_activation"].choices)
    page.wait_for_function(f"document.querySelectorAll('{CELLS}').length === {cells}")
    choose(page, "init", "pytorch")
    expect(page.get_by_text("so the activation is not the cause")).to_be_visible()
