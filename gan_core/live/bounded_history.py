"""A history of bounded length: evenly thinned, its first and its newest entry always kept."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class Stepped(Protocol):
    """Anything taken at a step."""

    @property
    def step(self) -> int:
        """The step it was taken at."""


Entry = TypeVar("Entry", bound=Stepped)


class BoundedHistory(Generic[Entry]):
    """At most `limit` entries. When one more comes, every second entry is dropped, and from then on only
    every second arrival is kept (then every fourth…), so that the whole run stays evenly covered."""

    def __init__(self, limit: int) -> None:
        if limit < 3:
            raise ValueError(f"a history of {limit} entries cannot keep its first, its newest and one between")
        self.limit = limit
        self._stride = 1
        self._kept: list[tuple[int, Entry]] = []  # (arrival, entry)
        self._entries: tuple[Entry, ...] | None = None  # made when asked for

    def add(self, entry: Entry) -> None:
        """Append an entry; those of the same or a later step are void and go."""
        self.cut(entry.step - 1)
        if not self._kept:
            self._stride = 1
        arrival = self._kept[-1][0] + 1 if self._kept else 0
        if self._kept and self._kept[-1][0] % self._stride:
            self._kept.pop()  # it was there as the newest only
        self._kept.append((arrival, entry))
        self._entries = None
        if len(self._kept) > self.limit:
            self.thin()

    def thin(self) -> None:
        """Drop every second entry, but for the first and the newest."""
        self._stride *= 2
        self._kept = [kept for kept in self._kept[:-1] if kept[0] % self._stride == 0] + self._kept[-1:]
        self._entries = None

    def cut(self, step: int) -> None:
        """Drop what is later than `step`."""
        while self._kept and self._kept[-1][1].step > step:
            self._kept.pop()
            self._entries = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is kept, oldest first."""
        if self._entries is None:
            self._entries = tuple(entry for _, entry in self._kept)
        return self._entries
