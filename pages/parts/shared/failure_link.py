"""The link to a failure, and to the two runs that show it."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.shared.page_link import AND, PageLink, Query

FAILURE, PAIR = "f", "pair"


@dataclass(frozen=True)
class AskedFailure:
    """What is asked of the page `failures`."""

    name: str | None = None  # of a recipe; None for all of them
    runs: tuple[str, ...] = ()  # ids, the broken one first, once they are started


def _read(query: Query) -> tuple[AskedFailure, list[str]]:
    runs = query.get(PAIR)
    return AskedFailure(query.get(FAILURE), tuple(runs.split(AND)) if runs is not None else ()), []


def _write(asked: AskedFailure) -> dict[str, str]:
    if asked.name is None:
        return {}
    return {FAILURE: asked.name} | ({PAIR: AND.join(asked.runs)} if asked.runs else {})


LINK: PageLink[AskedFailure, str] = PageLink(_read, _write, {FAILURE, PAIR}.__contains__)
