"""The compare page as a person uses it."""

from __future__ import annotations

import pytest
from driving import OpenTab, button, progress, query, seen, slider, step_reaches, url_says, watch
from playwright.sync_api import Page, expect
from serving import Server

pytestmark = pytest.mark.browser

LINK = "/compare?a=mlp&sz=8&w=0.125&z=4&bs=8&st=600&v1=o:tanh&v2=o:linear"

# The steps of the two pictures in sight.
STEPS = """() => ['A', 'B'].map(side =>
    parseInt(/step (\\d+)/.exec(document.querySelector(`.st-key-grid-${side} img`)?.alt ?? '')?.[1] ?? -1))"""


def together(page: Page, least: int, most: int) -> int:
    """Wait until both panels show the picture of one and the same step between these; returns it."""
    page.wait_for_function(f"""() => {{
        const [a, b] = ({STEPS})();
        return a === b && a >= {least} && a <= {most};
    }}""")
    step: int = page.evaluate(STEPS)[0]
    return step


def test_a_link_trains_two_runs_in_lock_step_to_the_table(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + LINK)
    for side, value in (("A", "tanh"), ("B", "linear")):
        expect(page.locator(f".st-key-panel-{side} .apart")).to_contain_text(f"Output activation: {value}")
    expect(page.locator(".st-key-grid-A img")).to_have_count(0)  # a link starts nothing by itself
    button(page, "start").click()
    now = together(page, 10, 590)
    assert together(page, now + 1, 600) > now

    for side in "AB":
        expect(page.locator(f".st-key-progress-{side}")).to_contain_text("finished")
    expect(page.locator(".final table")).to_be_visible()
    assert together(page, 600, 600) == 600
    expect(page.locator(".final")).to_contain_text("What the diagnosis says")

    slider(page, "scrub").press("Home")
    together(page, 0, 0)
    button(page, "next_picture").click()
    second = together(page, 1, 50)
    button(page, "play").click()
    together(page, second + 1, 600)  # it goes on by itself
    assert len(query(page)["runs"].split("~")) == 2


def test_another_page_holds_the_runs_and_the_way_back_finds_them(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + LINK.replace("st=600", "st=1000000"))
    button(page, "start").click()
    together(page, 1, 1_000_000)
    page.get_by_role("link", name="Home").click()
    expect(page.locator(".st-key-home")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    for side in "AB":
        expect(page.locator(f".st-key-progress-{side}")).to_contain_text("paused")
    before = together(page, 1, 1_000_000)
    button(page, "start").click()  # now it resumes
    together(page, before + 1, 1_000_000)


def test_a_reload_comes_back_to_both_runs(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + LINK.replace("st=600", "st=1000000"))
    button(page, "start").click()
    before = together(page, 1, 1_000_000)
    page.wait_for_function("new URL(location).searchParams.has('runs')")
    page.reload()
    together(page, before + 1, 1_000_000)


def test_a_trained_run_that_is_opened_in_train_goes_on_from_its_step(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + LINK.replace("st=600", "st=60"))
    button(page, "start").click()
    expect(page.locator(".st-key-progress-A")).to_contain_text("finished")
    expect(page.locator(".final table")).to_be_visible()
    button(page, "open_A").click()
    expect(progress(page)).to_contain_text("finished")
    page.locator(".st-key-more summary").click()
    expect(page.locator(".st-key-ema_warm_up input")).to_be_checked()  # what Train shows is what the run has
    settings = {key: value for key, value in query(page).items() if key not in ("run", "st")}
    watch(page)
    button(page, "train_more").click()
    step_reaches(page, 61)
    assert min(seen(page)) >= 60
    url_says(page, "st", "1060")
    assert {key: value for key, value in query(page).items() if key not in ("run", "st")} == settings
