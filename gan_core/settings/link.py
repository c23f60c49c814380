"""An Experiment as a URL's query, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_core.settings.compatibility import usual
from gan_core.settings.earlier_versions import brought_up_link
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import Problem, SettingsError
from gan_core.settings.setting import Setting

# Read as well as the short keys, so that a link can be written by hand.
_FIELD_OF_KEY = {row.url_key: name for name, row in SETTINGS.items()} | {name: name for name in SETTINGS}


def setting_of(key: str) -> Setting | None:
    """The setting that a URL key (or a field's name) stands for; None where it is no setting's."""
    name = _FIELD_OF_KEY.get(key)
    return SETTINGS[name] if name else None


def to_query(experiment: Experiment) -> dict[str, str]:
    """The architecture, and all settings that differ from what comes with it, by their short URL keys."""
    given = experiment.model_dump()
    expected = {**usual(given), "architecture": None}
    return {row.url_key: row.text(given[name]) for name, row in SETTINGS.items() if given[name] != expected[name]}


def read_query(query: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The settings in a query, and what could not be read as a value at all. Keys that are no setting's are
    left to whoever they belong to (`run`, say)."""
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, text in query.items():
        name = _FIELD_OF_KEY.get(key)
        if name is None:
            continue
        try:
            given[name] = SETTINGS[name].parse(text)
        except ValueError:
            problems.append(Problem(name, text, "must be " + SETTINGS[name].allowed))
    return brought_up_link(given, query), problems


def from_query(query: Mapping[str, str]) -> Experiment:
    """The experiment that a query stands for; raises `SettingsError` with everything that is wrong."""
    given, problems = read_query(query)
    try:
        experiment = Experiment(**given)
    except SettingsError as error:
        raise SettingsError(problems + error.problems) from None
    if problems:
        raise SettingsError(problems)
    return experiment
