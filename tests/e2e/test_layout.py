"""What is where on the screen of a laptop and of a phone, in light and dark."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import pytest
from driving import ENDLESS, OpenTab, button, start, step_reaches, url_says
from playwright.sync_api import Page, TimeoutError, expect
from serving import Server

from gan_core.pixels.tiles import COLUMNS

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DRAWN = "[data-testid=stMain] :is(button, h2, h3, a, .said)"  # what each page has, once it is drawn
AT_ONCE = (
    "progress", "transport", "diagnosis", "grid-real", "grid-fake", "histogram", "losses", "accuracy",
    "gradients",
)  # fmt: skip

LIGHT_AXES = (".light-chart .across", ".light-chart .up", ".light-chart .level")
AXES = (".xtick text", ".ytick text", ".shape-label text")
COLOURS = """selector => {
    const words = document.querySelector(selector);
    if (!words) return null;
    const look = getComputedStyle(words);
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const ground = numbers(getComputedStyle(document.querySelector('.stApp')).backgroundColor);
    const light = words.matches('.light-chart *');
    const colour = numbers(light ? look.color : look.fill).slice(0, 3);
    return [[...colour, parseFloat(light ? look.opacity : look.fillOpacity)], ground];
}"""
# What can be pressed and is smaller than a finger; a slider is as large as what answers around its thumb.
SMALL = """() => {
    const reaches = e => {
        const {x, y, width, height} = e.parentElement.parentElement.getBoundingClientRect();
        const at = dy => document.elementFromPoint(x + width / 2, y + height / 2 + dy);
        return [-19, 19].every(dy => e.parentElement.parentElement.contains(at(dy)));
    };
    const kinds = 'button, a, input, textarea, summary, label, [role=button], [role=slider], [role=tab]';
    const choice = e => e.matches('label') ? !e.querySelector('input') : !!e.closest('label')?.querySelector('input');
    return [...document.querySelectorAll(kinds)].filter(e => {
        if (choice(e)) return false;  // the label around a choice is what is pressed, not the mark in it
        const {x, width, height, bottom, top} = e.getBoundingClientRect();
        if (!e.checkVisibility({visibilityProperty: true}) || width < 2 || x < 0) return false;
        if (e.type === 'range') return top > 0 && bottom < innerHeight && !reaches(e);
        // A word or a link within a text answers around itself.
        if (e.matches('.term, p a')) return height - 2 * parseFloat(getComputedStyle(e, '::after').top) < 40;
        const least = (e.ariaLabel ?? '').startsWith('Help') ? 24 : 40;
        return Math.round(height) < least || (least === 24 && Math.round(width) < 24);
    }).map(e => e.ariaLabel || e.innerText || e.outerHTML.slice(0, 80));
}"""


def box(page: Page, key: str) -> dict[str, float]:
    found = page.locator(f".st-key-{key}").bounding_box()
    assert found, f"{key} is not on the page"
    return found


def unfold(page: Page, part: str) -> None:
    """Tap all that is folded there, one after the other."""
    folded = page.locator(f"[data-testid={part}] details:not([open]) > summary")
    for left in reversed(range(folded.count())):
        folded.first.tap()
        expect(folded).to_have_count(left)


def assert_nothing_is_small(page: Page) -> None:
    """Once the page is drawn and its style is there."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(f"() => !({SMALL})().length")
    assert page.evaluate(SMALL) == []


def running(page: Page) -> Page:
    start(page)
    step_reaches(page, 60)
    expect(page.locator(".light-chart")).to_have_count(4)
    return page


def overlapping(one: dict[str, float], other: dict[str, float]) -> bool:
    slack = 1  # borders may touch
    return (
        one["x"] + one["width"] > other["x"] + slack
        and other["x"] + other["width"] > one["x"] + slack
        and one["y"] + one["height"] > other["y"] + slack
        and other["y"] + other["height"] > one["y"] + slack
    )


def pictures(page: Page) -> list[dict[str, Any]]:
    return page.evaluate(
        """[...document.querySelectorAll('.stMain img:not(.light-chart img)')].map(i => ({
        alt: i.alt, width: i.clientWidth, height: i.clientHeight, own: i.naturalWidth, tall: i.naturalHeight,
        look: getComputedStyle(i).imageRendering, plane: !!i.closest('figure.plane')}))"""
    )


def brightness(page: Page, selector: str, what: str) -> float:
    """Of a colour on the page, 0 to 255."""
    colour = page.evaluate(
        "([s, w]) => getComputedStyle(document.querySelector(s))[w].match(/[\\d.]+/g).map(Number)",
        [selector, what],
    )
    return sum(colour[:3]) / 3


def contrast(words: tuple[float, ...], ground: tuple[float, ...]) -> float:
    """By the formula of WCAG 2, of colours from 0 to 255; words with a fourth number, their opacity, let the ground
    through."""
    opacity = words[3] if len(words) > 3 else 1.0
    seen = [opacity * word + (1 - opacity) * behind for word, behind in zip(words[:3], ground[:3], strict=True)]
    lights = []
    for colour in (seen, ground[:3]):
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
                  for part in (value / 255 for value in colour)]  # fmt: skip
        lights.append(sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def assert_nothing_scrolls_sideways(page: Page) -> None:
    wider = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 80))"
    assert page.locator("html, [data-testid=stMain], .katex-display").evaluate_all(wider) == []


def assert_pictures_are_as_they_are(page: Page) -> None:
    """Each at a whole-number scale, not smoothed, and described. A grid on a phone may be cut between two columns; a
    plane of points is drawn, and may be smaller than it is."""
    phone = page.viewport_size == PHONE
    shown = pictures(page)
    assert shown
    for picture in shown:
        assert picture["alt"]
        if picture["plane"]:
            assert picture["width"] == picture["height"] <= picture["own"]
            continue
        scale, rest = divmod(picture["height"], picture["tall"])
        assert scale >= 1
        assert rest == 0
        if picture["width"] != scale * picture["own"]:
            columns, rest = divmod(picture["width"], scale * picture["own"] // COLUMNS)
            assert rest == 0
            assert phone
            assert 4 <= columns < COLUMNS
        assert picture["look"] == "pixelated"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_matters_is_on_one_screen(server: Server, open_tab: OpenTab, scheme: str) -> None:
    page = running(open_tab(server.url + ENDLESS, color_scheme=scheme))
    boxes = {key: box(page, key) for key in AT_ONCE}
    for key, there in boxes.items():
        assert there["x"] >= 0, key
        assert there["x"] + there["width"] <= 1280, key
        assert there["y"] >= 0, key
        assert there["y"] + there["height"] <= 800, f"{key} ends below the screen"
    for one, other in itertools.combinations(boxes, 2):
        assert not overlapping(boxes[one], boxes[other]), f"{one} and {other} overlap"
    header = page.locator("[data-testid=stHeader]").bounding_box()
    assert boxes["progress"]["y"] >= header["y"] + header["height"] - 1
    assert button(page, "pause").bounding_box()["y"] >= header["y"] + header["height"] - 1
    assert_pictures_are_as_they_are(page)
    assert_nothing_scrolls_sideways(page)

    background = brightness(page, ".stApp", "backgroundColor")
    assert background < 70 if scheme == "dark" else background > 200
    for text in (*LIGHT_AXES, *AXES):
        if text == AXES[0]:
            button(page, "pause").click()  # a run that stands still has plotly's charts
        colours = page.wait_for_function(COLOURS, arg=text).json_value()
        assert contrast(*map(tuple, colours)) >= 4.5, f"{text} of a chart cannot be read"
    for text in (".st-key-progress b", ".st-key-diagnosis div", ".numbers"):
        assert abs(brightness(page, text, "color") - background) > 120, f"{text} cannot be read"


def test_the_way_back_through_the_run_is_on_the_same_screen(server: Server, open_tab: OpenTab) -> None:
    page = running(open_tab(server.url + ENDLESS))
    scrubber = box(page, "scrub")
    assert scrubber["y"] + scrubber["height"] <= 800


def test_nothing_moves_when_the_run_starts(server: Server, open_tab: OpenTab) -> None:
    page = open_tab(server.url + ENDLESS)
    expect(button(page, "start")).to_be_visible()
    before = {key: box(page, key)["y"] for key in ("transport", "grid-real", "grid-fake")}
    running(page)
    for key, y in before.items():
        assert abs(box(page, key)["y"] - y) <= 2, key


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_one_column(server: Server, open_tab: OpenTab, scheme: str) -> None:
    page = running(open_tab(server.url + ENDLESS, viewport=PHONE, color_scheme=scheme))
    assert_nothing_scrolls_sideways(page)
    assert_pictures_are_as_they_are(page)
    keys = ("grid-fake", "grid-real", "histogram", "losses", "accuracy", "gradients")
    boxes = [box(page, key) for key in keys]
    for upper, lower in itertools.pairwise(boxes):
        assert upper["y"] + upper["height"] <= lower["y"] + 1
    assert all(there["x"] + there["width"] <= PHONE["width"] for there in boxes)


def test_a_phone_shows_pictures_and_learning_rates_at_once_for_fingers(server: Server, open_tab: OpenTab) -> None:
    page = running(open_tab(server.url + ENDLESS, viewport=PHONE, has_touch=True))
    generated, rates = box(page, "grid-fake"), box(page, "rates")
    assert generated["y"] + generated["height"] <= rates["y"]
    assert rates["y"] + rates["height"] <= PHONE["height"]
    for name in ("lr_g", "lr_d"):
        assert box(page, f"rate-{name}")["x"] + box(page, f"rate-{name}")["width"] <= PHONE["width"]
    button(page, "raise-lr_g").click()
    url_says(page, "lg", "0.004")
    expect(page.locator(".st-key-rate-lr_g")).to_contain_text("0.004")
    assert page.evaluate(SMALL) == []

    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.locator(".st-key-dataset")).to_be_in_viewport()
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize(
    "path",
    ["", "course", "course?at=gan", "course?at=result", "train", "points", "compare", "sweep", "runs", "failures",
     "failures?f=mode-collapse", "failures?f=mistake-swapped-labels",
     "untrained", "pixels", "claims", "claims?c=000-01", "glossary", "nopage"],
)  # fmt: skip
def test_all_that_is_pressed_is_large_enough_for_a_finger(server: Server, open_tab: OpenTab, path: str) -> None:
    page = open_tab(f"{server.url}/{path}", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.locator(DRAWN).locator("visible=true").first).to_be_visible()
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    unfold(page, "stMain")
    assert_nothing_is_small(page)
    assert_nothing_scrolls_sideways(page)
    page.get_by_test_id("stExpandSidebarButton").tap()
    expect(page.get_by_test_id("stSidebarCollapseButton").locator("button")).to_be_in_viewport()
    unfold(page, "stSidebar")
    assert_nothing_is_small(page)


@pytest.mark.parametrize("page_name", ["train", "points", "untrained"])
def test_every_page_has_room_in_the_bar_of_a_laptop(server: Server, open_tab: OpenTab, page_name: str) -> None:
    page = open_tab(f"{server.url}/{page_name}")
    expect(page.get_by_test_id("stTopNavLink")).to_have_count(12)
    for link in page.get_by_test_id("stTopNavLink").all():
        expect(link).to_be_in_viewport(ratio=1)
    expect(page.get_by_test_id("stTopNavSection").locator("visible=true")).to_have_count(0)


@pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
def test_home_fits_and_describes_its_pictures(server: Server, open_tab: OpenTab, size: Any) -> None:
    page = open_tab(server.url, **({"viewport": size} if size else {}))
    expect(page.locator(".st-key-home img").first).to_be_visible()
    expect(button(page, "train_live")).to_be_visible()
    assert_nothing_scrolls_sideways(page)
    assert_pictures_are_as_they_are(page)
    at = button(page, "train_live").bounding_box()
    assert at["y"] + at["height"] <= page.viewport_size["height"]


def test_charts_and_pictures_say_what_they_are(server: Server, open_tab: OpenTab) -> None:
    page = running(open_tab(server.url + ENDLESS))
    unnamed = page.evaluate(
        """[...document.querySelectorAll('[data-testid=stPlotlyChart]')].filter(chart =>
        !chart.closest('[aria-label]') && !chart.querySelector('[aria-label], [alt], [role=img]')).length"""
    )
    assert unnamed == 0
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    assert (
        page.locator("button:visible").evaluate_all(
            "all => all.filter(b => !b.innerText.trim() && !b.getAttribute('aria-label')).length"
        )
        == 0
    )
