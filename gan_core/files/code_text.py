"""Names and other text from anywhere, written into Python code that somebody will run."""

from __future__ import annotations

# Characters of a name that a docstring or comment shows.
SHOWN = 80


def literal(value: str | int) -> str:
    """The Python literal of a text or whole number: evaluating it gives the value, whatever is in it.

    What cannot be seen (line ends, NUL, marks that turn the direction of writing, lone surrogates) is an escape.
    """
    return repr(value)


def in_words(text: str) -> str:
    """A text for a docstring or comment, on one line, of at most 80 of its characters.

    Quotes and backslashes are escaped for a docstring in double quotes, what cannot be seen as in `literal`.
    """
    kept = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return "".join(letter if letter.isprintable() and letter not in '"\\' else _escape(letter) for letter in kept)


def _escape(letter: str) -> str:
    return '\\"' if letter == '"' else letter.encode("unicode_escape").decode()
