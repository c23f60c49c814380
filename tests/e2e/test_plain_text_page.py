"""Hostile text in an address, in a browser: it fetches nothing from elsewhere and links nowhere."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from driving import OpenTab
from playwright.sync_api import expect
from serving import Server

pytestmark = pytest.mark.browser

HOSTILE = "![x]({0}/x.png) [log in here]({0}/) <img src={0}/y.png> <a href={0}/>z</a> {0}/auto"


class Elsewhere(http.server.ThreadingHTTPServer):
    """Another machine's server that notes who asks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Noting)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Noting(http.server.BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("page", "key"), [("train", ""), ("train", "sz"), ("claims", "c"), ("untrained", "gain"), ("compare", "v1")]
)
def test_nothing_of_an_address_is_fetched_or_linked(
    server: Server, open_tab: OpenTab, elsewhere: Elsewhere, page: str, key: str
) -> None:
    text = HOSTILE.format(elsewhere.url)
    tab = open_tab(f"{server.url}/{page}?{urlencode({key: text} if key else {text: '1'})}")
    expect(tab.get_by_text("log in here").first).to_be_visible()
    assert tab.locator(f"a[href*='{elsewhere.url}'], img[src*='{elsewhere.url}']").count() == 0
    assert elsewhere.asked == []


def test_that_server_would_hear_of_a_fetch(open_tab: OpenTab, server: Server, elsewhere: Elsewhere) -> None:
    tab = open_tab(f"{server.url}/claims")
    tab.evaluate(
        """url => new Promise(answered => {
            const picture = new Image();
            picture.onerror = () => answered(null);  // there is no such picture
            picture.src = url + '/x.png';
        })""",
        elsewhere.url,
    )
    assert elsewhere.asked == ["/x.png"]
