"""Browser profiles, emptied and used again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PATIENCE_MS = 90_000  # generous, since the machine may be busy
MOST_KEPT = 2  # of a kind: each holds some 200 MB
MOST_KINDS = 4  # those of a server that has ended are nobody's any more
Scheme = Literal["light", "dark"]
STORES = "cookies,local_storage,indexeddb,file_systems,service_workers,cache_storage"


@dataclass(frozen=True)
class Profile:
    """What cannot be changed in a profile that is there: whose pages it has read, and how it is used."""

    origin: str
    has_touch: bool
    is_mobile: bool


class Profiles:
    """Browser profiles with one tab each.

    One that a visitor has left keeps nothing but the scripts that it has read, and is given to the next: a new one
    compiles all of them again, 1.5 s of a core each time.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: OrderedDict[Profile, list[Page]] = OrderedDict()  # the kind that was left last at the end

    def take(self, profile: Profile, viewport: ViewportSize = DESKTOP, color_scheme: Scheme = "light") -> Page:
        """An empty tab in an empty profile."""
        if kept := self.free.get(profile):
            page = kept.pop()
        else:
            context = self.browser.new_context(
                viewport=viewport, has_touch=profile.has_touch, is_mobile=profile.is_mobile
            )
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
        page.set_viewport_size(viewport)
        # Without Streamlit's own animations, of which a machine without a GPU draws each picture by hand.
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        return page

    def leave(self, page: Page, profile: Profile) -> None:
        """Close the tab and its profile, or empty both."""
        usable = not page.is_closed() and page.context.pages == [page] and page.url.startswith(f"{profile.origin}/")
        if not usable or len(self.free.get(profile, ())) == MOST_KEPT:
            page.context.close()
            return
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")  # which ends its connection, as closing it does
        page.context.clear_cookies()
        browser = page.context.new_cdp_session(page)
        browser.send("Storage.clearDataForOrigin", {"origin": profile.origin, "storageTypes": STORES})
        browser.send("Page.resetNavigationHistory")
        browser.send("Emulation.resetPageScaleFactor")  # what a phone has zoomed may outlive the page
        browser.detach()
        self.free.setdefault(profile, []).append(page)
        self.free.move_to_end(profile)
        while len(self.free) > MOST_KINDS:
            _, ended = self.free.popitem(last=False)
            for each in ended:
                each.context.close()
