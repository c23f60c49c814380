"""A server that is slow to send: what it draws stays in its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import ENDLESS, OpenTab, button, start, step, step_reaches, url_says
from playwright.sync_api import expect
from serving import SLOW, serve

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def test_what_stands_below_the_live_part_stays_there(chromium: str, open_tab: OpenTab, tmp_path: Path) -> None:
    """A look that is due while the whole page is drawn again comes before that was sent."""
    with serve(tmp_path / "server", kill=False, program=SLOW) as server:
        page = start(open_tab(server.url + ENDLESS, viewport=PHONE, has_touch=True))
        step_reaches(page, 20)
        for pressed, rate in (("raise", "0.004"), ("lower", None)) * 3:
            button(page, f"{pressed}-lr_g").click()
            url_says(page, "lg", rate)
            step_reaches(page, step(page) + 100)
            for name in ("lr_g", "lr_d"):
                expect(page.locator(f".st-key-rates .st-key-rate-{name} .st-key-raise-{name}")).to_have_count(1)
                expect(page.locator(f".st-key-raise-{name}")).to_have_count(1)
        page.close()
