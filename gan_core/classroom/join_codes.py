"""Short codes in place of a lesson's long link, to be typed from a projector: `host:port/?j=AB12`.

A code means a page with a query. All of them end with the process.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

KEY = "j"  # the URL key of a code on the first page
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none of these is taken for another: no I, L, O, 0, 1
LENGTH = 4
MOST_CODES = 200  # beyond, the one that was asked for the longest ago is forgotten


@dataclass(frozen=True)
class Destination:
    """A page of the app, by its url_path, and what is asked of it."""

    page: str
    query: Mapping[str, str] = field(default_factory=dict)


class JoinCodes:
    """The codes of this process. Every method may be called from any thread."""

    def __init__(self, draw: Callable[[str], str] = secrets.choice) -> None:
        self._draw = draw
        self._lock = threading.Lock()
        self._destinations: OrderedDict[str, Destination] = OrderedDict()  # code -> where it leads

    def code(self, to: Destination) -> str:
        """The code that leads there, LENGTH of LETTERS; the same for the same destination while it is known."""
        with self._lock:
            for code, known in self._destinations.items():
                if known == to:
                    self._destinations.move_to_end(code)
                    return code
            code = self._unused()
            self._destinations[code] = to
            if len(self._destinations) > MOST_CODES:
                self._destinations.popitem(last=False)
            return code

    def destination(self, typed: str) -> Destination | None:
        """Where a code leads, typed in small letters too and with spaces around it; None where none is known."""
        with self._lock:
            return self._destinations.get(typed.strip().upper())

    def any(self) -> bool:
        """Whether any code was given out."""
        with self._lock:
            return bool(self._destinations)

    def _unused(self) -> str:
        while True:
            code = "".join(self._draw(LETTERS) for _ in range(LENGTH))
            if code not in self._destinations:
                return code


_CODES = JoinCodes()


def join_codes() -> JoinCodes:
    """Those of this process."""
    return _CODES
