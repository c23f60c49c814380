"""Experiments as a person just chose them: one to four settings away from the usual, drawn over the whole table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from gan_core.settings.compatibility import matters, usual
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import OF_POINTS
from gan_core.settings.problems import SettingsError
from gan_core.settings.setting import Setting, Value

# Not drawn: what a run is of, how long it is, what it does not depend on, and what is of folders or points alone.
GIVEN = {
    "dataset", "folder", "background", "mistake", "seed", "steps", "measure_every", "device", "threads", "architecture",
    *OF_POINTS,
}  # fmt: skip
# The default as often as all others together.
ARCHITECTURES = {"mlp": 10, "mlp-plain": 4, "dcgan": 4, "document-mlp": 1, "document-dcgan": 1}
# Seconds of one core for a step of 64 images of 28 x 28 in one channel at width 1, roughly; those of a convolutional
# network grow with the picture.
STEP_S = {"mlp": 0.004, "mlp-plain": 0.005, "dcgan": 0.04, "document-mlp": 0.009, "document-dcgan": 0.6}
BUDGETS = (300, 500, 1000, 2000)
MOST_S = 9.0  # of one core, for a run
MOST_S_OF = {"document-dcgan": 240.0}  # 300 steps of it take minutes: it would never be drawn

Moves = tuple[tuple[int, dict[str, Value]], ...]  # after which step, and to what


@dataclass(frozen=True)
class Drawn:
    """An experiment, and the settings that are moved while it runs: after which step, and to what."""

    experiment: Experiment
    moved: Moves = ()

    @property
    def key(self) -> str:
        """Equal for equal runs."""
        if not self.moved:
            return self.experiment.digest
        return hashlib.sha256(json.dumps([self.experiment.digest, self.moved]).encode()).hexdigest()[:16]

    @property
    def at_end(self) -> Experiment:
        """The settings that the run ends with."""
        e = self.experiment
        for _, changes in self.moved:
            e = e.replace(**changes)
        return e


def draw(dataset: str, seed: int) -> Drawn:
    """The experiment of a seed: the same each time."""
    chance = Random(f"{dataset} {seed}")
    while True:
        architecture = chance.choices(list(ARCHITECTURES), list(ARCHITECTURES.values()))[0]
        steps = chance.choice(BUDGETS)
        base = {"architecture": architecture, "dataset": dataset, "seed": seed, "steps": steps}
        try:
            e = _moved(Experiment(**base), chance, chance.randint(1, 4), live=False)
            found = Drawn(e)
            if chance.random() < 1 / 3:
                changes = _changes(e, chance, chance.randint(1, 2), live=True)
                found = Drawn(e, ((steps // 100 // 3 * 100 or 100, changes),))
            cost = seconds(found.at_end)
        except SettingsError:
            continue
        if max(cost, seconds(e)) <= MOST_S_OF.get(architecture, MOST_S):
            return found


def seconds(e: Experiment) -> float:
    """About what a run costs of one core."""
    convolutional = "dcgan" in e.architecture
    size = (e.image_size / 28) ** 2 * (1 if convolutional else (e.channels + 2) / 3)
    shape = max(0.5, size * e.width) * max(1.0, e.width) if convolutional else max(1.0, size) * max(0.5, e.width**1.5)
    updates = (2 * e.n_dis + e.n_gen) / 3 * (1.5 if e.penalty_every < 4 and e.penalty not in ("none", "clip") else 1)
    return STEP_S[e.architecture] * e.steps * shape * max(0.6, e.batch_size / 64) * updates


def _moved(e: Experiment, chance: Random, count: int, *, live: bool) -> Experiment:
    return e.replace(**_changes(e, chance, count, live=live))


def _changes(e: Experiment, chance: Random, count: int, *, live: bool) -> dict[str, Value]:
    """Other values for some settings that have an effect; with `live`, of those that may change while it runs."""
    changes: dict[str, Any] = {}
    while len(changes) < count:
        now = {**e.model_dump(), **changes}
        open_yet = [
            name
            for name, setting in SETTINGS.items()
            if name not in GIVEN | set(changes) and matters(name, now) and (setting.live or not live)
        ]
        name = chance.choice(open_yet)
        if others := [value for value in _values(SETTINGS[name], chance) if value not in (now[name], usual(now)[name])]:
            changes[name] = chance.choice(others)
    return changes


def _values(setting: Setting, chance: Random) -> Iterator[Value]:
    """What the controls offer at a glance."""
    if setting.kind == "switch":
        yield from (True, False)
    elif setting.kind == "set":
        yield tuple(str(choice) for choice in setting.choices if chance.random() < 0.5)
    elif setting.kind == "choice":
        yield from setting.choices
    else:
        yield from (round(mark) if setting.kind == "integer" else float(mark) for mark in setting.marks)
