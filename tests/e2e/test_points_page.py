"""The page Points in a browser: one step in slow motion."""

from __future__ import annotations

from driving import OpenTab, button
from playwright.sync_api import expect
from serving import Server

STAGES = [
    "Noise", "G makes points", "D on real", "D on generated", "Loss of D", "D moves",
    "D looks again", "Loss of G", "Gradient", "G moves",
]  # fmt: skip
# Note each stage that is lit, with its sentence, one after the other.
NOTE = """plane => {
    window.lit = [];
    const look = () => {
        const stage = [...plane.querySelectorAll(".stages .lit")].map((item) => item.textContent).join();
        const said = plane.querySelector(".sentence").textContent;
        if (stage && stage !== window.lit.at(-1)?.[0]) window.lit.push([stage, said]);
    };
    new MutationObserver(look).observe(plane, {subtree: true, childList: true, attributes: true});
}"""


def test_slow_motion_tells_of_ten_stages_and_ends_where_the_run_goes_on(open_tab: OpenTab, server: Server) -> None:
    page = open_tab(server.url + "/points?d=ring&st=100000")
    plane, progress = page.locator(".plane"), page.locator(".st-key-progress")
    slow = plane.locator(".slow")
    plane.locator("select").select_option("1")
    plane.evaluate(NOTE)
    slow.click()
    page.wait_for_function("count => window.lit.length > count", arg=len(STAGES))
    told = page.evaluate("window.lit")
    assert [stage for stage, _ in told[: len(STAGES) + 1]] == [*STAGES, STAGES[0]]
    assert len({said for _, said in told[: len(STAGES)] if said}) == len(STAGES)
    expect(progress).to_contain_text("paused")
    expect(slow).to_have_text("Stop slow motion")
    assert int(plane.get_attribute("data-step") or 0) >= 1  # D has moved in it
    button(page, "start").click()
    expect(slow).to_have_text("Slow motion")
    expect(progress).to_contain_text("training")
    assert not plane.locator(".lit").count()


def test_there_is_no_slow_motion_of_a_run_that_is_over(open_tab: OpenTab, server: Server) -> None:
    page = open_tab(server.url + "/points?d=ring&st=20")
    slow = page.locator(".plane .slow")
    expect(slow).to_be_enabled()
    button(page, "start").click()
    expect(page.locator(".st-key-progress")).to_contain_text("finished")
    expect(slow).to_be_disabled()
