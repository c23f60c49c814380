"""The link to a page and what it asks of it: the address that a page has, read and written by all pages alike.

Every click brings the address that the browser had at that moment. While the server is busy the page may already have
written a newer one; the older must not undo it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts.shared import state

KEPT = 50  # addresses; one that is older cannot be under way any more
AND = "~"  # between the ids of several runs

Query = Mapping[str, str]
T = TypeVar("T")
Wrong = TypeVar("Wrong")


@dataclass(frozen=True)
class Arrived(Generic[T, Wrong]):
    """A link that was opened."""

    asked: T  # as far as it can be used
    wrong: list[Wrong]  # what of it cannot, a problem or a sentence each
    strange: list[str]  # keys that are in no link to this page


class PageLink(Generic[T, Wrong]):
    """How what a page shows, a T, stands in its address.

    `read` gives what a query asks for, and what of it cannot be used; `write` is the way back. `knows` says whether a
    key may be in such a link.
    """

    def __init__(
        self,
        read: Callable[[Query], tuple[T, list[Wrong]]],
        write: Callable[[T], dict[str, str]],
        knows: Callable[[str], bool],
    ) -> None:
        self._read = read
        self._knows = knows
        self.query = write

    def arrived(self) -> Arrived[T, Wrong] | None:
        """The link that the browser came with, told once; None where it is the page's own address, or an empty one that
        nobody went back to."""
        query, written = st.query_params.to_dict(), state.ADDRESSES.get()
        if (written and query == written[-1]) or not (query or returned()):
            return None
        _note(query)
        return self._asks(query)

    def now(self) -> Arrived[T, Wrong]:
        """What the present address asks for, on each run of the script: for a page that keeps it nowhere else."""
        return self._asks(st.query_params.to_dict())

    def put(self, shown: T) -> None:
        """Make this the page's address. Where somebody went back to an empty one it stays empty: filled at once, it
        would be a new place, and nobody could go back past it."""
        query, there = self.query(shown), st.query_params.to_dict()
        if query != there and (there or not _went_back()):
            st.query_params.from_dict(query)
        _note(query)

    def _asks(self, query: dict[str, str]) -> Arrived[T, Wrong]:
        asked, wrong = self._read(query)
        return Arrived(asked, wrong, [key for key in query if not self._knows(key)])


def settle(page: str) -> None:
    """To be called first on each run of the script, with the page that is shown: where the browser's address is one
    that this page has replaced meanwhile, the newest takes its place. Not where somebody went back to it."""
    if state.PAGE.get() != page:
        state.PAGE.set(page)
        state.ADDRESSES.set([])
    query, written = st.query_params.to_dict(), state.ADDRESSES.get()
    earlier = query in written[:-1] and query != written[-1]
    state.RETURNED.set(earlier and _went_back())
    if earlier and not _went_back():
        st.query_params.from_dict(written[-1])


def returned() -> bool:
    """Whether somebody went back to an address that this page has had since it was opened."""
    return state.RETURNED.get()


def value(key: str) -> str | None:
    """What the present address has under a key."""
    return st.query_params.get(key)


def query() -> dict[str, str]:
    """The address as it is."""
    return st.query_params.to_dict()


def change(key: str, text: str | None) -> None:
    """Put another text under a key of the page's address, or nothing."""
    query = {name: found for name, found in st.query_params.to_dict().items() if name != key}
    if text is not None:
        query[key] = text
    st.query_params.from_dict(query)
    _note(query)


def empty() -> None:
    """Make the page's address one that asks for nothing."""
    st.query_params.clear()
    _note({})


def left_out(strange: Sequence[str], what: str = "no setting", where: str = "") -> str:
    """The sentence for keys that are in no link to the page."""
    names = ", ".join(f"`{key}`" for key in strange)
    return f"There is {what} called {names}{where}: that part of the link is ignored."


def _note(query: dict[str, str]) -> None:
    """Keep it as the newest of the page's addresses."""
    written = state.ADDRESSES.get()
    if not written or query != written[-1]:
        state.ADDRESSES.set([*written, query][-KEPT:])


def _went_back() -> bool:
    """Whether this run of the script was asked for by the browser's own buttons for back and forward."""
    running = get_script_run_ctx()
    return running is not None and running.is_history_navigation
