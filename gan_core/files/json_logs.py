"""Training logs as JSON: an object on each line, or one document such as Keras' History."""

from __future__ import annotations

import json
from typing import Any

from gan_core.files.bounds import COLUMNS, DEPTH, ROWS
from gan_core.files.errors import DataError

Flat = dict[str, Any]

# Names of an object around all columns that say nothing of them.
_AROUND = {"history", "log", "logs", "metrics", "results", "data"}


def lines(texts: list[str], name: str) -> list[Flat]:
    """Each line's object, flat. Raises DataError for a line that is none, unless it is the last, cut short."""
    found: list[Flat] = []
    for number, text in enumerate(texts, 1):
        item = parsed(text)
        if not isinstance(item, dict):
            # A run that was killed leaves half a line at the end.
            if number == len(texts) and found:
                break
            raise DataError(f"{name} is damaged in line {number}, which is not a JSON object: take that line out.")
        found.append(flat(item))
    return found


def document(item: Any) -> list[Flat]:
    """The rows of one document: lists of numbers side by side, wherever they lie in it, or a list of objects. Also a
    table as lists, its header first or under pandas' "columns", and TensorBoard's [time, step, value]. Nothing for
    anything else."""
    item = _within(item)
    if table := _table(item):
        return table
    if isinstance(item, dict):
        inside = next((value for value in item.values() if _are_objects(value)), None)
        return [flat(one) for one in inside] if inside else _side_by_side(item)
    if _are_objects(item):
        return [flat(one) for one in item]
    if _are_lists(item) and all(len(one) == 3 and _is_time(one[0]) for one in item):
        return [{"Wall time": time, "Step": step, "Value": value} for time, step, value in item]
    if _are_lists(item):
        # Rows of a few columns, or a few columns of many rows, in either case without names.
        across = len(item) if len(item) < min(map(len, item)) else 0
        columns = item if across else [list(column) for column in zip(*item, strict=False)]
        return _side_by_side({f"column {number}": column for number, column in enumerate(columns, 1)})
    return _side_by_side({"Value": item})


def is_notebook(item: Any) -> bool:
    """Whether a document is a Jupyter notebook."""
    return isinstance(item, dict) and "nbformat" in item and isinstance(item.get("cells"), list)


def printed_in_notebook(item: dict[str, Any]) -> list[str]:
    """The lines that a notebook's cells printed, and the values in words that they ended in."""
    texts: list[str] = []
    for cell in item["cells"]:
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs if isinstance(outputs, list) else []:
            if isinstance(output, dict):
                texts += _texts(output.get("text"))
                data = output.get("data")
                shown = _texts(data.get("text/plain")) if isinstance(data, dict) else []
                texts += ["\n", *shown, "\n"] if shown else []
    return [line for line in "".join(texts).splitlines() if line.strip()][: ROWS + 1]


def _texts(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def parsed(text: str) -> Any:
    """The value that a text is, None for none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def flat(item: dict[str, Any]) -> Flat:
    """{"Loss/D": {"mean": 1}} as {"Loss/D/mean": 1}; no deeper than DEPTH, and hardly more than COLUMNS entries."""
    found: Flat = {}
    waiting: list[tuple[str, Any, int]] = [(str(key), value, 1) for key, value in reversed(item.items())]
    while waiting and len(found) <= COLUMNS:
        key, value, depth = waiting.pop()
        if isinstance(value, dict) and depth < DEPTH:
            waiting += [(f"{key}/{inner}", one, depth + 1) for inner, one in reversed(value.items())]
        else:
            found[key] = value
    return found


def _within(item: Any) -> Any:
    """What is in an object around all columns."""
    while isinstance(item, dict) and len(item) == 1:
        ((name, inner),) = item.items()
        if name.lower() not in _AROUND or not isinstance(inner, dict) or all(key.isdigit() for key in inner):
            break
        item = inner
    return item


def _side_by_side(item: dict[str, Any]) -> list[Flat]:
    columns = {key: series for key, value in flat(_counted(item)).items() if (series := _series(value))}
    length = min(max(map(len, columns.values()), default=0), ROWS + 1)
    return [{key: series[row] for key, series in columns.items() if row < len(series)} for row in range(length)]


def _counted(item: dict[str, Any]) -> dict[str, Any]:
    """Columns as lists that pandas writes as {"0": 0.7, "1": 0.6}, and Sacred as {"steps": [0, 1], "values": […]}."""
    found: Flat = {}
    for key, value in item.items():
        if isinstance(value, dict) and value and all(inner.isdigit() for inner in value):
            found[key] = list(value.values())
        elif isinstance(value, dict) and isinstance(value.get("values"), list) and "steps" in value:
            found |= {"step": value["steps"], key: value["values"]}
        else:
            found[key] = value
    return found


def _series(value: Any) -> list[Any]:
    """A list of numbers, of which some may be missing; also of lists of one number."""
    if not isinstance(value, list):
        return []
    series = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in value]
    return series if all(one is None or isinstance(one, int | float) for one in series) else []


def _table(item: Any) -> list[Flat]:
    """The rows of a table that begins with its header, or has it under pandas' "columns" beside "data"."""
    header: Any = None
    rows: Any = None
    if isinstance(item, dict) and "columns" in item and "data" in item:
        header, rows = item["columns"], item["data"]
    elif isinstance(item, list) and len(item) > 1:
        header, *rows = item
    if not (isinstance(header, list) and header and all(isinstance(one, str) for one in header) and _are_lists(rows)):
        return []
    return [dict(zip(header, row, strict=False)) for row in rows]


def _is_time(value: Any) -> bool:
    """Whether it is a time in seconds since 1970, as TensorBoard writes it."""
    return isinstance(value, int | float) and value > 1e8


def _are_lists(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, list) and one for one in value)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
