"""What training loops print, as rows of numbers: a name before each number, in whatever brackets and order."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from gan_core.files.bounds import COLUMN_NAME

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# A number that stands for itself: neither a part of a name (z1), of a time's unit (3.27s), nor of another number. In
# Chinese, words stand right beside it.
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<number>[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf(?:inity)?))"
    r"(?![A-Za-z0-9_µμ]|\.\w)(?P<percent>%?)",
    re.IGNORECASE,
)
# Numbers that are none in C's words on Windows, and pairs whose names stand before both or behind each.
_WORDS = (
    (re.compile(r"-?nan\((?:ind|snan)\)|-?1\.#(?:QNAN|SNAN|IND)\d*", re.IGNORECASE), "nan"),
    (re.compile(r"1\.#INF\d*", re.IGNORECASE), "inf"),
    (re.compile(r"\bD ?/ ?G\)?[ :=]+([-+.\deE]+) ?/ ?([-+.\deE]+)"), r"loss_D: \1 loss_G: \2"),
    (
        re.compile(r"\bD \(([-+.\deE]+) real_err, ([-+.\deE]+) fake_err\) G \(([-+.\deE]+) err\)"),
        r"loss_D_real: \1 loss_D_fake: \2 loss_G: \3",
    ),
)
# A comma that is a decimal sign, in a text in which no number has a point.
_COMMA = re.compile(r"(?<![\w.,])([-+]?\d+),(\d+)(?![\w,])")
_POINT = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")
# A list of numbers, the name before it, how long that may be, and how many of them make it one of a whole run. The name
# is looked for backwards: from each letter of a text on, it would be looked for as many times as it may be long.
_LIST = re.compile(r"['\"]?\s{0,3}[:=]\s{0,3}\[(?P<numbers>[-+.,\deEnaif\s]{5,})\]")
_LIST_NAME = re.compile(r"[A-Za-z_][\w ./()-]*\Z")
_LONGEST, _LEAST = 61, 10
# What stands between the names on a line.
_BETWEEN = re.compile(r"[\[\]{}|,;<>\t]|\s-\s|\s{2,}|\)\s+|(?<!\w)\(")
_WRAPPED = re.compile(r"[:=\s]*\b(?:tensor|array|np\.float\d*|float)\($")
_FRACTION = re.compile(r"(?<![\w./:-])(\d{1,9}) ?/ ?(\d{1,9})(?![\w./:])")
_FIRST = re.compile(r"^[>\s]*(?:(?:epoch|step|iter(?:ation)?)\s+)?\[?(\d{1,12})\]?(?=[\s,:\[]\D|$)", re.IGNORECASE)

# Characters of a line that are looked at, and different names that are kept, the most frequent of them.
_LINE, _NAMES = 2000, 200


def rows(lines: list[str]) -> list[dict[str, float]]:
    """The named numbers of each line that has any, NaN and infinity included, percent as shares of 1.

    `[3/25][10/1583] Loss_D: 0.2 D(x): 0.9` is {"step": 4759, "Loss_D": 0.2, "D(x)": 0.9}: a count of a total, such as
    [10/1583], is the step, counted on from one total to the next where there are two.
    """
    commas = not any(_POINT.search(line[:_LINE]) for line in lines) and any(_COMMA.search(line) for line in lines)
    found = [row for line in lines if (row := _row(_plain(line[:_LINE], commas=commas)))]
    often = Counter(name for row in found for name in row)
    kept = {name for name, _ in often.most_common(_NAMES)}
    return [row for all_ in found if (row := {name: value for name, value in all_.items() if name in kept})]


def lists(text: str) -> dict[str, list[float]]:
    """Lists of numbers that were printed whole, each with its name before it: `d_losses = [0.7, 0.5, …]`."""
    found: dict[str, list[float]] = {}
    end = 0
    for match in _LIST.finditer(text):
        name = _LIST_NAME.search(text[max(end, match.start() - _LONGEST) : match.start()])
        end = match.end()
        numbers = match["numbers"].replace("\n", " ").replace(",", " ").split()
        if name and len(numbers) >= _LEAST and len(found) < _NAMES:
            try:
                found[name[0].strip()] = [float(number) for number in numbers]
            except ValueError:
                continue
    return found


def without_colours(line: str) -> str:
    """A line without the signs by which terminals colour it and move in it."""
    return _ANSI.sub("", line)


def _plain(line: str, *, commas: bool) -> str:
    line = without_colours(line)
    for pattern, words in _WORDS:
        line = pattern.sub(words, line)
    return _COMMA.sub(r"\1.\2", line) if commas else line


def _row(line: str) -> dict[str, float]:
    found: dict[str, float] = {}
    end = 0
    for match in _NUMBER.finditer(line):
        name = _name(line[end : match.start()])
        end = match.end()
        if name and name not in found:
            found[name] = float(match["number"]) / (100 if match["percent"] else 1)
    step = _step(line)
    if step is not None and "step" not in found:
        found["step"] = step
    return found


@lru_cache(1000)  # each line of a log has the same names
def _name(text: str) -> str:
    """What a number is called by the text before it; "" for none."""
    pieces = [piece for piece in _BETWEEN.split(_WRAPPED.sub("", text)) if re.search(r"[^\W\d_]", piece)]
    name = pieces[-1].strip(" \t:=~>'`\"*#-.\\") if pieces else ""
    name = name if "(" in name else name.rstrip(")")
    return name if len(name) <= COLUMN_NAME else ""


def _step(line: str) -> float | None:
    """How far a line says that training is, by a number at its beginning and counts of a total."""
    counts = [(int(done), int(total)) for done, total in _FRACTION.findall(line)[:2]]
    first = _FIRST.match(line)
    if first and len(counts) < 2:
        counts = [(int(first[1]), 0), *counts]
    if not counts:
        return None
    (done, _), further = counts[0], counts[1:]
    return float(done * further[0][1] + further[0][0] if further else done)
