"""Runs on points that fail, each one setting from one that does not: what the page Points opens at a click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gan_core.diagnosis.failures import FAILURES
from gan_core.settings.experiment import Experiment, diff
from gan_core.settings.fields import SETTINGS

# Every value is a mark of its control: a slider whose marks change would be drawn anew, at its beginning.
_SHORT: dict[str, Any] = {"steps": 500}


@dataclass(frozen=True)
class PointFailure:
    """A failure in the plane, and the setting that makes it."""

    name: str  # in a link and in tests
    title: str
    failure: str  # the finding it is named by; empty where the verdict's headline says it
    shared: dict[str, Any]  # what both sides have
    setting: str
    broken: Any
    fixed: Any

    def experiment(self, *, broken: bool) -> Experiment:
        """One of the two sides."""
        return Experiment(**self.shared, **{self.setting: self.broken if broken else self.fixed})


def _of_recipe(name: str, title: str) -> PointFailure:
    """A failure of points alone: its own recipe."""
    recipe = FAILURES[name].recipe
    ((setting, (broken, fixed)),) = diff(recipe.broken, recipe.fixed).items()
    shared = {other: getattr(recipe.fixed, other) for other in SETTINGS if other != setting}
    return PointFailure(name, title, name, shared, setting, broken, fixed)


POINT_FAILURES = (
    PointFailure(
        "few-modes", "Few modes", "mode-collapse", {"dataset": "ring", **_SHORT}, "noise", "bernoulli", "uniform",
    ),
    _of_recipe("mode-hopping", "Hopping modes"),
    PointFailure(
        "noise-too-small", "Noise too small", "identical-samples", {"dataset": "ring", **_SHORT},
        "noise_scale", 0.0, 1.0,
    ),
    PointFailure("d-too-strong", "D too strong", "discriminator-too-strong", {"dataset": "gaussian", **_SHORT},
                 "lr_g", 1e-6, 4e-3),
    PointFailure("d-too-weak", "D too weak", "discriminator-too-weak", {"dataset": "ring", **_SHORT},
                 "lr_d", 1e-6, 4e-3),
    PointFailure("no-bound", "A critic without bound", "exploding",
                 {"dataset": "ring", "loss": "wasserstein", "lr_d": 0.01, "penalty_weight": 0.1, **_SHORT},
                 "penalty", "none", "r1"),
    PointFailure("circling", "Circling", "", {"dataset": "dirac", "loss": "minimax", "update": "simultaneous"},
                 "penalty", "none", "r1"),
    _of_recipe("generator-too-small", "G too small"),
)  # fmt: skip
