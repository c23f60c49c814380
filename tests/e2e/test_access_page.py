"""A server that others reach, in browsers: who a browser is outlives a reload, and the key does not stay in sight."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from driving import ENDLESS, OpenTab, button, pause, progress, query, slider, start, step, step_reaches, url_says
from playwright.sync_api import expect
from serving import Server, serve

pytestmark = pytest.mark.browser

KEY = "correct horse battery"


@pytest.fixture(scope="module")
def reached(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reached")
    with serve(folder, kill=True, GAN_ALONE="0", GAN_TEACHER_KEY=KEY) as server:
        yield server


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "alone"])
def test_a_run_is_its_browsers_also_after_a_reload(
    shared: bool, reached: Server, server: Server, open_tab: OpenTab
) -> None:
    mine = start(open_tab((reached if shared else server).url + ENDLESS + "&lg=0.0005"))
    run = query(mine)["run"]

    other = open_tab(mine.url.replace("lg=0.0005", "lg=0.5"))
    expect(progress(other)).to_contain_text("2 people watch this run")
    expect(progress(mine)).to_contain_text("2 people watch this run")
    url_says(other, "lg", "0.0005")  # its own settings, not those of the link
    expect(button(other, "start")).to_be_disabled()
    expect(button(other, "pause")).to_be_disabled()
    expect(button(other, "reset")).to_have_count(0)
    expect(slider(other, "lr_g")).to_be_disabled()
    expect(other.locator(".st-key-loss input")).to_be_disabled()
    step_reaches(other, step(other) + 50)
    at = pause(mine)
    expect(progress(other)).to_contain_text(f"Step {at} of")
    button(other, "take_copy").click()
    expect(button(other, "take_copy")).to_have_count(0)
    other.wait_for_function("run => new URL(location).searchParams.get('run') !== run", arg=run)
    expect(button(other, "start")).to_be_enabled()
    slider(other, "lr_g").press("End")
    url_says(other, "lg", "1")
    assert query(mine)["lg"] == "0.0005"

    mine.reload()
    expect(progress(mine)).to_contain_text(f"Step {at} of")
    expect(button(mine, "take_copy")).to_have_count(0)
    button(mine, "step_both").click()
    expect(progress(mine)).to_contain_text(f"Step {at + 1} of")
    assert step(other) == at


def test_the_key_is_taken_and_gone_from_the_address(reached: Server, open_tab: OpenTab) -> None:
    teacher = open_tab(f"{reached.url}/train")
    expect(button(teacher, "start")).to_be_visible()
    teacher.goto(f"{reached.url}/?key={KEY.replace(' ', '%20')}")
    teacher.wait_for_url(re.compile("/classroom$"))
    expect(teacher.get_by_role("heading", name="The class")).to_be_visible()
    expect(teacher.get_by_role("link", name="Class", exact=True)).to_be_visible()
    assert KEY not in str(teacher.context.cookies())
    teacher.go_back()
    expect(button(teacher, "start")).to_be_visible()
    assert "key" not in teacher.url
    teacher.reload()
    expect(teacher.get_by_role("link", name="Class", exact=True)).to_be_visible()  # the browser keeps it

    stranger = open_tab(f"{reached.url}/?key=wrong-but-long")
    expect(stranger.get_by_text("This is not this server's teacher key")).to_be_visible()
    stranger.wait_for_function("!location.href.includes('wrong')")
    stranger.goto(f"{reached.url}/claims")
    expect(stranger.get_by_role("link", name="Failures")).to_be_visible()
    expect(stranger.get_by_role("link", name="Class", exact=True)).to_have_count(0)
