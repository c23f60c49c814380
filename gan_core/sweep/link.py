"""A sweep's plan as the query of an address, and back: the base as everywhere, with `x=lg:0.001;0.01`, `seeds=0;1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_core.settings import link
from gan_core.settings.earlier_versions import brought_up_link
from gan_core.settings.experiment import Experiment, nearest
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Value
from gan_core.sweep.plan import PlanError, SweepPlan

AXES = ("x", "y")
SEEDS = "seeds"
AND = ";"


def to_query(plan: SweepPlan) -> dict[str, str]:
    """The plan of one or two settings."""
    axes = {
        key: f"{SETTINGS[name].url_key}:{AND.join(SETTINGS[name].text(value) for value in values)}"
        for key, (name, values) in zip(AXES, plan.vary.items(), strict=False)
    }
    return link.to_query(plan.base) | axes | {SEEDS: AND.join(map(str, plan.seeds))}


def read_query(query: Mapping[str, str], otherwise: SweepPlan) -> tuple[SweepPlan, list[str]]:
    """The plan that a query stands for, and one sentence for everything in it that is ignored.

    What the query does not say, or not in a way that can be, is as in `otherwise`.
    """
    given, problems = link.read_query(query)
    given = brought_up_link(given, [query.get(key, "").partition(":")[0] for key in AXES])
    try:
        base = Experiment(**given)
    except SettingsError as error:
        problems += error.problems
        base = nearest({name: value for name, value in given.items() if name not in {p.field for p in problems}})
    told = [f"`{p.field}` is ignored. “{p.value}”: {p.allowed}." for p in problems]
    vary: dict[str, tuple[Value, ...]] = {}
    for key in AXES:
        if key in query:
            try:
                name, values = _axis(query[key])
                SweepPlan(base, {name: values})
                vary[name] = values
            except PlanError as error:
                told.append(f"`{key}` is ignored. {error}")
    seeds: tuple[int, ...] = otherwise.seeds
    if SEEDS in query:
        try:
            seeds = tuple(int(text) for text in query[SEEDS].split(AND))
            SweepPlan(base, otherwise.vary, seeds)
        except (ValueError, PlanError):
            told.append(f"`{SEEDS}` is ignored. Whole numbers are expected, each once, as in `0;1;2`.")
            seeds = otherwise.seeds
    if not given and not vary:
        base = otherwise.base
    try:
        return SweepPlan(base, vary or otherwise.vary, seeds), told
    except PlanError as error:
        return otherwise, [*told, str(error)]


def knows(key: str) -> bool:
    """Whether a key may be in such a query."""
    return key in (*AXES, SEEDS) or link.setting_of(key) is not None


def _axis(text: str) -> tuple[str, tuple[Any, ...]]:
    key, colon, values = text.partition(":")
    row = link.setting_of(key)
    if row is None or not colon:
        raise PlanError(f"“{text}” is not a setting with its values, as in `lg:0.001;0.01`.")
    try:
        return row.name, tuple(row.parse(value) for value in values.split(AND))
    except ValueError:
        raise PlanError(f"{row.label}: must be {row.allowed}.") from None
