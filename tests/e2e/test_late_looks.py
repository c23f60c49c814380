"""A browser that looks at a run before it has heard what the page has set."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import Server
from students import student

pytestmark = pytest.mark.browser


async def raised_and_looked_at(server: Server) -> str:
    """The address after a button has raised D's rate, and a look has brought the one that was."""
    there = await student(server, 1, "a=mlp&w=0.125&st=1000000")
    await there.click("start")
    await there.until(lambda: there.pictures > 0)
    await there.click("raise-lr_d")
    await there.until(lambda: "ld=0.004" in there.query)
    seen = there.looks
    await there.look_late("0.002")
    await there.until(lambda: there.looks > seen)
    await there.click("raise-lr_g")
    await there.until(lambda: "lg=0.004" in there.query)
    await there.close()
    return there.query


def test_a_look_undoes_nothing_that_a_button_has_set(own_server: Server) -> None:
    with ThreadPoolExecutor() as pool:  # in this thread, the browser of other tests has a loop of its own
        assert "ld=0.004" in pool.submit(asyncio.run, raised_and_looked_at(own_server)).result()
