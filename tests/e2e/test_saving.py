"""What a person takes away of a run: the downloaded files, and the proof that they can be made again."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest
from driving import ENDLESS, PICTURE, OpenTab, button, choose, pause, start, step, step_reaches
from PIL import Image
from playwright.sync_api import Page, expect
from serving import Server
from test_layout import PHONE, assert_nothing_scrolls_sideways, box, overlapping

from gan_core.outputs.saved_pictures import read_bytes

pytestmark = pytest.mark.browser


def standing(page: Page) -> Page:
    """A run that has trained a little and stands still, with the popover open."""
    start(page)
    step_reaches(page, 20)
    pause(page)
    open_save(page)
    return page


def open_save(page: Page) -> None:
    button(page, "save").click()
    expect(button(page, "make_files")).to_be_visible()


def downloaded(page: Page) -> dict[PurePosixPath, bytes]:
    """Make the files and take them: contents by name."""
    button(page, "make_files").click()
    with page.expect_download() as started:
        button(page, "download").click()
    with zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes())) as archive:
        return {PurePosixPath(name): archive.read(name) for name in archive.namelist()}


def on_screen(page: Page) -> np.ndarray:
    """The pixels of the generated picture on the page."""
    shown = page.evaluate(
        f"async () => [...new Uint8Array(await (await fetch(document.querySelector('{PICTURE}').src)).arrayBuffer())]"
    )
    return np.asarray(Image.open(io.BytesIO(bytes(shown))))


def test_the_grid_that_is_downloaded_is_the_one_on_the_page_and_is_made_again(
    server: Server, open_tab: OpenTab
) -> None:
    page = standing(open_tab(server.url + ENDLESS))
    files = downloaded(page)
    assert sorted(name.suffix for name in files) == [".json", ".png", ".safetensors"]
    picture = next(name for name in files if name.suffix == ".png")
    assert picture.parts[1:] == (f"step-{step(page):06d}", "grid.png")
    origin, pixels = read_bytes(files[picture], picture.name)
    assert np.array_equal(pixels, on_screen(page))
    assert origin.step == step(page)
    assert json.loads(files[picture.with_suffix(".json")])["time"]
    button(page, "regenerate").click()
    expect(page.get_by_text("all 168 × 224 pixels are the same")).to_be_visible()
    button(page, "save").click()  # closed, and the run goes on
    button(page, "step_both").click()
    expect(page.locator(".st-key-progress")).to_contain_text(f"Step {origin.step + 1} ")
    open_save(page)
    expect(button(page, "download")).to_have_count(0)


def test_single_images_in_a_format_with_a_loss(server: Server, open_tab: OpenTab) -> None:
    page = standing(open_tab(server.url + ENDLESS))
    page.locator(".st-key-save_kind").get_by_text("Single images").click()
    choose(page, "save_format", "JPEG, changes pixels")
    files = downloaded(page)
    assert sum(name.suffix == ".jpg" for name in files) == 64
    assert len(files) == 129  # each with its JSON, and the weights
    origin, _ = read_bytes(files[next(name for name in files if name.name == "sample-07.jpg")], "x")
    assert origin.batch.first == 7
    assert origin.loss.greatest > 0
    expect(page.get_by_text("levels of 255 on average")).to_be_visible()
    button(page, "regenerate").click()
    expect(page.get_by_text("all 28 × 28 pixels are the same")).to_be_visible()


def test_a_run_that_trains_is_saved_as_it_is_and_not_compared(server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(server.url + ENDLESS))
    step_reaches(page, 20)
    open_save(page)
    button(page, "make_files").click()
    expect(button(page, "download")).to_be_visible()
    expect(button(page, "regenerate")).to_be_disabled()
    expect(page.get_by_text("pause it and create the files again")).to_be_visible()
    before = step(page)
    step_reaches(page, before + 20)
    expect(button(page, "download")).to_be_visible()  # it stays open while the page goes on


def test_the_whole_run_as_a_gif(server: Server, open_tab: OpenTab) -> None:
    page = standing(open_tab(server.url + ENDLESS))
    page.locator(".st-key-save_kind").get_by_text("Whole run").click()
    expect(page.locator(".st-key-save_format")).to_have_count(0)
    files = downloaded(page)
    (gif,) = (name for name in files if name.suffix == ".gif")
    told = json.loads(files[gif.with_suffix(".json")])
    assert told["steps"][0] == 0
    assert told["steps"][-1] == step(page)
    with Image.open(io.BytesIO(files[gif])) as image:
        image.seek(image.n_frames - 1)
        assert np.array_equal(np.asarray(image.convert("L")), on_screen(page))
    expect(button(page, "regenerate")).to_have_count(0)


def test_the_button_is_on_the_same_screen_and_covers_nothing(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + ENDLESS)
    start(page)
    step_reaches(page, 20)
    boxes = {key: box(page, key) for key in ("scrub", "save", "classes", "histogram", "gradients")}
    assert boxes["save"]["y"] + boxes["save"]["height"] <= 800
    for key, other in boxes.items():
        assert key == "save" or not overlapping(boxes["save"], other), key


def test_on_a_phone_all_of_it_can_be_reached(server: Server, open_tab: OpenTab) -> None:
    page = standing(open_tab(server.url + ENDLESS, viewport=PHONE))
    button(page, "make_files").click()
    expect(button(page, "download")).to_be_visible()
    assert_nothing_scrolls_sideways(page)
    for key in ("make_files", "download", "regenerate"):
        button(page, key).scroll_into_view_if_needed()
        there = box(page, key)
        assert there["x"] >= 0
        assert there["x"] + there["width"] <= PHONE["width"]
