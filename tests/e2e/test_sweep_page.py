"""The map as a person uses it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from driving import OpenTab, button, query, shown
from PIL import Image
from playwright.sync_api import Page, expect
from serving import Server

from gan_core.sweep.ready_maps import FIRST, READY

pytestmark = pytest.mark.browser

TINY = "/sweep?a=mlp&sz=8&w=0.125&z=4&bs=8&st=20&dv=cpu&x=lg:0.001;0.1&y=kd:1;2&seeds=0"


def pictures(page: Page) -> list[str]:
    """All of the map, as they are drawn."""
    found: list[str] = page.locator(".sweep-map img").evaluate_all("all => all.map(one => one.src)")
    return found


def filled(page: Page) -> list[str]:
    """The pictures of the small map, once all four are there."""
    expect(page.locator(".sweep-map img")).to_have_count(4)
    expect(page.locator(".st-key-progress")).to_contain_text("All 4 runs are done")
    return pictures(page)


def saved(page: Page, kind: str, folder: Path) -> bytes:
    with page.expect_download() as download:
        button(page, f"save_{kind}").click()
    download.value.save_as(folder / kind)
    return (folder / kind).read_bytes()


def test_a_map_fills_and_its_squares_open_on_train_and_compare(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + "/sweep")
    expect(page.locator(".sweep-map img")).to_have_count(len(READY[FIRST].cells))  # before the first click
    expect(button(page, "start")).to_be_disabled()

    page = open_tab(server.url + TINY)
    expect(page.locator(".sweep-map .none")).to_have_count(4)
    expect(page.locator(".st-key-progress")).to_contain_text("The rest takes about")
    button(page, "start").click()
    seen = filled(page)
    hover = page.locator(".sweep-map td").first.get_attribute("title") or ""
    assert "Learning rate of G 0.001" in hover and "seed 0:" in hover and "contrast" in hover

    other = open_tab(page.url)  # the link, in somebody else's browser
    assert filled(other) == seen

    corner = other.locator(".sweep-map td").last
    corner.hover()
    corner.locator(".beside").click()
    for side, words in (("A", "Learning rate of G: 0.1"), ("B", "Learning rate of G: 0.002")):
        expect(other.locator(f".st-key-panel-{side} .apart")).to_contain_text(words)

    page.locator(".sweep-map td img").last.click()
    expect(button(page, "start")).to_be_enabled()
    assert {key: query(page).get(key) for key in ("lg", "kd", "sz", "st")} == {
        "lg": "0.1", "kd": "2", "sz": "8", "st": "20",
    }  # fmt: skip
    assert shown(page, "n_dis") == "2"
    button(page, "map_these").click()
    expect(page.locator(".sweep-map .none")).to_have_count(24)
    assert pictures(page) == seen[-1:]  # it was trained for the other map
    assert query(page)["kd"] == "2" and query(page)["x"].startswith("lg:")


def test_a_map_is_saved_as_picture_table_and_page(server: Server, open_tab: OpenTab, tmp_path: Path) -> None:
    page = open_tab(server.url + "/sweep")
    expect(page.locator(".sweep-map img")).to_have_count(25)
    button(page, "sweep_files").click()
    with Image.open(io.BytesIO(saved(page, "png", tmp_path))) as picture:
        assert min(picture.size) > 5 * 84
    lines = [*csv.DictReader(io.StringIO(saved(page, "csv", tmp_path).decode()))]
    assert len(lines) == 25 and {line["lr_g"] for line in lines} == {str(v) for v in READY[FIRST].vary["lr_g"]}
    saved(page, "html", tmp_path)
    offline = page.context.new_page()
    (tmp_path / "html").rename(tmp_path / "map.html")
    offline.goto((tmp_path / "map.html").as_uri())
    expect(offline.locator("td img")).to_have_count(25)
    assert offline.locator("td img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 0)")


@pytest.mark.parametrize("name", [*READY][1:])
def test_every_ready_map_opens(server: Server, open_tab: OpenTab, name: str) -> None:
    page = open_tab(server.url + "/sweep")
    page.locator(".st-key-sweep_ready input").click()
    page.get_by_role("option", name=name, exact=True).click()
    plan = READY[name]
    expect(page.locator(".sweep-map td")).to_have_count(len(plan.cells))
    expect(page.locator(".st-key-progress")).to_contain_text("The rest takes about")
    expect(button(page, "start")).to_be_enabled()
    wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    assert page.evaluate(wide) <= 0
