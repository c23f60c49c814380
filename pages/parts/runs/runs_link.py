"""The link to the page Runs: a search, or one saved run to look at."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.shared.page_link import PageLink, Query

FIND = "find"
SAVED = "saved"


@dataclass(frozen=True)
class AskedRuns:
    """What is asked of the page `runs`."""

    find: str = ""
    saved: str = ""  # the id of a saved run, of this visitor or of somebody who gave him the link


def _read(query: Query) -> tuple[AskedRuns, list[str]]:
    return AskedRuns(query.get(FIND, ""), query.get(SAVED, "")), []


def _write(asked: AskedRuns) -> dict[str, str]:
    return {key: text for key, text in ((FIND, asked.find), (SAVED, asked.saved)) if text}


LINK: PageLink[AskedRuns, str] = PageLink(_read, _write, {FIND, SAVED}.__contains__)
