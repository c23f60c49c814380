"""Whoever changes settings faster than the page answers, or goes back: nothing is lost."""

from __future__ import annotations

import pytest
from driving import ENDLESS, OpenTab, query, shown, slider, start, step, step_reaches, url_says
from playwright.sync_api import Page, expect
from serving import Server

pytestmark = pytest.mark.browser

PRESSES = 4


def presses(page: Page, key: str, arrow: str, apart_ms: int) -> None:
    slider(page, key).focus()
    for _ in range(PRESSES):
        page.keyboard.press(arrow, delay=apart_ms)


def test_back_and_forward_take_the_settings_along(server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(server.url + ENDLESS))
    for rate in ("0.001", "0.0005"):
        slider(page, "lr_d").press("ArrowLeft")
        url_says(page, "ld", rate)
    run = query(page)["run"]
    page.go_back()
    url_says(page, "ld", "0.001")
    expect(slider(page, "lr_d")).to_have_attribute("aria-valuetext", "0.001")
    page.go_forward()
    url_says(page, "ld", "0.0005")
    expect(slider(page, "lr_d")).to_have_attribute("aria-valuetext", "0.0005")
    step_reaches(page, 20)
    assert query(page)["run"] == run


def test_back_from_a_page_leads_to_the_address_that_was_left(server: Server, open_tab: OpenTab) -> None:
    """Also where the browser hears of a page's query before it hears of the page, as it happens on a busy machine."""
    page = open_tab(server.url + "/train?a=mlp&ld=0.01")
    expect(slider(page, "lr_d")).to_have_attribute("aria-valuetext", "0.01")
    left = page.url
    page.get_by_test_id("stTopNavLink").filter(has_text="Compare").click()
    url_says(page, "v1", "o:tanh")
    places = page.evaluate("history.length")
    page.evaluate("for (const name of ['compare', 'points']) history.pushState({}, '', `/${name}?both=of-one-click`)")
    assert page.evaluate("history.length") == places + 1
    page.go_back()
    url_says(page, "v1", "o:tanh")
    while page.url != left:  # a page without its query is a place of its own
        assert "/compare" in page.url
        page.go_back()
    expect(slider(page, "lr_d")).to_have_attribute("aria-valuetext", "0.01")
    expect(page.get_by_text("There is no setting called")).to_have_count(0)


@pytest.mark.parametrize("apart_ms", [0, 50, 120, 250])
def test_every_press_of_a_slider_counts(running: Page, apart_ms: int) -> None:
    """Each asks the server for the whole page, which is then drawn with the value before the next."""
    for arrow, rate in (("ArrowLeft", "0.0001"), ("ArrowRight", None), ("ArrowRight", "0.1")):
        presses(running, "lr_d", arrow, apart_ms)
        running.wait_for_function("rate => new URL(location).searchParams.get('ld') === rate", arg=rate)
        assert shown(running, "lr_d") == (rate or "0.002")
    step_reaches(running, step(running) + 20)
    assert shown(running, "lr_d") == query(running)["ld"] == "0.1"
    presses(running, "lr_d", "ArrowLeft", apart_ms)  # as it was
    running.wait_for_function("!new URL(location).searchParams.has('ld')")


def test_two_controls_changed_at_once_both_count(running: Page) -> None:
    presses(running, "lr_d", "ArrowLeft", 0)
    presses(running, "lr_g", "ArrowRight", 0)
    url_says(running, "lg", "0.1")
    url_says(running, "ld", "0.0001")
    assert (shown(running, "lr_g"), shown(running, "lr_d")) == ("0.1", "0.0001")
