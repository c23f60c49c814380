"""Comparison: two to four runs of one base experiment, each with a difference; what they share.

As a link, the base is written as everywhere and the differences as `v1` to `v4`:
`?d=mnist&v1=o:tanh&v2=o:linear`, several settings of one run apart by `;`. To compare experiments from anywhere
(saved runs, say): `Comparison.of([one, other]).to_query()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

from gan_core.settings import link
from gan_core.settings.compatibility import change, matters
from gan_core.settings.earlier_versions import brought_up_link
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS
from gan_core.settings.problems import Problem, SettingsError
from gan_core.settings.setting import Value

LEAST, MOST = 2, 4
KEYS = tuple(f"v{number}" for number in range(1, MOST + 1))
LETTERS = "ABCD"
Changes = dict[str, Value]


class ComparisonError(ValueError):
    """These runs cannot be compared; one sentence."""


@dataclass(frozen=True)
class Comparison:
    """Two to four runs of one base experiment.

    Raises ComparisonError for too few or too many, for two runs that are the same, and for settings that cannot be.
    """

    base: Experiment
    changes: tuple[Changes, ...]  # what each run changes of the base

    def __post_init__(self) -> None:
        if not LEAST <= len(self.changes) <= MOST:
            raise ComparisonError(f"{LEAST} to {MOST} runs can be compared, not {len(self.changes)}.")
        same = [pair for pair in combinations(range(len(self.changes)), 2) if not diff(*map(self.experiment, pair))]
        for one, other in same:
            raise ComparisonError(f"Runs {LETTERS[one]} and {LETTERS[other]} have the same settings: change one.")

    @classmethod
    def of(cls, experiments: Sequence[Experiment]) -> Comparison:
        """The comparison of given experiments, the first being the base."""
        if not experiments:
            raise ComparisonError(f"{LEAST} to {MOST} runs can be compared, not 0.")
        base = experiments[0]
        names = {name for other in experiments[1:] for name in _changes(base, other)}
        return cls(base, tuple({name: getattr(e, name) for name in SETTINGS if name in names} for e in experiments))

    def experiment(self, number: int) -> Experiment:
        """The settings of one run, counted from 0; those that follow a changed one follow it."""
        try:
            return self.base.replace(**self.changes[number])
        except SettingsError as error:
            raise ComparisonError(f"Run {LETTERS[number]}: {_told(error)}") from None

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The settings of all runs."""
        return tuple(self.experiment(number) for number in range(len(self.changes)))

    @property
    def differing(self) -> tuple[str, ...]:
        """The settings that are not the same in all runs, in the table's order."""
        first, *others = self.experiments
        names = {name for other in others for name in diff(first, other)}
        return tuple(name for name in SETTINGS if name in names)

    @property
    def shared(self) -> dict[str, Value]:
        """The settings that all runs have in common and that matter in any of them."""
        experiments, differing = self.experiments, self.differing
        return {
            name: getattr(experiments[0], name)
            for name in SETTINGS
            if name not in differing and any(matters(name, e.model_dump()) for e in experiments)
        }

    def sharing(self, name: str, value: Value) -> Comparison:
        """The same differences with another value of a setting that all runs have in common. Raises ComparisonError."""
        try:
            base = self.base.replace(**{name: value})
        except SettingsError as error:
            raise ComparisonError(_told(error)) from None
        return Comparison(base, tuple(own | {name: value} if name in own else own for own in self.changes))

    def to_query(self) -> dict[str, str]:
        """As a link's query."""
        query = link.to_query(self.base)
        return query | {key: _text(changes) for key, changes in zip(KEYS, self.changes, strict=False)}


def vary(base: Experiment, name: str, values: Sequence[Value]) -> Comparison:
    """The runs that have each of these values of one setting, all else as in the base."""
    if len({*values}) < len(values):
        raise ComparisonError(f"{SETTINGS[name].label}: give each value once.")
    return Comparison(base, tuple({name: value} for value in values))


def read_base(query: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The settings of a comparison's base, and what could not be read; see link.read_query.

    A link of an earlier version may have all its settings within the runs' changes.
    """
    given, problems = link.read_query(query)
    parts = [part for key in KEYS for part in query.get(key, "").split(";")]
    return brought_up_link(given, [part.partition(":")[0] for part in parts]), problems


def read_query(base: Experiment, query: Mapping[str, str]) -> tuple[Comparison | None, list[str]]:
    """The comparison that a link stands for, and one sentence for everything in it that is ignored. None where the
    link names fewer than two runs that can be."""
    told: list[str] = []
    kept: list[Changes] = []
    for key in KEYS:
        if key not in query:
            continue
        try:
            changes = _read(query[key])
            base.replace(**changes)
            if kept:
                Comparison(base, (*kept, changes))
        except ComparisonError as error:
            told.append(f"`{key}` is ignored. {error}")
        except SettingsError as error:
            told.append(f"`{key}` is ignored. {_told(error)}")
        else:
            kept.append(changes)
    if len(kept) == 1:
        told.append(f"The link has only one run that can be used; a comparison needs {LEAST} to {MOST}: `v1`, `v2`…")
    return (Comparison(base, tuple(kept)) if len(kept) >= LEAST else None), told


def _read(text: str) -> Changes:
    changes: Changes = {}
    for part in filter(None, text.split(";")):
        key, colon, value = part.partition(":")
        row = link.setting_of(key)
        if row is None or not colon:
            raise ComparisonError(f"“{part}” is not a setting with its value, such as `o:linear`.")
        try:
            changes[row.name] = row.parse(value)
        except ValueError:
            raise ComparisonError(f"{row.label} = “{value}”: must be {row.allowed}.") from None
    return changes


def _text(changes: Changes) -> str:
    return ";".join(f"{SETTINGS[name].url_key}:{SETTINGS[name].text(value)}" for name, value in changes.items())


def _told(error: SettingsError) -> str:
    rows = [(SETTINGS[problem.field], problem) for problem in error.problems]
    return " ".join(f"{row.label} = “{row.text(cast(Value, p.value))}”: {p.allowed}." for row, p in rows)


def _changes(base: Experiment, other: Experiment) -> Changes:
    """What turns the base into the other, those settings included that would follow but do not."""
    changes: Changes = {name: now for name, (_, now) in diff(base, other).items()}
    followed = change(base.model_dump(), changes)
    return changes | {name: getattr(other, name) for name in SETTINGS if followed[name] != getattr(other, name)}


# ------------------------------------------------------------------------------------------ the same start

# What a comparison keeps the same, and the settings that change it.
_DATA = frozenset({"dataset", "folder", "image_size", "channels", "data_range", "outliers"})
CHANGED_BY: dict[str, frozenset[str]] = {
    "initial weights": frozenset({"seed", "architecture", "init", "init_std"}),
    "data order": frozenset({"seed", "dataset", "folder", "batch_size"}),
    "noise": frozenset({"seed", "noise", "noise_scale", "latent_dim", "batch_size"}),
    "probe": _DATA | {"seed", "noise", "noise_scale", "latent_dim"},
}

# The settings that give some layers another shape; all other layers begin with the same weights still. Spectral norm
# divides the weights of D by their largest singular value.
_RESHAPING = frozenset({"width", "latent_dim", "image_size", "channels", "upsample", "minibatch_std", "pack"})


def same_start(experiments: Sequence[Experiment]) -> dict[str, tuple[str, ...]]:
    """For each part of the start, the settings that make it differ between these runs.

    None where it is the same in all, byte for byte, given the same data set. Of the initial weights that is said of
    the layers whose shape is the same.
    """
    differing = _differing(experiments)
    return {part: tuple(name for name in SETTINGS if name in differing & by) for part, by in CHANGED_BY.items()}


def reshaping(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """The settings that differ between these runs and give some layers another shape or scale."""
    spectral = {"norm_d"} if any(e.norm_d == "spectral" for e in experiments) else set()
    return tuple(name for name in SETTINGS if name in _differing(experiments) & (_RESHAPING | spectral))


def _differing(experiments: Sequence[Experiment]) -> set[str]:
    first, *others = experiments
    return {name for other in others for name in diff(first, other)}
