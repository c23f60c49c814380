"""A browser that looks at a run before it has heard what the page has set."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from serving import Server
from students import LR_D, student

pytestmark = pytest.mark.browser
T = TypeVar("T")


def outcome(of: Coroutine[object, object, T]) -> T:
    """In a thread of its own: in this one, the browser of other tests has a loop already."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, of).result()


async def raised_and_looked_at(server: Server) -> str:
    """The address after a button has raised D's rate, and a look has brought the one that was."""
    there = await student(server, 1, "a=mlp&w=0.125&st=1000000")
    await there.click("start")
    await there.until(lambda: there.pictures > 0)
    await there.click("raise-lr_d")
    await there.until(lambda: "ld=0.004" in there.query)
    seen = there.looks
    await there.look_late(there.ids[LR_D], "0.002")
    await there.until(lambda: there.looks > seen)
    await there.click("raise-lr_g")
    await there.until(lambda: "lg=0.004" in there.query)
    await there.close()
    return there.query


def test_a_look_undoes_nothing_that_a_button_has_set(own_server: Server) -> None:
    assert "ld=0.004" in outcome(raised_and_looked_at(own_server))


async def went_back_and_looked_at(server: Server) -> tuple[int, int, int]:
    """The step that the run is at, and those that are shown after a step back and after looks that bring the newest."""
    there = await student(server, 2, "a=mlp&w=0.125&st=1000000")
    await there.click("start")
    await there.until(lambda: there.shown > 200)
    slider = there.ids["scrub"]
    seen = there.looks
    await there.click("previous_picture")
    await there.until(lambda: there.looks > seen + 3)
    went_to = there.shown
    for _ in range(3):
        seen = there.looks
        await there.look_late(slider, 1_000_000)
        await there.until(lambda seen=seen: there.looks > seen)
    await there.close()
    return there.step, went_to, there.shown


def test_a_look_does_not_undo_a_step_back(own_server: Server) -> None:
    step, went_to, shown = outcome(went_back_and_looked_at(own_server))
    assert shown == went_to < step


async def started_and_finished(server: Server) -> tuple[int, bool, str, bool]:
    """How often the whole script has run after Start, whether the page looked by itself, its address, and whether it
    still looks once the run has ended."""
    there = await student(server, 3, "a=mlp&w=0.125&st=300")
    await there.click("start")
    await there.until(lambda: there.pictures > 0)
    looked = there.looking
    await there.until(lambda: "finished" in there.state and not there.looking)
    await there.close()
    return there.wholes - 1, looked, there.query, there.looking


def test_a_click_beside_the_pictures_draws_no_control_again(own_server: Server) -> None:
    wholes, looked, address, still = outcome(started_and_finished(own_server))
    assert wholes == 0
    assert looked and not still
    assert "run=" in address


async def left_and_looked_at(server: Server, name: str, query: str, key: str) -> tuple[list[str], str]:
    """What was drawn from when a button of this key had led from this page to Train, with a look at the page still
    under way; and what Train is called."""
    there = await student(server, 4, query, name)
    await there.click("start")
    await there.until(lambda: there.looking)
    there.still = True
    left, parts = there.page, there.looks_at
    await there.click(key)
    await there.until(lambda: there.drawn_pages[-1] != left)
    await there.look(left, parts)
    await there.until(lambda: there.whole == there.page != left)
    there.still = False
    seen = there.looks
    await there.until(lambda: there.looks > seen + 3)
    await there.close()
    train = there.page
    return there.drawn_pages[there.drawn_pages.index(train) :], train


@pytest.mark.parametrize(
    ("name", "query", "key"), [("failures", "f=out-of-range", "open_broken"), ("compare", "st=600", "open_A")]
)
def test_a_look_at_a_page_that_was_left_does_not_bring_it_back(
    own_server: Server, name: str, query: str, key: str
) -> None:
    drawn, train = outcome(left_and_looked_at(own_server, name, query, key))
    assert set(drawn) == {train}
