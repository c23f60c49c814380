"""A class at one server: how soon each student sees a picture, how fairly the cores are shared, what a click waits for.

    PYTHONPATH=tests:tests/e2e python -m tests.load --students 30 --tabs 4 --minutes 1

Starts the app on this machine. Each student is a client of Streamlit's own protocol that does what a browser does: it
opens Train, presses Start, looks as often as the server says, then pauses, resumes and moves a slider. The last
`--tabs` of them are tabs of a real Chromium. Prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import quantiles

import psutil
from driving import PICTURE, STEP
from playwright.async_api import Page, async_playwright
from serving import Server, serve
from students import QUERY, student

PATIENCE_MS = 300_000
TABS = "in tabs of a browser, s"


@contextlib.asynccontextmanager
async def opened(server: Server, tabs: int, first: int) -> AsyncIterator[list[Page]]:
    """Tabs of a browser, each of a visitor of its own with the page Train drawn; their seeds begin at `first`."""
    if not tabs:
        yield []
        return
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        pages = []
        for number in range(tabs):
            page = await (await browser.new_context(reduced_motion="reduce")).new_page()
            page.set_default_timeout(PATIENCE_MS)
            await page.goto(f"{server.url}/train?{QUERY}&se={first + number}")
            await page.locator(".st-key-start button").wait_for()
            pages.append(page)
        yield pages
        await browser.close()


async def clicked(page: Page, key: str, seen: str) -> float:
    """Press a button of a tab, and wait until the tab shows what comes of it; the seconds that took."""
    begun = time.monotonic()
    await page.locator(f".st-key-{key} button").click()
    await page.locator(seen).first.wait_for()
    return time.monotonic() - begun


async def measured(server: Server, students: int, pages: list[Page], minutes: float) -> dict[str, str]:
    """What happens from when all press Start at once; `pages` are the tabs of a browser among them."""
    found: dict[str, str] = {}
    there = [await student(server, number) for number in range(students - len(pages))]
    begun = time.monotonic()
    for one in there:
        await one.click("start")
    firsts, tab_firsts = await asyncio.gather(
        asyncio.gather(*(one.until(lambda one=one: one.pictures > 0) for one in there)),
        asyncio.gather(*(clicked(page, "start", PICTURE) for page in pages)),
    )
    found["first picture after all press Start, s"] = _spread(firsts)
    if pages:
        found[TABS] = f"first picture {_spread(tab_firsts)}"
    found["all have one after, s"] = f"{time.monotonic() - begun:.1f}"

    steps = [one.step for one in there]
    tab_steps = [await page.evaluate(STEP) for page in pages]
    looks = sum(one.looks for one in there)
    before, at = _cpu(server), time.monotonic()
    await asyncio.sleep(60 * minutes)
    after, passed = _cpu(server), time.monotonic() - at
    done = [one.step - step for one, step in zip(there, steps, strict=True)]
    done += [await page.evaluate(STEP) - step for page, step in zip(pages, tab_steps, strict=True)]
    found["steps of each in that time"] = _spread(done, "{:.0f}")
    found["fairness (Jain)"] = f"{sum(done) ** 2 / (len(done) * sum(one**2 for one in done) or 1):.3f}"
    found["cores that train / that draw"] = " / ".join(
        f"{(now - then) / passed:.2f}" for now, then in zip(after, before, strict=True)
    )
    found["looks a second, of all"] = f"{(sum(one.looks for one in there) - looks) / passed:.1f}"
    found["memory of server / of all processes, MB"] = _memory(server)

    slides, pauses = [], []
    for turn, one in enumerate(there):
        rate = "0.1" if turn % 2 else "0.01"
        await one.slide(rate)
        slides.append(await one.until(lambda one=one, rate=rate: f"ld={rate}" in one.address))
        await one.click("pause")
        pauses.append(await one.until(lambda one=one: "paused" in one.state))
        await one.click("start")
    found["slider to effect, s"], found["pause to effect, s"] = _spread(slides), _spread(pauses)
    if pages:
        tab_pauses = [await clicked(page, "pause", ".st-key-progress:has-text('paused')") for page in pages]
        found[TABS] = f"{found[TABS]}; pause {_spread(tab_pauses)}"
    begun = time.monotonic()
    late = await student(server, students)
    found["a new page, s"] = f"{time.monotonic() - begun:.1f}"
    for one in [*there, late]:
        await one.close()
    return found


async def tried(server: Server, students: int, tabs: int, minutes: float) -> dict[str, str]:
    async with opened(server, tabs, students - tabs) as pages:
        return await measured(server, students, pages, minutes)


def _spread(values: list[float], form: str = "{:.1f}") -> str:
    """The least, the middle, 95 % and the greatest."""
    if len(values) < 2:
        return form.format(values[0])
    parts = quantiles(values, n=20, method="inclusive")
    return " · ".join(form.format(value) for value in (min(values), parts[9], parts[18], max(values)))


def _cpu(server: Server) -> tuple[float, float]:
    """Seconds of a core that runs, and that the server itself, have taken until now."""
    workers = sum(_seconds(process) for process in server.process.children(recursive=True))
    return workers, _seconds(server.process)


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def _memory(server: Server) -> str:
    own = server.process.memory_full_info()
    others = sum(process.memory_full_info().pss for process in server.process.children(recursive=True))
    return f"{own.pss / 2**20:.0f} / {(own.pss + others) / 2**20:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--tabs", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        with serve(folder / "server", kill=True, GAN_MAX_WORKERS=str(os.cpu_count())) as server:
            load = os.getloadavg()[0]
            found = asyncio.run(tried(server, given.students, given.tabs, given.minutes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    also = f", {given.tabs} of them tabs of Chromium" if given.tabs else ""
    where = f"{given.students} students{also}, {os.cpu_count()} cores, load before {load:.1f}"
    print(f"| {where} | least · middle · 95 % · most |")
    print("| --- | --- |")
    for words, value in found.items():
        print(f"| {words} | {value} |")


if __name__ == "__main__":
    main()
