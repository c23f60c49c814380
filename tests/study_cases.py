"""What the study trains: failing and healthy runs, and what each should be named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gan_core.diagnosis.recipes import RECIPES
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS
from tests.random_settings import Drawn, Moves, draw

KNOWN_PARTS = ("recipes", "documents", "spoilt", "healthy")  # where it is known what each run should be named
PARTS = (*KNOWN_PARTS, "random")
DATASETS = ("digits", "mnist", "fashion-mnist")


@dataclass(frozen=True)
class Case:
    """One experiment and what it should be named: a failure, or nothing at all."""

    label: str
    failure: str
    experiment: Experiment
    moved: Moves = ()  # settings that change while it runs

    @property
    def key(self) -> str:
        """Equal for equal runs."""
        return Drawn(self.experiment, self.moved).key


def recipe_cases(dataset: str, seed: int, documents: bool) -> Iterator[Case]:
    """Both sides of every recipe: those named after a failure, or those of the documents."""
    for recipe in RECIPES.values():
        if bool(recipe.document) != documents or (recipe.name == "004-fashion") != (
            documents and dataset == "fashion-mnist" and recipe.document == "004"
        ):
            continue
        if dataset in recipe.not_there or recipe.broken.dataset in POINT_SETS:  # those are counted in study_points.py
            continue
        for side, failure in (("broken", recipe.failure), ("fixed", "")):
            e = recipe.side(side).replace(dataset=dataset, seed=seed)  # type: ignore[arg-type]
            yield Case(f"{recipe.name}:{side}", failure, e)


# The architectures with every loss, each with the settings that let it learn.
_ARCHITECTURES: dict[str, dict[str, Any]] = {
    "mlp": {"steps": 700},
    "mlp-plain": {"architecture": "mlp-plain", "steps": 800},
    "dcgan": {"architecture": "dcgan", "width": 0.5, "steps": 300},
}
_LOSSES: dict[str, dict[str, Any]] = {
    "non_saturating": {},
    "minimax": {"loss": "minimax"},
    "hinge": {"loss": "hinge"},
    "least_squares": {"loss": "least_squares"},
    "wasserstein": {"loss": "wasserstein", "penalty": "gradient_penalty"},
}
# Settings that no recipe has: no threshold was chosen by them.
_VARIATIONS: dict[str, dict[str, Any]] = {
    "mlp, no penalty": {"penalty": "none", "steps": 700},
    "mlp, layer norm": {"norm_g": "layer", "steps": 1000},
    "mlp, spectral norm": {"norm_d": "spectral", "steps": 800},
    "mlp, slower": {"lr_g": 7e-4, "lr_d": 7e-4, "steps": 1000},
    "mlp, sigmoid in [0,1], eval mode": {
        "output_activation": "sigmoid", "data_range": "[0,1]", "sample_mode": "eval", "steps": 600,
    },
    "mlp, uniform noise, small batch": {"noise": "uniform", "batch_size": 32, "steps": 800},
    "mlp, dropout and label smoothing": {"dropout_d": 0.3, "label_smoothing": 0.1, "steps": 800},
    "mlp, no average": {"ema": 0.0, "steps": 800},
    "dcgan, spectral norm": {**_ARCHITECTURES["dcgan"], "norm_d": "spectral"},
    "dcgan, transpose4": {**_ARCHITECTURES["dcgan"], "upsample": "transpose4"},
    "dcgan, eval mode": {**_ARCHITECTURES["dcgan"], "sample_mode": "eval"},
}  # fmt: skip
# One setting brings the failure whatever the loss; with the steps that its detector needs.
_SPOILT: dict[str, dict[str, Any]] = {
    "out-of-range": {"output_activation": "linear"},
    "exploding": {"lr_d": 1.0},
    "discriminator-too-weak": {"lr_d": 1e-6},
    "identical-samples": {"noise_scale": 0.001, "norm_g": "none", "steps": 600},
    "batchnorm-mismatch": {"sample_mode": "eval", "bn_momentum": 0.0001, "steps": 200},
    "unreachable-range": {"data_range": "standardised", "steps": 100},
}


def _crossed() -> Iterator[tuple[str, dict[str, Any]]]:
    for architecture, shape in _ARCHITECTURES.items():
        for loss, needs in _LOSSES.items():
            yield f"{architecture}, {loss}", {**shape, **needs}


def healthy_cases(dataset: str, seed: int) -> Iterator[Case]:
    """Runs that learn."""
    for label, settings in (*_crossed(), *_VARIATIONS.items()):
        yield Case(label, "", Experiment(**settings, dataset=dataset, seed=seed))


def spoilt_cases(dataset: str, seed: int) -> Iterator[Case]:
    """Runs that fail by one setting, with every architecture and loss."""
    for failure, setting in _SPOILT.items():
        for label, settings in _crossed():
            e = Experiment(**settings | {"steps": 300} | setting, dataset=dataset, seed=seed)
            # A convolutional generator looks nearly the same in both modes after a few hundred steps.
            if failure != "batchnorm-mismatch" or "mlp" in e.architecture:
                yield Case(f"{failure}: {label}", failure, e)


def cases(part: str, dataset: str, seed: int) -> list[Case]:
    """All cases of a part of the study."""
    if part == "random":
        drawn = draw(dataset, seed)
        return [Case("random settings", "", drawn.experiment, drawn.moved)]
    if part == "healthy":
        return list(healthy_cases(dataset, seed))
    if part == "spoilt":
        return list(spoilt_cases(dataset, seed))
    return list(recipe_cases(dataset, seed, documents=part == "documents"))
