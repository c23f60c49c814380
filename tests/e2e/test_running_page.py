"""The train page of a run that never ends: what a person sees, changes and goes back to while it trains.

All tests use one run; the page of a run that trains is drawn twice a second as long as it is open, so that no other
test has to share the machine with it.
"""

from __future__ import annotations

import re

import pytest
from driving import (
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
    seen,
    shown,
    slider,
    step,
    step_reaches,
    url_says,
    watch,
)
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NothingHappened
from serving import Server

pytestmark = pytest.mark.browser


def test_start_shows_a_picture_and_the_steps_advance(running: Page) -> None:
    first, early = picture(running), step(running)
    assert first.startswith("data:image/png;base64,")
    step_reaches(running, early + 100)
    expect(progress(running)).to_contain_text("steps/s")
    running.wait_for_function(f"first => document.querySelector('{PICTURE}').src !== first", arg=first)
    for chart in ("histogram", "losses", "accuracy", "gradients"):
        expect(running.locator(f".st-key-{chart} .light-chart")).to_be_visible()


def test_a_learning_rate_changes_without_a_restart(running: Page, server: Server, open_tab: OpenTab) -> None:
    step_reaches(running, 50)
    run = query(running)["run"]
    watch(running)
    slider(running, "lr_g").press("ArrowRight")
    url_says(running, "lg", "0.004")
    assert shown(running, "lr_g") == "0.004"
    step_reaches(running, step(running) + 100)
    steps = seen(running)
    assert steps == sorted(steps)  # never back to an earlier step
    assert query(running)["run"] == run

    # It is the worker's setting too: who opens the run by its link alone gets it from there.
    other = open_tab(f"{server.url}/train?run={run}")
    other.wait_for_selector(PICTURE)
    assert shown(other, "lr_g") == "0.004"


def test_pause_stands_still_and_resume_goes_on(running: Page) -> None:
    step_reaches(running, 50)
    still = pause(running)
    expect(button(running, "pause")).to_be_disabled()
    with pytest.raises(NothingHappened):
        running.wait_for_function(f"{STEP} !== {still}", timeout=1500)
    button(running, "start").click()
    step_reaches(running, still + 20)


def test_reset_leads_to_the_same_start_every_time(running: Page) -> None:
    starts = []
    for _ in range(2):
        step_reaches(running, 30)
        button(running, "reset").click()
        running.wait_for_function(f"{STEP} === 0 && document.querySelector('{PICTURE}').alt.endsWith('step 0')")
        expect(button(running, "start")).to_be_enabled()
        starts.append(picture(running))
        button(running, "start").click()
    step_reaches(running, 1)
    assert starts[0] == starts[1]


def test_a_reload_comes_back_to_the_run(running: Page) -> None:
    before, address = step_reaches(running, 50), running.url
    running.reload()
    running.wait_for_selector(PICTURE)
    assert running.url == address
    watch(running)
    step_reaches(running, before + 50)
    assert min(seen(running)) >= before


def test_a_setting_of_the_start_begins_anew(running: Page) -> None:
    before = step_reaches(running, 200)
    watch(running)
    choose(running, "output_activation", "sigmoid")
    url_says(running, "o", "sigmoid")
    running.wait_for_function(f"{STEP} < {before}")
    step_reaches(running, 50)
    steps = seen(running)
    anew = next(index for index, now in enumerate(steps) if now < before)
    assert steps[anew:] == sorted(steps[anew:])
    assert shown(running, "output_activation") == "sigmoid"
    # The generator's values: sigmoid reaches no lower than 0, in the middle of the data's range.
    expect(running.locator(".st-key-diagnosis")).to_contain_text(
        re.compile("cannot be reached|cannot produce|from 0", re.IGNORECASE)
    )


@pytest.mark.parametrize("wait_ms", [0, 130, 260, 390, 520])  # at whatever time of a look at the run the press comes
def test_the_scrubber_goes_back_to_an_early_picture_and_stays(running: Page, wait_ms: int) -> None:
    step_reaches(running, 100)
    running.wait_for_timeout(wait_ms)
    slider(running, "scrub").press("Home")
    running.wait_for_function(f"document.querySelector('{PICTURE}').alt.endsWith('step 0')")
    step_reaches(running, step(running) + 50)  # the run itself goes on
    assert picture_step(running) == 0
    slider(running, "scrub").press("End")
    running.wait_for_function(f"parseInt(document.querySelector('{PICTURE}').alt.match(/step (\\d+)/)[1]) > 100")
