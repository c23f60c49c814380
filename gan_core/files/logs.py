"""Training logs: a table of numbers as .csv (comma, semicolon or tab), or a JSON object on each line (.jsonl)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from gan_core.files.bounds import COLUMN_NAME, COLUMNS, LOG_BYTES, MEGA, ROWS
from gan_core.files.errors import DataError, shown

# The numbers of one line by column; what is no number, or missing, is not in it.
LogRow = dict[str, float]

# More characters than any number needs.
_NUMBER = 40


def read(content: bytes, name: str) -> list[LogRow]:
    """The rows of a log, NaN and infinity included. Raises DataError, whose sentence begins with `name`, for one
    that is no text, holds no numbers, or too many."""
    if len(content) > LOG_BYTES:
        raise DataError(f"{name} has more than {LOG_BYTES // MEGA} MB: keep every tenth line.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{name} is no text in UTF-8: save the log as plain .csv or .jsonl.") from None
    if "\0" in text:
        raise DataError(f"{name} is no text, it holds zero bytes: save the log as plain .csv or .jsonl.")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > ROWS:
        raise DataError(f"{name} has more than {ROWS:,} lines: keep every tenth of them.")
    as_json = bool(lines) and lines[0].lstrip().startswith("{")
    rows = _json_lines(lines, name) if as_json else _table(lines, name)
    if not any(rows):
        raise DataError(
            f"{name} holds no columns of numbers: write a header line with names such as step,loss_d,loss_g."
        )
    return rows


def _json_lines(lines: list[str], name: str) -> list[LogRow]:
    rows: list[LogRow] = []
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            # A run that was killed leaves half a line at the end.
            if number == len(lines) and rows:
                break
            raise DataError(f"{name} is damaged in line {number}, which is no JSON object: take that line out.")
        _check_columns(found, name)
        rows.append({key: value for key, item in found.items() if (value := _number(item)) is not None})
    return rows


def _table(lines: list[str], name: str) -> list[LogRow]:
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    try:
        header, *table = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    except (csv.Error, ValueError) as error:
        raise DataError(f"{name} is no table that can be read ({shown(str(error))}): save it as plain .csv.") from error
    columns = [column.strip() for column in header]
    _check_columns(columns, name)
    return [
        {column: value for column, cell in zip(columns, cells, strict=False) if (value := _number(cell)) is not None}
        for cells in table
    ]


def _check_columns(columns: Any, name: str) -> None:
    if len(columns) > COLUMNS:
        raise DataError(f"{name} has more than {COLUMNS} columns: keep step and the losses.")
    if any(len(column) > COLUMN_NAME for column in columns):
        raise DataError(
            f"{name} has a column's name of more than {COLUMN_NAME} characters: give its columns short ones."
        )


def _number(item: object) -> float | None:
    """A cell or JSON value as a number; None for what is none."""
    if isinstance(item, str) and len(item) > _NUMBER:
        return None
    if not isinstance(item, str | int | float) or isinstance(item, bool):
        return None
    try:
        return float(item)
    except ValueError:
        return None
    except OverflowError:
        return float("inf")  # a whole number of hundreds of digits
