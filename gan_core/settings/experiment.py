"""Experiment: the settings of a run, of which each is allowed and all go together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import SerializationInfo, SerializerFunctionWrapHandler, ValidationError, model_serializer

from gan_core.settings import compatibility, points
from gan_core.settings.earlier_versions import brought_up
from gan_core.settings.fields import SETTINGS, Fields, defaults
from gan_core.settings.mistakes import NONE
from gan_core.settings.problems import Problem, SettingsError
from gan_core.settings.setting import Value

# Settings that came later, each with the value that changes nothing.
_UNWRITTEN = (("background", "black"), ("mistake", NONE))


class Experiment(Fields):
    """All settings of one run, validated and frozen. Two equal experiments give the same run, byte for byte.

    Settings that were not given follow the architecture, penalty and so on that were (see
    compatibility.FOLLOWERS); every other default stands in the table, fields.py.
    Raises `SettingsError`, which lists every wrong field at once.
    """

    def __init__(self, /, **given: Any) -> None:
        followed = {**compatibility.followers(given), **given}
        try:
            super().__init__(**followed)
        except ValidationError as error:
            raise SettingsError(_field_problems(error, followed)) from None
        problems = [Problem(*conflict) for conflict in compatibility.conflicts(self)]
        if problems:
            raise SettingsError(problems)

    @model_serializer(mode="wrap")
    def _written(self, whole: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        """All settings; as JSON without those that came later and change nothing, so that a run has the bytes and the
        digest that it had before."""
        given: dict[str, Any] = whole(self)
        if info.mode != "json":
            return given
        shown = points.shown(given, defaults())
        return {name: value for name, value in shown.items() if (name, value) not in _UNWRITTEN}

    def replace(self, **changes: Any) -> Self:
        """This experiment with some settings changed; settings that follow a changed one follow it, unless
        they had been set to something of their own."""
        return type(self)(**compatibility.change(self.model_dump(), changes))

    def json_text(self) -> str:
        """All settings as JSON, fields in the table's order."""
        return self.model_dump_json(indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The experiment that `json_text` wrote, that of an earlier version too; raises `SettingsError` for anything
        else."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SettingsError([Problem("experiment", text[:40], f"JSON expected: {error}")]) from None
        if not isinstance(data, dict):
            raise SettingsError([Problem("experiment", text[:40], "a JSON object of settings expected")])
        return cls(**brought_up(data))

    @property
    def digest(self) -> str:
        """SHA-256 of the settings, 16 hexadecimal digits: equal for equal experiments."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()[:16]


def _field_problems(error: ValidationError, given: Mapping[str, Any]) -> list[Problem]:
    """One problem for each wrong field, then the conflicts among the fields that are right."""
    problems: dict[str, Problem] = {}
    for detail in error.errors():
        field = str(detail["loc"][0])
        if field in SETTINGS:
            problems[field] = Problem(field, given[field], "must be " + SETTINGS[field].allowed)
        else:
            problems[field] = Problem(field, given[field], "there is no such setting")
    repaired = Fields.model_construct(
        **defaults() | {name: value for name, value in given.items() if name not in problems}
    )
    for name, value, words in compatibility.conflicts(repaired):
        problems.setdefault(name, Problem(name, value, words))
    return list(problems.values())


def diff(first: Experiment, second: Experiment) -> dict[str, tuple[Value, Value]]:
    """The settings in which two experiments differ: name -> (value in first, value in second)."""
    return {
        name: (getattr(first, name), getattr(second, name))
        for name in SETTINGS
        if getattr(first, name) != getattr(second, name)
    }


def differences(e: Experiment) -> dict[str, tuple[Value, Value]]:
    """The settings in which an experiment differs from the usual one; on points its data, and what differs from the
    settings that they bring."""
    if e.dataset not in points.POINT_SETS:
        return diff(Experiment(), e)
    return {"dataset": (Experiment().dataset, e.dataset), **diff(Experiment(dataset=e.dataset), e)}


def nearest(given: Mapping[str, object]) -> Experiment:
    """The valid experiment closest to settings that may be wrong: unknown fields dropped, numbers clamped,
    other wrong values at their default, and of two settings that conflict the one named gets its default."""
    kept = {name: value for name, value in given.items() if name in SETTINGS}
    for _ in range(len(SETTINGS)):
        try:
            return Experiment(**kept)
        except SettingsError as error:
            usual = compatibility.usual(kept)
            for field in (problem.field for problem in error.problems):
                given_value = kept.get(field, usual[field])
                better = SETTINGS[field].nearest(given_value)
                kept[field] = better if better != given_value else usual[field]
                if field == "folder" and kept.get("dataset") == "folder":
                    del kept["dataset"]  # No folder is near to none.
    return Experiment()
