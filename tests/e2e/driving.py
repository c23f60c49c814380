"""What a person does on the train page, and what a person sees there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

OpenTab = Callable[..., Page]

STEP = "parseInt(/^Step (\\d+)/.exec(document.querySelector('.st-key-progress')?.innerText)?.[1] ?? -1)"
PICTURE = ".st-key-grid-fake img"

# A run that nobody sees the end of, quick to compute.
ENDLESS = "/train?a=mlp&st=1000000&w=0.125"

# Note every step that the page shows, and every change of what is drawn.
WATCH = f"""() => {{
    window.seen = [];
    window.changes = 0;
    const look = () => {{
        const step = {STEP};
        if (step >= 0 && step !== window.seen.at(-1)) window.seen.push(step);
    }};
    new MutationObserver(() => {{ window.changes += 1; look(); }})
        .observe(document.body, {{subtree: true, childList: true, characterData: true, attributes: true}});
    look();
}}"""


def ready(page: Page) -> Page:
    """Wait until the page is drawn and can be used."""
    expect(button(page, "start")).to_be_visible()
    return page


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button >> visible=true")


def progress(page: Page) -> Locator:
    return page.locator(".st-key-progress")


def start(page: Page) -> Page:
    """Press Start and wait for the first picture."""
    button(ready(page), "start").click()
    page.wait_for_selector(PICTURE)
    return page


def pause(page: Page) -> int:
    """Press Pause; returns the step at which the run stands still, once the step under way is done and shown."""
    button(page, "pause").click()
    expect(progress(page)).to_contain_text("paused")
    settled = f"""() => {{
        const [now, step] = [performance.now(), {STEP}];
        if (window.still?.step !== step) window.still = {{step, since: now}};
        return now - window.still.since > 1500;
    }}"""
    page.wait_for_function(settled)
    return step(page)


def step(page: Page) -> int:
    return page.evaluate(STEP)


def step_reaches(page: Page, least: int) -> int:
    """Wait until the page shows a step of at least this."""
    page.wait_for_function(f"{STEP} >= {least}")
    return step(page)


def watch(page: Page) -> None:
    page.evaluate(WATCH)


def seen(page: Page) -> list[int]:
    """The steps shown since `watch`, in order."""
    return page.evaluate("window.seen")


def picture(page: Page) -> str:
    """The generated picture itself."""
    return page.locator(PICTURE).get_attribute("src") or ""


def picture_step(page: Page) -> int:
    """The step that the generated picture is of, as its description says."""
    return int(re.findall(r"step (\d+)", page.locator(PICTURE).get_attribute("alt") or "")[0])


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def url_says(page: Page, key: str, value: str | None) -> None:
    """Wait until the page's address has this setting; None: until it has none."""
    page.wait_for_function("([k, v]) => new URL(location).searchParams.get(k) === v", arg=[key, value])


def slider(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} input[type=range]")


def choose(page: Page, key: str, option: str) -> None:
    """Choose from a list."""
    page.locator(f".st-key-{key} input").click()
    page.get_by_role("option", name=option, exact=True).click()


def shown(page: Page, key: str) -> str:
    """What a control shows."""
    control = page.locator(f".st-key-{key} input").first
    found: Any = control.get_attribute("aria-valuetext") or control.input_value()
    return found
