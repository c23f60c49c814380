"""The train page as a person uses it."""

from __future__ import annotations

import re

import psutil
import pytest
from driving import (
    ENDLESS,
    PICTURE,
    STEP,
    OpenTab,
    button,
    choose,
    pause,
    picture,
    picture_step,
    progress,
    query,
    ready,
    seen,
    shown,
    slider,
    start,
    step,
    step_reaches,
    url_says,
    watch,
)
from live_runs import PATIENCE_S, gone
from playwright.sync_api import expect
from serving import GRACE_S, Server

pytestmark = pytest.mark.browser


def test_the_very_first_visitor_comes_by_a_deep_link(own_server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{own_server.url}{ENDLESS}&lg=0.01"))
    expect(page.get_by_role("link", name="Home")).to_be_visible()
    expect(page.get_by_role("link", name="Train", exact=True)).to_be_visible()
    # The stylesheet is there, and the link's settings survived.
    assert page.evaluate("getComputedStyle(document.querySelector('.progress-line')).margin") == "0px"
    assert shown(page, "lr_g") == "0.01"
    assert query(page) == {"a": "mlp", "st": "1000000", "w": "0.125", "lg": "0.01"}
    start(page)
    step_reaches(page, 20)
    assert not own_server.imports("libtorch")


def test_home_leads_to_a_run_that_trains_in_one_click(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url)
    expect(page.locator(".st-key-home img").first).to_be_visible()
    button(page, "train_live").click()
    page.wait_for_url(re.compile(r"/train\?.*run="))
    page.wait_for_selector(PICTURE)
    step_reaches(page, 20)


def test_single_steps_advance_by_one_each(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(server.url + ENDLESS))
    for count, key in enumerate(["step_d", "step_g", "step_both"], start=1):
        button(page, key).click()
        page.wait_for_function(f"{STEP} === {count}")
        expect(button(page, key)).to_be_enabled()
        page.wait_for_function(f"document.querySelector('{PICTURE}')?.alt.endsWith('step {count}')")
    expect(progress(page)).to_contain_text("paused")


def test_the_networks_show_who_acts_and_lead_to_its_settings(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(server.url + ENDLESS))
    for player, other in ("dg", "gd"):
        button(page, f"step_{player}").click()
        expect(page.locator(f"[data-part={player}]")).to_have_class(re.compile("lit"))
        expect(page.locator(f"[data-part={other}]")).not_to_have_class(re.compile("lit"))
    page.locator("[data-part=grad_g]").press("Enter")
    told = page.locator(".network .told")
    expect(told).to_contain_text("comes back through D")
    told.get_by_role("button", name="Learning rate of G").click()
    expect(page.locator(".st-key-find_setting input")).to_have_value("learning rate of G")
    expect(page.locator(".st-key-lr_g")).to_be_visible()
    expect(page.locator(".st-key-lr_d")).to_have_count(0)
    expect(told).to_be_hidden()


def test_step_d_leaves_the_picture_as_it_is(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{server.url}{ENDLESS}&ng=none"))
    button(page, "step_d").click()
    page.wait_for_function(f"document.querySelector('{PICTURE}')?.alt.endsWith('step 1')")
    before = picture(page)
    button(page, "step_d").click()
    page.wait_for_function(f"document.querySelector('{PICTURE}').alt.endsWith('step 2')")
    assert picture(page) == before
    button(page, "step_g").click()
    page.wait_for_function(f"document.querySelector('{PICTURE}').alt.endsWith('step 3')")
    assert picture(page) != before


def test_a_closed_tab_frees_its_worker(own_server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(own_server.url + ENDLESS))
    step_reaches(page, 20)
    worker = own_server.workers()[0]
    address = page.url
    page.context.close()
    assert gone(worker.pid)

    # Its record is gone as well, and the link says so.
    late = ready(open_tab(address))
    expect(late.get_by_text("no longer here")).to_be_visible()


def test_who_comes_back_in_time_finds_the_run_paused_meanwhile(own_server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(own_server.url + ENDLESS))
    before = step_reaches(page, 50)
    worker = own_server.workers()[0]
    address, browser = page.url, page.context  # another browser would only watch
    page.close()
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector(PICTURE)
    watch(page)
    step_reaches(page, before + 50)
    assert min(seen(page)) >= before
    with pytest.raises(psutil.TimeoutExpired):
        worker.wait(GRACE_S + 2)  # the grace period that began at the close is over


def test_a_bad_link_says_what_is_wrong_and_the_button_mends_it(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{server.url}{ENDLESS}&lg=7&xx=1&noise=foo"))
    said = page.get_by_role("alert")
    expect(said).to_have_count(3)
    for name in ("xx", "noise", "lr_g"):
        expect(said.filter(has_text=name)).to_have_count(1)
    expect(button(page, "start")).to_be_disabled()
    button(page, "nearest").click()
    expect(said).to_have_count(0)
    url_says(page, "lg", "1")
    assert query(page) == {"a": "mlp", "st": "1000000", "w": "0.125", "lg": "1"}
    start(page)


def test_a_killed_worker_is_told_and_resumed(own_server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(own_server.url + ENDLESS))
    # The first checkpoint is that of the start; wait for one of training.
    while not (files := own_server.checkpoints()):
        step_reaches(page, step(page) + 20)
    first = files[0].stat().st_mtime_ns
    while files[0].stat().st_mtime_ns == first:
        step_reaches(page, step(page) + 20)
    saved = picture_step(page)
    step_reaches(page, saved + 50)
    own_server.workers()[0].kill()
    expect(page.locator(".st-key-diagnosis")).to_contain_text("ended unexpectedly")
    expect(page.locator(".st-key-diagnosis")).to_contain_text("SIGKILL")
    assert picture(page)
    assert picture_step(page) >= saved
    died_at = step(page)

    expect(button(page, "start")).to_contain_text("Resume from checkpoint")
    watch(page)
    button(page, "start").click()
    step_reaches(page, died_at + 50)
    assert 0 not in seen(page)
    expect(page.locator(".st-key-diagnosis")).not_to_contain_text("ended unexpectedly")


def test_a_change_is_marked_under_the_time_slider(server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(server.url + ENDLESS))
    step_reaches(page, 50)
    slider(page, "lr_d").press("ArrowRight")
    url_says(page, "ld", "0.004")
    expect(page.locator(".marks")).to_contain_text("lr_d → 0.004")
    pause(page)
    mark, track = page.locator(".marks i").bounding_box(), page.locator(".st-key-scrub").bounding_box()
    assert track["x"] <= mark["x"] <= track["x"] + track["width"]
    assert abs(mark["y"] - (track["y"] + track["height"] / 2)) < track["height"]


def test_another_noise_changes_the_picture_of_a_paused_run(server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(server.url + ENDLESS))
    step_reaches(page, 50)
    still = pause(page)
    before = picture(page)
    slider(page, "noise_scale").press("Home")
    page.wait_for_function(f"old => document.querySelector('{PICTURE}').src !== old", arg=before)
    assert step(page) == still


def test_the_address_carries_every_changed_setting(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(server.url + ENDLESS))
    choose(page, "output_activation", "linear")
    url_says(page, "o", "linear")
    choose(page, "noise", "uniform")
    url_says(page, "n", "uniform")
    slider(page, "lr_d").press("ArrowLeft")
    url_says(page, "ld", "0.001")
    page.get_by_text("More settings").click()
    slider(page, "label_smoothing").press("ArrowRight")
    url_says(page, "ls", "0.1")

    other = ready(open_tab(page.url))
    other.get_by_text("More settings").click()
    for key in ("output_activation", "noise", "lr_d", "label_smoothing", "steps", "width", "dataset", "lr_g"):
        expect(other.locator(f".st-key-{key}")).to_be_visible()
        assert shown(other, key) == shown(page, key)
    assert query(other) == query(page)


def test_a_finished_run_says_so_and_the_page_rests(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{server.url}/train?a=mlp&st=30&w=0.125"))
    start(page)
    expect(progress(page)).to_contain_text("Step 30 of 30")
    expect(progress(page)).to_contain_text("finished")
    expect(button(page, "train_more")).to_be_enabled()
    # Let the charts be drawn to their end; from then on nothing may move.
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot').length === 4")
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    watch(page)
    calm = (
        "new Promise(done => { const before = window.changes; setTimeout(() => done(window.changes - before), 2500); })"
    )
    page.evaluate(calm)
    assert page.evaluate(calm) == 0


def test_steps_can_be_raised_when_the_run_is_finished(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{server.url}/train?a=mlp&st=30&w=0.125"))
    start(page)
    expect(progress(page)).to_contain_text("finished")
    page.get_by_text("More settings").click()
    slider(page, "steps").press("End")
    url_says(page, "st", "20000")
    watch(page)
    expect(button(page, "start")).to_be_enabled()
    button(page, "start").click()
    step_reaches(page, 60)
    assert min(seen(page)) >= 30


def test_a_run_that_breaks_says_why(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{server.url}{ENDLESS}&lg=1&ld=1&op=sgd&i=normal&is=10&ng=none&o=linear&l=wasserstein"))
    start(page)
    expect(progress(page)).to_contain_text("infinite or NaN")
    expect(page.locator(".st-key-diagnosis")).to_contain_text(re.compile("finite|NaN"))
    assert picture(page)
    expect(button(page, "reset")).to_be_enabled()


def test_a_missing_folder_is_refused_in_words(server: Server, open_tab: OpenTab) -> None:
    page = ready(open_tab(f"{server.url}{ENDLESS}&d=folder&f=/no/such/folder"))
    button(page, "start").click()
    expect(page.locator(".st-key-diagnosis")).to_contain_text("/no/such/folder")
    # and another choice of data makes it start
    choose(page, "dataset", "digits")
    button(page, "reset").click() if button(page, "start").is_disabled() else None
    button(page, "start").click()
    page.wait_for_selector(PICTURE, timeout=PATIENCE_S * 1000)
