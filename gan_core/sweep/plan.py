"""What a sweep is to train: settings that vary, their values, and the seeds; each of their combinations is a cell."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS, Fields
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Value

MOST_FIELDS = 3
MOST_CELLS = 100_000
PARTS = ("base", "vary", "seeds", "steps")
# What does not tell runs of a sweep apart, or does so in another part of the plan.
NOT_VARIED = {"seed": "give the seeds as “seeds”", "folder": "give one folder in “base”"}

Vary = Mapping[str, tuple[Value, ...]]


class PlanError(ValueError):
    """This is no plan of a sweep; one sentence that names the part and the remedy."""


@dataclass(frozen=True)
class Cell:
    """One run of a sweep."""

    settings: dict[str, Value]  # of those that vary
    seed: int
    experiment: Experiment | None  # None where these settings cannot go together
    refused: str = ""  # then why


@dataclass(frozen=True)
class SweepPlan:
    """One to three settings with their values, all else as in the base. Raises PlanError."""

    base: Experiment
    vary: Vary
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if not 1 <= len(self.vary) <= MOST_FIELDS:
            raise PlanError(f"vary: {len(self.vary)} settings are named; name 1 to {MOST_FIELDS}.")
        object.__setattr__(self, "vary", {name: _checked(name, values) for name, values in self.vary.items()})
        for seed in self.seeds:
            _allowed("seed", seed, "seeds")
        if not self.seeds or len({*self.seeds}) < len(self.seeds):
            raise PlanError("seeds: give at least one, and each once, as in [0, 1, 2].")
        count = len(self.seeds)
        for values in self.vary.values():
            count *= len(values)
        if count > MOST_CELLS:
            raise PlanError(f"vary: these are {count:,} cells; choose fewer values or seeds, at most {MOST_CELLS:,}.")

    @cached_property
    def cells(self) -> Sequence[Cell]:
        """All of them: the values in their order, the last setting's changing first, and for each the seeds."""
        return tuple(self._made())

    def _made(self) -> Iterator[Cell]:
        for values in itertools.product(*self.vary.values()):
            settings = dict(zip(self.vary, values, strict=True))
            for seed in self.seeds:
                try:
                    yield Cell(settings, seed, self.base.replace(**settings, seed=seed))
                except SettingsError as error:
                    yield Cell(settings, seed, None, str(error))

    def check(self) -> None:
        """Raises PlanError where no cell can be trained; with the sentence of the first."""
        if all(cell.experiment is None for cell in self.cells):
            first = self.cells[0]
            raise PlanError(f"vary: no cell can be trained. {_named(first)}: {first.refused}")

    def refusals(self) -> list[str]:
        """One sentence for each combination of settings that cannot go together."""
        seed = self.seeds[0]
        return [
            f"{_named(cell)}: {cell.refused}" for cell in self.cells if cell.experiment is None and cell.seed == seed
        ]


def read_plan(text: str) -> SweepPlan:
    """The plan that a file holds, JSON as in `{"base": {…}, "vary": {"lr_g": […]}, "seeds": [0], "steps": 500}`; all
    but `vary` may be left out. Raises PlanError."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"The file is not JSON: {error}.") from None
    if not isinstance(given, dict):
        raise PlanError('The file holds no JSON object: write {"vary": {"lr_g": [0.001, 0.01]}}.')
    if unknown := [name for name in given if name not in PARTS]:
        raise PlanError(f"{unknown[0]}: a sweep has no such part; its parts are {', '.join(PARTS)}.")
    vary, base, seeds = given.get("vary"), given.get("base", {}), given.get("seeds", [0])
    if not isinstance(vary, dict):
        raise PlanError('vary: name 1 to 3 settings with their values, as in {"lr_g": [0.001, 0.01]}.')
    if not isinstance(base, dict):
        raise PlanError('base: an object of settings is expected, as in {"dataset": "mnist"}.')
    if not isinstance(seeds, list):
        raise PlanError("seeds: a list of whole numbers is expected, as in [0, 1, 2].")
    if "steps" in given and "steps" in vary:
        raise PlanError("steps: it varies already; leave it out of one of the two.")
    try:
        start = Experiment.from_json(json.dumps(base | ({"steps": given["steps"]} if "steps" in given else {})))
    except SettingsError as error:
        raise PlanError(f"base: {error}.") from None
    for name, values in vary.items():
        if name in SETTINGS and not isinstance(values, list):
            raise PlanError(f"vary: {name} needs a list of values, as in [{json.dumps(SETTINGS[name].default)}].")
    return SweepPlan(start, {name: tuple(map(_value, values)) for name, values in vary.items()}, tuple(seeds))


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _checked(name: str, values: Sequence[Any]) -> tuple[Value, ...]:
    """The values of one setting, each as the table has it."""
    if name not in SETTINGS:
        raise PlanError(f"vary: there is no setting {name!r}; choose one of {', '.join(SETTINGS)}.")
    if name in NOT_VARIED:
        raise PlanError(f"vary: {name} is none of the settings that vary; {NOT_VARIED[name]}.")
    if not values:
        raise PlanError(f"vary: {name} has no values; give at least one, or leave it out.")
    found = tuple(_allowed(name, value, f"vary: {name}") for value in values)
    if twice := [value for value in found if found.count(value) > 1]:
        raise PlanError(f"vary: {name} has {twice[0]!r} twice; give each value once.")
    return found


def _allowed(name: str, value: Any, part: str) -> Value:
    try:
        found: Value = getattr(Fields(**{name: value}), name)
    except ValidationError:
        raise PlanError(f"{part}: {value!r} is not allowed; it must be {SETTINGS[name].allowed}.") from None
    return found


def _named(cell: Cell) -> str:
    return ", ".join(f"{name}={value}" for name, value in cell.settings.items())
