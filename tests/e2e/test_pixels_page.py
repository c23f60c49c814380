"""The page `pixels` as a person uses it: the mistake on the first screen, mending it, bringing a file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from driving import OpenTab, button, choose, query, url_says
from playwright.sync_api import Page, expect
from serving import Server

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
YOURS = ".file-yours img"
STAGES = ".journey .stage"


def drawn(page: Page) -> Page:
    expect(page.locator(STAGES)).to_have_count(7)
    expect(page.locator(".file-right img")).to_be_visible()
    return page


def pixels(page: Page, selector: str) -> list[list[int]]:
    """Every distinct colour of a picture as the browser decoded it, with its place: the picture itself."""
    return page.evaluate(
        """async s => { const i = document.querySelector(s); await i.decode();
        const c = document.createElement('canvas'); c.width = i.naturalWidth; c.height = i.naturalHeight;
        const x = c.getContext('2d'); x.drawImage(i, 0, 0);
        return [...x.getImageData(0, 0, c.width, c.height).data]; }""",
        selector,
    )


def assert_pictures_are_as_they_are(page: Page) -> None:
    for picture in page.locator(".pixels img").all():
        size = picture.evaluate("i => [i.clientWidth, i.naturalWidth, i.clientHeight, i.naturalHeight]")
        assert size[0] % size[1] == 0 and size[0] * size[3] == size[2] * size[1]
        assert picture.evaluate("i => getComputedStyle(i).imageRendering") == "pixelated"
        assert picture.get_attribute("alt")


def assert_nothing_scrolls_sideways(page: Page) -> None:
    for selector in ("html", "[data-testid=stMain]"):
        assert page.evaluate("s => (e => e.scrollWidth - e.clientWidth)(document.querySelector(s))", selector) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_trap_its_effect_and_the_right_result_are_on_the_first_screen(
    server: Server, open_tab: OpenTab, scheme: str
) -> None:
    page = drawn(open_tab(server.url + "/pixels", color_scheme=scheme))
    for place in (".st-key-judgement", ".file-right img", YOURS, ".facts", ".journey", ".stage.broken >> nth=0"):
        box = page.locator(place).bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 800, place
        assert box["x"] >= 0 and box["x"] + box["width"] <= 1280, place
    expect(page.locator(".stage.broken h4")).to_have_text(["3 Clip", "4 Cast"])
    assert_pictures_are_as_they_are(page)
    assert_nothing_scrolls_sideways(page)


def test_mending_makes_both_files_the_same(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(f"{server.url}/pixels?looks=black&source=tanh&image=1&map=half"))
    assert max(pixels(page, YOURS)[::4]) <= 1  # black
    button(page, "mend").click()
    expect(page.locator(".st-key-judgement")).to_contain_text("Nothing is wrong")
    assert pixels(page, YOURS) == pixels(page, ".file-right img")
    expect(page.locator(".stage.broken")).to_have_count(0)
    assert "map" not in query(page)


def test_a_link_is_a_lesson(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(server.url + "/pixels"))
    page.locator(".st-key-looks").get_by_text("An error").click()
    button(page, "mistake-mode").click()
    url_says(page, "pil", "RGB")
    expect(page.locator(".facts pre")).to_have_text("ValueError: Invalid mode for data type")
    choose(page, "choice-file", "JPEG")
    url_says(page, "file", "jpeg")
    other = drawn(open_tab(page.url))
    expect(other.locator(".facts pre")).to_have_text("ValueError: Invalid mode for data type")
    expect(other.locator(".st-key-choice-file input")).to_have_value("JPEG")
    assert other.url == page.url


def test_a_phone_shows_both_files_beside_each_other(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(server.url + "/pixels", viewport=PHONE))
    assert_nothing_scrolls_sideways(page)
    assert_pictures_are_as_they_are(page)
    right, yours = (page.locator(place).bounding_box() for place in (".file-right img", YOURS))
    assert right["y"] == yours["y"] and right["x"] + right["width"] < yours["x"]
    assert yours["x"] + yours["width"] <= PHONE["width"] and yours["y"] + yours["height"] <= PHONE["height"]


def test_what_is_brought_is_diagnosed_and_can_be_followed(server: Server, open_tab: OpenTab, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 1, (16, 3, 28, 28)).cumsum(axis=3)
    samples = (noise / np.abs(noise).max(axis=(1, 2, 3), keepdims=True) * 1.8).astype(np.float32)
    file = tmp_path / "mine.npy"
    np.save(file, samples)
    page = drawn(open_tab(server.url + "/pixels?source=ramp&clip=none"))
    page.locator(".st-key-bring input[type=file]").set_input_files(file)
    report = page.locator(".st-key-report")
    expect(report).to_contain_text("Pixels out of range")
    expect(report).to_contain_text("float32, layout NCHW")
    expect(report.locator("pre")).to_contain_text("np.load('mine.npy')")

    button(page, "follow").click()
    url_says(page, "source", "file")
    outside = np.mean(np.abs(samples[0]) > 1)
    expect(page.locator(f"{STAGES} >> nth=0")).to_contain_text(f"{outside:.1%} outside")
    expect(page.locator(".st-key-judgement")).to_contain_text("Wrapped pixels")
    assert not server.imports("torch")


def test_what_cannot_be_read_is_refused_in_one_sentence(server: Server, open_tab: OpenTab) -> None:
    page = drawn(open_tab(server.url + "/pixels"))
    stored = io.BytesIO()
    np.save(stored, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    for name, content in (("objects.npy", stored.getvalue()), ("empty.png", b""), ("cut.pt", b"PK\x03\x04cut")):
        page.locator(".st-key-bring input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        said = page.locator(".st-key-report .said")
        expect(said).to_contain_text(f"This file cannot be read. {name}")
        assert said.inner_text().count("\n") == 0
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
