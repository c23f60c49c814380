"""Lines of code as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Block = list[str]  # lines without their ends

INDENT = " " * 4


def mistake(words: str) -> str:
    """The line above one that has a mistake in it, or in place of one that is missing: what to look for in a script."""
    return f"# MISTAKE: {words}"


def indented(lines: Iterable[str], by: int = 1) -> Block:
    """The lines moved to the right; empty ones stay empty."""
    return [INDENT * by + line if line else line for line in lines]


def filled(groups: Iterable[Sequence[str]], width: int) -> Block:
    """Items, each followed by a comma, a line for every group; groups wider than `width` go over several."""
    lines: Block = []
    for group in groups:
        line = ""
        for item in group:
            if line and len(line) + len(item) + 2 > width:
                lines.append(line)
                line = ""
            line += f"{' ' if line else ''}{item},"
        lines.append(line)
    return lines


def within(contexts: Sequence[str], lines: Sequence[str]) -> Block:
    """The lines in a `with` statement of these contexts, or as they are where there is none."""
    return [f"with {', '.join(contexts)}:", *indented(lines)] if contexts else list(lines)
