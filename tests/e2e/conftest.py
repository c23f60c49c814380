"""A server of its own and a real browser. Without a browser these tests skip and say how to install one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from driving import ENDLESS, OpenTab, button, start, step, step_reaches
from playwright.sync_api import Browser, Page, expect, sync_playwright
from profiles import PATIENCE_MS, Profile, Profiles
from serving import Server, serve

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
)  # fmt: skip
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no browser: install one (apt install chromium) or name it in CHROMIUM=/path/to/chromium")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))


@pytest.fixture(scope="session")
def shared_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for most tests. It is killed at the end, and its workers must go with it."""
    with serve(tmp_path_factory.mktemp("server"), kill=True) as server:
        yield server


@pytest.fixture
def server(shared_server: Server) -> Server:
    return shared_server


@pytest.fixture
def own_server(chromium: str, tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has visited yet. It is asked to end, and must leave no worker and no file."""
    with serve(tmp_path / "server", kill=False) as server:
        yield server


@dataclass(frozen=True)
class Visitor:
    """Somebody in a browser profile of their own, in one tab of it."""

    page: Page
    profile: Profile
    listeners: dict[str, Callable[[Any], None]]


class Visitors:
    """People with a browser profile each. What goes wrong in any of them is a complaint."""

    def __init__(self, profiles: Profiles) -> None:
        self.profiles = profiles
        self.there: list[Visitor] = []
        self.complaints: list[str] = []

    def open(self, address: str, has_touch: bool = False, is_mobile: bool = False, **options: Any) -> Page:
        """A new visitor at an address."""
        profile = Profile(_origin(address), has_touch, is_mobile)
        page = self.profiles.take(profile, **options)
        listeners: dict[str, Callable[[Any], None]] = {
            "pageerror": lambda error: self.complaints.append(f"uncaught: {error}"),
            "console": lambda message: _listen(message, address, self.complaints),
        }
        for event, listener in listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        self.there.append(Visitor(page, profile, listeners))
        page.goto(address)
        return page

    def leave(self) -> None:
        """All go, and none may have complained."""
        for visitor in self.there:
            for event, listener in visitor.listeners.items():
                visitor.page.remove_listener(event, listener)
            self.profiles.leave(visitor.page, visitor.profile)
        assert not self.complaints, "the browser's console says: " + "; ".join(self.complaints)


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture
def open_tab(profiles: Profiles) -> Iterator[OpenTab]:
    """Opens an address as a new visitor."""
    visitors = Visitors(profiles)
    yield visitors.open
    visitors.leave()


@pytest.fixture(scope="module")
def shared_run(profiles: Profiles, shared_server: Server) -> Iterator[Page]:
    """A tab whose run never ends, for the tests of a file that go on from wherever it stands."""
    visitors = Visitors(profiles)
    yield start(visitors.open(shared_server.url + ENDLESS))
    visitors.leave()


@pytest.fixture
def running(shared_run: Page) -> Page:
    """That tab, its run training."""
    if button(shared_run, "start").is_enabled():
        button(shared_run, "start").click()
    step_reaches(shared_run, step(shared_run) + 5)
    return shared_run


def _listen(message: object, address: str, complaints: list[str]) -> None:
    where = message.location["url"]
    ours = _origin(address)
    # On a deep link Streamlit looks for its server at every level of the path, of which one answers.
    looking = where.endswith(("/_stcore/health", "/_stcore/host-config"))
    if message.type == "error" and where.startswith(ours) and not looking:
        complaints.append(f"{message.text} ({where})")


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])
