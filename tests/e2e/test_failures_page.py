"""The failures page as a person uses it."""

from __future__ import annotations

import re

import pytest
from driving import PICTURE, OpenTab, button, query, step_reaches
from live_runs import gone
from playwright.sync_api import Page, expect
from serving import Server

from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import RECIPES

pytestmark = pytest.mark.browser

SIDES = ("broken", "fixed")

# Whether the finding was ever lit above the fixed run.
WATCH_FIXED = """() => {
    window.litFixed = false;
    const look = () => { window.litFixed ||= !!document.querySelector('.st-key-panel-fixed .lit') };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
    look();
}"""


def opened(page: Page, name: str) -> Page:
    """Wait until a failure is open."""
    expect(button(page, "start")).to_be_visible()
    page.wait_for_url(re.compile(rf"/failures\?f={name}(&pair=|$)"))
    return page


def both_reach(page: Page, least: int) -> None:
    """Wait until both runs show a picture of at least this step."""
    for side in SIDES:
        page.wait_for_function(
            """([side, least]) => {
                const alt = document.querySelector(`.st-key-grid-${side} img`)?.alt ?? '';
                return parseInt(/step (\\d+)/.exec(alt)?.[1] ?? -1) >= least;
            }""",
            arg=[side, least],
        )


def frame_colour(page: Page, side: str) -> str:
    return page.locator(f".st-key-panel-{side}").evaluate("frame => getComputedStyle(frame).borderTopColor")


def test_a_card_shows_its_failure_live(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(f"{server.url}/failures")
    expect(button(page, "open-blank-grey")).to_be_visible()
    page.evaluate(WATCH_FIXED)
    button(page, "open-blank-grey").click()
    opened(page, "blank-grey")
    both_reach(page, 0)
    # The one setting, by name and with both its values, between the two.
    expect(page.locator(".st-key-between")).to_contain_text("Data range")
    for value in ("[-1,1]", "[0,1]"):
        expect(page.locator(".st-key-between")).to_contain_text(value)
    expect(page.locator(".st-key-panel-broken .lit")).to_contain_text("Blank: all grey")
    assert frame_colour(page, "broken") != frame_colour(page, "fixed")
    both_reach(page, 150)
    expect(page.locator(".st-key-panel-broken .lit")).to_be_visible()
    assert page.evaluate("window.litFixed") is False


@pytest.mark.parametrize("name", ["untrained-grey", "batchnorm-mismatch"])
def test_to_its_end_only_the_broken_side_is_named(server: Server, open_tab: OpenTab, name: str) -> None:
    page = opened(open_tab(f"{server.url}/failures?f={name}"), name)
    expect(page.locator(".st-key-panel-broken .lamp")).to_contain_text("Not started")
    page.evaluate(WATCH_FIXED)
    button(page, "start").click()
    for side in SIDES:
        expect(page.locator(f".st-key-progress-{side}")).to_contain_text("finished")
    expect(page.locator(".st-key-panel-broken .lit")).to_contain_text(FAILURES[name].title)
    expect(page.locator(".st-key-panel-fixed .lamp.well")).to_be_visible()
    assert page.evaluate("window.litFixed") is False
    steps = RECIPES[name].fixed.steps
    for side in SIDES:
        expect(page.locator(f".st-key-grid-{side} img")).to_have_attribute("alt", re.compile(f"step {steps}$"))


def test_pause_holds_both_and_resume_goes_on(server: Server, open_tab: OpenTab) -> None:
    page = opened(open_tab(f"{server.url}/failures?f=identical-samples"), "identical-samples")
    button(page, "start").click()
    both_reach(page, 5)
    button(page, "pause").click()
    for side in SIDES:
        expect(page.locator(f".st-key-progress-{side}")).to_contain_text("paused")
    expect(button(page, "pause")).to_be_disabled()
    button(page, "start").click()
    both_reach(page, 60)


def test_a_reload_comes_back_to_both_runs(server: Server, open_tab: OpenTab) -> None:
    page = opened(open_tab(f"{server.url}/failures?f=identical-samples"), "identical-samples")
    button(page, "start").click()
    both_reach(page, 5)
    page.wait_for_url("**/failures?*pair=*")
    runs = query(page)["pair"]
    page.reload()
    both_reach(page, 60)
    assert query(page)["pair"] == runs
    expect(button(page, "pause")).to_be_enabled()


@pytest.mark.parametrize("name", ["blank-grey", "mode-collapse", "000-complete-unscaled-data"])
def test_both_pictures_are_on_the_first_screen(server: Server, open_tab: OpenTab, name: str) -> None:
    page = opened(open_tab(f"{server.url}/failures?f={name}"), name)
    for side in SIDES:
        picture = page.locator(f".st-key-grid-{side} .pictures").bounding_box()
        assert picture["y"] + picture["height"] <= page.viewport_size["height"]


def test_the_broken_one_goes_on_in_train_with_its_settings(server: Server, open_tab: OpenTab) -> None:
    page = opened(open_tab(f"{server.url}/failures?f=out-of-range"), "out-of-range")
    button(page, "start").click()
    both_reach(page, 0)
    button(page, "open_broken").click()
    page.wait_for_url("**/train?*run=*")
    page.wait_for_selector(PICTURE)
    expect(page.locator(".st-key-output_activation input").first).to_have_value("linear")
    assert query(page)["o"] == "linear"
    assert query(page)["st"] == "600"
    step_reaches(page, 20)


def test_the_way_back_frees_the_workers(own_server: Server, open_tab: OpenTab) -> None:
    page = opened(open_tab(f"{own_server.url}/failures?f=identical-samples"), "identical-samples")
    button(page, "start").click()
    both_reach(page, 5)
    workers = [worker.pid for worker in own_server.workers()[:2]]  # spare ones came later
    button(page, "all_failures").click()
    expect(button(page, "open-blank-grey")).to_be_visible()
    assert all(gone(worker) for worker in workers)
    own_server.files_are_gone()  # the server removes them once their writers have ended


def test_leaving_for_another_page_frees_the_workers_too(own_server: Server, open_tab: OpenTab) -> None:
    page = opened(open_tab(f"{own_server.url}/failures?f=identical-samples"), "identical-samples")
    button(page, "start").click()
    both_reach(page, 5)
    workers = [worker.pid for worker in own_server.workers()[:2]]
    page.get_by_role("link", name="Home").click()
    expect(page.locator(".st-key-home")).to_be_visible()
    assert all(gone(worker) for worker in workers)
