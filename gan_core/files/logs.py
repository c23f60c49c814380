"""Training logs, as numbers by column: tables (.csv and the like), JSON, what a loop printed, TensorBoard's events."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from gan_core.files import event_files, json_logs, printed_logs
from gan_core.files.bounds import COLUMN_NAME, COLUMNS, LOG_BYTES, MEGA, ROWS
from gan_core.files.errors import DataError, shown

# The numbers of one line by column; what is no number, or missing, is not in it.
LogRow = dict[str, float]

# More characters than any number needs.
_NUMBER = 40
# Bytes by which a text's encoding is told.
_BEGINNING = 2000
# What no text holds.
_CONTROL = re.compile("[\x01-\x06\x0e-\x1a\x80-\x9f]")
# Lines from which a table is told, and the share of them that must be like the first.
_SEEN, _ALIKE = 40, 0.8
# The share of lines that make a table among others.
_INSIDE = 0.2
# Numbers with a comma, and with a point, as decimal sign.
_COMMA, _POINT = (
    re.compile(r" *[-+]?\d+,\d+(?:[eE][-+]?\d+)?%? *$"),
    re.compile(r" *[-+]?\d*\.\d+(?:[eE][-+]?\d+)?%? *$"),
)
_THOUSANDS = {
    ",": re.compile(r" *[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)? *$"),
    ".": re.compile(r" *[-+]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)? *$"),
}
# The names of files that are tables, or JSON lines, whatever is in them.
_TABLE, _LINES = re.compile(r"\.(csv|tsv|jsonl)\b", re.IGNORECASE), re.compile(r"\.jsonl\b", re.IGNORECASE)
# A line of a table whose cells stand between bars, as Markdown and many libraries print it.
_BAR = "[|│┃║]"
_BETWEEN_BARS = re.compile(rf"\s*{_BAR}(.*){_BAR}\s*$")
# Excel's own first line, which names what stands between the cells.
_SEPARATOR = re.compile(r"\s*\"?sep=([,;|\t])\"?\s*$", re.IGNORECASE)
# Times in milliseconds are greater.
_MILLISECONDS = 1e11
# TensorBoard's CSV of one scalar, which is named in the file's name alone.
_ONE_SCALAR = ["wall time", "step", "value"]


def read(content: bytes, name: str) -> list[LogRow]:
    """The rows of a log, NaN and infinity included. Raises DataError, whose sentence begins with `name`, for one
    that is no text, holds no numbers, or too many."""
    if len(content) > LOG_BYTES:
        raise DataError(f"{name} has more than {LOG_BYTES // MEGA} MB: keep every tenth line.")
    if event_files.is_events(content):
        return event_files.read(content, name)
    text = _text(content, name)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > ROWS:
        raise DataError(f"{name} has more than {ROWS:,} lines: keep every tenth of them.")
    rows = _rows(text, lines, name)
    if not any(rows):
        raise DataError(
            f"{name} holds no columns of numbers: write a header line with names such as step,loss_d,loss_g."
        )
    return rows


def _text(content: bytes, name: str) -> str:
    """A log's text: UTF-8, UTF-16 as Windows writes it, or Latin-1 with few letters beyond ASCII. Raises DataError."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content[1:_BEGINNING:2].count(0) > 0.4 * len(content[1:_BEGINNING:2]) and not content[:_BEGINNING:2].count(0):
        encoding = "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        found = _in_another_encoding(content) if encoding == "utf-8-sig" else None
        if found is None:
            raise DataError(f"{name} is not UTF-8 text: save the log as plain .csv or .jsonl, in UTF-8.") from None
        text = found
    if "\0" in text:
        raise DataError(f"{name} is not text: it holds zero bytes: save the log as plain .csv or .jsonl.")
    return text.replace("\N{MINUS SIGN}", "-")


def _in_another_encoding(content: bytes) -> str | None:
    """Text in Latin-1 with few letters beyond ASCII, or as Windows writes it in China; None where it is neither."""
    text = content.decode("latin-1")
    if sum(letter > "~" for letter in text) <= len(text) / 10 and not _CONTROL.search(text):
        return text
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    beyond = [letter for letter in text if letter > "~"]
    chinese = sum("\u3000" <= letter <= "\u9fff" or letter > "\uff00" for letter in beyond)
    return text if chinese > 0.9 * len(beyond) and not _CONTROL.search(text) else None


def of_series(series: dict[str, list[float]]) -> list[LogRow]:
    """Columns of any length as rows."""
    length = max(map(len, series.values()), default=0)
    return [{key: one[row] for key, one in series.items() if row < len(one)} for row in range(length)]


def _rows(text: str, lines: list[str], name: str) -> list[LogRow]:
    first = lines[0].lstrip() if lines else ""
    if first.startswith(("{", "[")):
        whole = json_logs.parsed(text)
        if json_logs.is_notebook(whole):
            printed = json_logs.printed_in_notebook(whole)
            rows = _rows("\n".join(printed), printed, name) if printed else []
            if not any(rows):
                raise DataError(
                    f"{name} is a notebook whose cells printed no numbers: run it, save it, and bring it again."
                )
            return rows
        if isinstance(json_logs.parsed(first), dict) and len(lines) > 1:
            return _numbers(json_logs.lines(lines, name), name)
        if whole is not None and not (isinstance(whole, list) and _LINES.search(name)):
            if found := _numbers(json_logs.document(whole), name):
                return _named(found, name)
            if isinstance(whole, dict):
                return _numbers([json_logs.flat(whole)], name)
        if whole is not None:
            return []
        if re.search(r"\.(jsonl|json)\b", name.lower()):
            raise DataError(f"{name} is damaged in line 1, which is not a JSON object: take that line out.")
    lines = [line for line in lines if re.search(r"\w", line)]  # without rules such as |---|---|
    delimiter = _SEPARATOR.match(lines[0]) if lines else None
    lines = _without_remarks(_without_bars(lines[1:] if delimiter else lines))
    split = _by(delimiter[1]) if delimiter else _table_split(lines, name)
    if split is None:
        if lists := printed_logs.lists(text):
            return of_series(lists)
        if inside := _table_inside(lines):
            return _table(inside, _by_spaces, name)
        found = printed_logs.rows(lines)
        if any(row.keys() - {"step"} for row in found):
            return found
        split = _by(",")
    return _named(_table(lines, split, name), name) if lines else []


def _numbers(rows: list[dict[str, Any]], name: str) -> list[LogRow]:
    for row in rows:
        _check_columns(row, name)
    return [{key: value for key, item in row.items() if (value := _number(item)) is not None} for row in rows]


def _without_bars(lines: list[str]) -> list[str]:
    """The lines of a table between bars with tabs instead, if most are such."""
    found = [_BETWEEN_BARS.match(line) for line in lines]
    if sum(map(bool, found)) < _ALIKE * len(lines):
        return lines
    return ["\t".join(cell.strip() for cell in re.split(_BAR, one[1])) for one in found if one]


def _without_remarks(lines: list[str]) -> list[str]:
    """Lines without remarks above the header. One right above numbers is the header, as numpy.savetxt marks it."""
    first = next((number for number, line in enumerate(lines) if not line.lstrip().startswith("#")), 0)
    if first and all(_number(cell) is not None for cell in re.split(r"[,;\s]+", lines[first].strip())):
        first -= 1
    return [lines[first].lstrip("# "), *lines[first + 1 :]] if lines else lines


_Split = Callable[[list[str]], list[list[str]]]


def _table_split(lines: list[str], name: str) -> _Split | None:
    """How the lines are split into cells; None where they are no table: there the first is a header and the others,
    or all are, as many cells, hardly any of them words."""
    if not lines:
        return None
    delimiter = max(",;\t", key=lines[0].count)
    ways: list[_Split] = [_by(delimiter)] if delimiter in lines[0] or _TABLE.search(name) else []
    if not (ways and _TABLE.search(name)):
        ways += [_by_spaces, _by_spaces_and_numbered]
    for split in ways:
        try:
            header, *table = split(lines[: _SEEN + 1])
        except (csv.Error, ValueError):
            return split  # said when all is read
        numbers = [sum(_number(cell) is not None for cell in cells) for cells in (header, *table)]
        fitting = sum(
            len(cells) == len(header) and 0 < count >= sum(map(bool, cells)) / 3
            for cells, count in zip(table, numbers[1:], strict=True)
        )
        if table and numbers[0] in (0, len(header)) and fitting >= _ALIKE * len(table):
            return split
    return None


def _by(delimiter: str) -> _Split:
    return lambda lines: _with_points(list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)))


def _by_spaces(lines: list[str]) -> list[list[str]]:
    return _with_points([line.split() for line in lines])


def _by_spaces_and_numbered(lines: list[str]) -> list[list[str]]:
    """As pandas prints a table: before each row stands its number, and nothing above it."""
    header, *table = _by_spaces(lines)
    return [["row", *header], *table]


def _with_points(table: list[list[str]]) -> list[list[str]]:
    """Cells with points as decimal signs where they have commas, and without the signs between thousands."""
    cells = [cell for row in table for cell in row]
    commas = [cell for cell in cells if _COMMA.match(cell) or _THOUSANDS[","].match(cell)]
    if not commas:
        return table
    points = [cell for cell in cells if _POINT.match(cell)]
    fractions = any(not _THOUSANDS[","].match(cell) for cell in commas)
    thousands = "," if any(not _THOUSANDS["."].match(cell) for cell in points) or (points and not fractions) else "."
    return [[_replaced(cell, thousands) for cell in row] for row in table]


def _replaced(cell: str, thousands: str) -> str:
    if _THOUSANDS[thousands].match(cell):
        cell = cell.replace(thousands, "")
    return cell.replace(",", ".") if thousands == "." and "," in cell and _COMMA.match(cell) else cell


def _table_inside(lines: list[str]) -> list[str]:
    """A header of words, and below it as many numbers in many lines, among others such as progress bars; or nothing."""
    split = [printed_logs.without_colours(line).split() for line in lines]
    numeric = [bool(cells) and all(_number(cell) is not None for cell in cells) for cells in split]
    for at, cells in enumerate(split):
        if len(cells) >= 3 and all(_number(cell) is None for cell in cells) and not numeric[at]:
            rows = [row for row in range(at + 1, len(lines)) if numeric[row] and len(split[row]) == len(cells)]
            if len(rows) >= max(3, _INSIDE * len(lines)):
                return [" ".join(split[row]) for row in (at, *rows)]
            if at > _SEEN:
                return []
    return []


def _table(lines: list[str], split: _Split, name: str) -> list[LogRow]:
    try:
        header, *table = split(lines)
    except (csv.Error, ValueError) as error:
        raise DataError(f"{name} cannot be read as a table ({shown(str(error))}): save it as plain .csv.") from error
    columns = [column.strip() for column in header]
    if all(_number(column) is not None for column in columns):
        columns, table = [f"column {number}" for number in range(1, len(header) + 1)], [header, *table]
    _check_columns(columns, name)
    rows = [
        {column: value for column, cell in zip(columns, cells, strict=False) if (value := _number(cell)) is not None}
        for cells in table
    ]
    return [row for row in rows if row]  # without a header that was written again


def _named(rows: list[LogRow], name: str) -> list[LogRow]:
    """A single column that only the file's name names: that of TensorBoard, or of bare numbers."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if columns == ["column 1", "column 2", "column 3"] and all(row.get("column 1", 0) > _MILLISECONDS for row in rows):
        names = dict(zip(columns, ("Wall time", "Value", "Step"), strict=True))  # MLflow's file of one metric
        rows = [{names[column]: value for column, value in row.items()} for row in rows]
        columns = ["Wall time", "Step", "Value"]
    plain = [column.lower() for column in columns]
    if plain not in (_ONE_SCALAR, ["value"], ["column 1"]):
        return rows
    tag = re.search(r"tag-(.+?)(?:\.\w+)?(?: in .*)?$", name)
    own = tag[1] if tag else re.sub(r"\.(csv|tsv|json|txt|log)\b.*$", "", name)
    return [{own[:COLUMN_NAME] if key == columns[-1] else key: value for key, value in row.items()} for row in rows]


def _check_columns(columns: Any, name: str) -> None:
    if len(columns) > COLUMNS:
        raise DataError(f"{name} has more than {COLUMNS} columns: keep step and the losses.")
    if any(len(column) > COLUMN_NAME for column in columns):
        raise DataError(
            f"{name} has a column's name of more than {COLUMN_NAME} characters: give its columns short ones."
        )


def _number(item: object) -> float | None:
    """A cell or JSON value as a number; None for what is none."""
    if isinstance(item, str):
        item = item.strip()
        if len(item) > _NUMBER:
            return None
        if item.endswith("%"):
            item = item[:-1]
    if not isinstance(item, str | int | float) or isinstance(item, bool):
        return None
    try:
        return float(item)
    except ValueError:
        return None
    except OverflowError:
        return float("inf")  # a whole number of hundreds of digits
