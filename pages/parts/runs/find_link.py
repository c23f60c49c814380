"""The link to a search among the saved runs."""

from __future__ import annotations

from pages.parts.shared.page_link import PageLink, Query

FIND = "find"


def _read(query: Query) -> tuple[str, list[str]]:
    return query.get(FIND, ""), []


def _write(search: str) -> dict[str, str]:
    return {FIND: search} if search else {}


LINK: PageLink[str, str] = PageLink(_read, _write, {FIND}.__contains__)
