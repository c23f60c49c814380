"""The one error that every reader and every data source raises, and names from elsewhere in its sentence."""

from __future__ import annotations


class DataError(ValueError):
    """The data cannot be had as asked; the message is one sentence that names the remedy."""


# Characters of a name that a sentence shows.
SHOWN = 80


def shown(name: str) -> str:
    """A name that came from anywhere, on one line, of at most 80 printable characters."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[: SHOWN + 1])
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"
