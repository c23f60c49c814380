"""What one setting is: its words, what it allows, and how text becomes its value.

The table itself is the class `Fields` in fields.py: one line group per setting, made with
`setting(...)`. Everything that needs to know about settings (widgets, URLs, JSON, command line, validation,
documentation) reads the `Setting` records that `settings_of` derives from that class.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from annotated_types import Ge, Le
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

Value = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """One row of the table of settings."""

    name: str  # the Experiment's field
    kind: Literal["choice", "set", "integer", "number", "switch", "text"]
    default: Value
    choices: tuple[str | int, ...]  # every allowed value; empty for numbers and free text
    low: float | None  # the least allowed number
    high: float | None  # the greatest allowed number
    marks: tuple[float, ...]  # the coarse values that a slider offers
    label: str
    help: str  # one sentence
    group: str  # of the controls
    live: bool  # whether it may change while a run goes on
    front: int  # its place (1 to 10) among the ten controls that are always in sight, 0 for the rest
    url_key: str  # its name in a link
    told: Mapping[str, str]  # what each choice is, in one sentence, where its name does not say it

    @property
    def allowed(self) -> str:
        """What the setting accepts, in words for an error message."""
        if self.kind == "choice":
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.kind == "set":
            return "any of " + ", ".join(str(choice) for choice in self.choices) + ", or none"
        if self.kind == "switch":
            return "true or false"
        if self.kind == "text":
            return "text"
        assert self.low is not None
        assert self.high is not None
        if self.kind == "integer":
            return f"a whole number from {round(self.low)} to {round(self.high)}"
        return f"a number from {self.low:g} to {self.high:g}"

    def parse(self, text: str) -> Value:
        """The value that a piece of text (URL, command line) stands for; ValueError where it is none."""
        if self.kind == "text":
            return text
        text = text.strip()
        if self.kind == "integer" or (self.kind == "choice" and isinstance(self.choices[0], int)):
            return int(text)
        if self.kind == "number":
            return float(text)
        if self.kind == "switch":
            words = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}
            if text.lower() not in words:
                raise ValueError(f"{text!r} is neither true nor false")
            return words[text.lower()]
        if self.kind == "set":
            return tuple(part for part in text.replace("+", ",").split(",") if part and part != "none")
        return text

    def text(self, value: Value) -> str:
        """The inverse of `parse`: short, and exact for numbers."""
        if self.kind == "set":
            return ",".join(typing.cast("tuple[str, ...]", value)) or "none"
        if self.kind == "switch":
            return "true" if value else "false"
        if self.kind == "number":
            return repr(value).removesuffix(".0")
        return str(value)

    def nearest(self, value: object) -> Value:
        """The allowed value closest to a wrong one: clamped for numbers, the default for everything else."""
        if self.kind in ("integer", "number") and isinstance(value, int | float) and value == value:
            assert self.low is not None
            assert self.high is not None
            clamped = min(max(value, self.low), self.high)
            return round(clamped) if self.kind == "integer" else float(clamped)
        if self.kind == "choice" and isinstance(value, int) and isinstance(self.choices[0], int):
            return min(self.choices, key=lambda choice: abs(int(choice) - value))
        if self.kind == "choice" and isinstance(value, str):
            alike = [c for c in self.choices if isinstance(c, str) and _plain(c) == _plain(value)]
            return alike[0] if alike else self.default
        if self.kind == "set" and isinstance(value, tuple | list | set | frozenset):
            return tuple(str(choice) for choice in self.choices if choice in value)
        return self.default


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    group: str,
    key: str,
    low: float | None = None,
    high: float | None = None,
    marks: tuple[float, ...] = (),
    live: bool = False,
    front: int = 0,
    told: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """A pydantic field of the settings table; `low` and `high` are included in the allowed range."""
    extra: dict[str, Any] = {
        "group": group,
        "key": key,
        "marks": list(marks),
        "live": live,
        "front": front,
        "told": dict(told),
    }
    return Field(default, title=label, description=help, ge=low, le=high, json_schema_extra=extra)


def settings_of(model: type[BaseModel]) -> dict[str, Setting]:
    """The rows of the table, in the order of the class."""
    return {name: _row(name, field) for name, field in model.model_fields.items()}


def _row(name: str, field: FieldInfo) -> Setting:
    extra = typing.cast("dict[str, Any]", field.json_schema_extra)
    annotation = field.annotation
    choices: tuple[Any, ...] = ()
    if typing.get_origin(annotation) is Literal:
        kind, choices = "choice", typing.get_args(annotation)
    elif typing.get_origin(annotation) is tuple:
        kind, choices = "set", typing.get_args(typing.get_args(annotation)[0])
    else:
        assert not isinstance(annotation, types.UnionType)
        kind = {int: "integer", float: "number", bool: "switch", str: "text"}[typing.cast(type, annotation)]
    bounds = {type(mark): mark for mark in field.metadata}
    low, high = bounds.get(Ge), bounds.get(Le)
    return Setting(
        name=name,
        kind=typing.cast(Any, kind),
        default=field.default,
        choices=choices,
        low=float(low.ge) if low else None,
        high=float(high.le) if high else None,
        marks=tuple(extra["marks"]),
        label=str(field.title),
        help=str(field.description),
        group=extra["group"],
        live=extra["live"],
        front=extra["front"],
        url_key=extra["key"],
        told=MappingProxyType(extra["told"]),
    )
