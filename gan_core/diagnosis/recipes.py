"""Recipes: for each failure an experiment that shows it and the one setting that mends it, and each
document's own setup as the document has it, even where it does not fail as the document says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from gan_core.settings.experiment import Experiment

Side = Literal["broken", "fixed"]


@dataclass(frozen=True)
class Recipe:
    """Two experiments one setting apart, and what the first of them shows.

    `failure` is the name of the finding that `broken` ends with, empty where nothing fails although a
    document says so; `fixed` then holds the document's cure or its alternative. `document` is a file's number
    or empty. `carries_over` says for other datasets at how many seeds tests/study.py saw the same there, or that
    it does not happen, or that it is untested.
    """

    name: str
    failure: str
    document: str
    broken: Experiment
    fixed: Experiment
    words: str
    carries_over: Mapping[str, str]

    def side(self, side: Side) -> Experiment:
        """One of the two experiments."""
        return self.broken if side == "broken" else self.fixed

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "failure": self.failure,
            "document": self.document,
            "broken": self.broken.model_dump(mode="json"),
            "fixed": self.fixed.model_dump(mode="json"),
            "words": self.words,
            "carries_over": dict(self.carries_over),
        }


def find(name: str) -> Experiment:
    """The experiment called NAME, NAME:broken or NAME:fixed; without a side, the broken one.

    Raises ValueError that lists the names there are.
    """
    recipe, _, side = name.partition(":")
    if recipe in SAVING:
        raise ValueError(f"the recipe {recipe!r} shows a failure of saving, and trains nothing: see the page pixels")
    if recipe not in RECIPES:
        raise ValueError(f"there is no recipe {recipe!r}: choose from {', '.join(RECIPES)}")
    if side not in ("", "broken", "fixed"):
        raise ValueError(f"a recipe has the sides broken and fixed, not {side!r}")
    return RECIPES[recipe].side("fixed" if side == "fixed" else "broken")


def _recipe(
    name: str,
    failure: str,
    words: str,
    shared: dict[str, Any],
    broken: dict[str, Any],
    fixed: dict[str, Any],
    document: str = "",
) -> Recipe:
    """`broken` and `fixed` give the one setting its two values; `shared` is what both sides have."""
    return Recipe(
        name, failure, document, Experiment(**shared, **broken), Experiment(**shared, **fixed), words,
        MappingProxyType(_carries_over(name, shared.get("dataset", "digits"))),
    )  # fmt: skip


def _carries_over(name: str, dataset: str) -> dict[str, str]:
    """For each data set of the study besides the recipe's own: what tests/study.py counted there."""
    others = sorted({name for counted in _COUNTED.values() for name in counted} - {dataset})
    counted = {other: _COUNTED.get(name, {}).get(other, "untested") for other in others}
    return counted | NOT_THERE.get(name, {})


# The failures of saving; gan_core.saving_mistakes.known_mistakes has their recipes.
SAVING = ("wrapped-pixels", "wrong-range-map", "channel-order", "pil-error", "jpeg-loss")

# Enough for digits to be recognisable on the fixed side, and about five seconds.
SHORT = {"steps": 600}
NO_NORM = {"norm_g": "none"}
UNTRAINED = {"architecture": "document-dcgan", "steps": 0}
BARE = {**UNTRAINED, "norm_g": "none"}
DOCUMENT_RATES = {"lr_g": 1e-4, "lr_d": 5e-4, "steps": 1000}

# What does not fail elsewhere as it does on the recipe's own dataset, by looking at the pictures.
NOT_THERE = {
    "mode-collapse": {"fashion-mnist": "no: a few pictures repeat, but most differ (diversity 0.68 to 0.77)"},
    "blank-white": {"fashion-mnist": "partly: white as here, but the fixed side leaves the range (hardtanh, [0,1])"},
}
# recipe -> dataset -> at how many seeds both sides were judged right; written by `python -m tests.study table`.
_COUNTED: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "carries_over.json").read_text())

_ALL = (
    # One recipe for each failure, with the failure's own name.
    _recipe("out-of-range", "out-of-range", "Nothing bounds the output: haze",
        SHORT, {"output_activation": "linear"}, {"output_activation": "tanh"}),
    _recipe("blank-grey", "blank-grey", "Sigmoid cannot reach −1: all grey",
        {**SHORT, "output_activation": "sigmoid"}, {"data_range": "[-1,1]"}, {"data_range": "[0,1]"}),
    _recipe("blank-black", "blank-black", "Unscaled data turn everything black",
        SHORT, {"data_range": "raw"}, {"data_range": "[-1,1]"}),
    # The generator starts at 0, darker than the digits' mean; after two updates D knows that brighter is more
    # real, and one step of 0.3 sends every pixel beyond 1, where hardtanh is flat.
    _recipe("blank-white", "blank-white", "One step too far: stuck on white",
        {"architecture": "dcgan", "width": 0.5, "norm_g": "none", "init": "dcgan", "hidden_activation": "relu",
         "output_activation": "hardtanh", "data_range": "[0,1]", "n_dis": 2, "steps": 200},
        {"lr_g": 0.3}, {"lr_g": 1e-3}),
    _recipe("discriminator-too-strong", "discriminator-too-strong", "D never errs: G learns nothing",
        {"loss": "minimax", "n_dis": 3, "steps": 400}, {"lr_g": 1e-4}, {"lr_g": 1e-3}),
    _recipe("discriminator-too-weak", "discriminator-too-weak", "D hardly learns: static, no digits",
        SHORT, {"lr_d": 1e-6}, {"lr_d": 1e-3}),
    _recipe("identical-samples", "identical-samples", "Noise too small: one picture everywhere",
        {**NO_NORM, "steps": 1000}, {"noise_scale": 0.001}, {"noise_scale": 1.0}),
    _recipe("mode-collapse", "mode-collapse", "Momentum too high: few pictures remain",
        {**NO_NORM, "steps": 1000}, {"beta1": 0.9}, {"beta1": 0.5}),
    _recipe("exploding", "exploding", "Steps too long: weights run away",
        SHORT, {"lr_d": 1.0}, {"lr_d": 1e-3}),
    _recipe("non-finite", "non-finite", "Numbers overflow: the run stops",
        {"optimiser": "sgd", "beta1": 0.9, "penalty": "gradient_penalty", "lr_g": 0.01, "steps": 600},
        {"lr_d": 1.0}, {"lr_d": 0.01}),
    _recipe("untrained-grey", "untrained-grey", "Untrained, in eval mode: grey",
        UNTRAINED, {"sample_mode": "eval"}, {"sample_mode": "train"}),
    _recipe("batchnorm-mismatch", "batchnorm-mismatch", "Running statistics lag: washed-out pictures",
        {"sample_mode": "eval", "steps": 300}, {"bn_momentum": 0.001}, {"bn_momentum": 0.1}),
    _recipe("checkerboard", "checkerboard", "Kernel 3, stride 2: a lattice",
        {"architecture": "dcgan", "lr_g": 2e-4, "lr_d": 2e-4, "steps": 100},
        {"upsample": "transpose3"}, {"upsample": "resize"}),
    _recipe("unreachable-range", "unreachable-range", "Tanh cannot reach the bright pixels",
        SHORT, {"data_range": "standardised"}, {"data_range": "[-1,1]"}),
    # Document 000: negative pixels.
    _recipe("000-linear", "out-of-range", "Linear output leaves the pixel range",
        SHORT, {"output_activation": "linear"}, {"output_activation": "tanh"}, "000"),
    _recipe("000-tanh", "", "Tanh suffices: nothing left to clip",
        SHORT, {"output_activation": "tanh"}, {"output_activation": "hardtanh"}, "000"),
    # (tanh(x) + 1) / 2 is sigmoid(2x): the document's rescaled tanh.
    _recipe("000-complete", "out-of-range", "Tanh dips below 0 unless rescaled",
        {**SHORT, "data_range": "[0,1]"}, {"output_activation": "tanh"}, {"output_activation": "sigmoid"}, "000"),
    _recipe("000-complete-unscaled-data", "blank-grey", "Output rescaled, data not: all grey",
        {**SHORT, "output_activation": "sigmoid"}, {"data_range": "[-1,1]"}, {"data_range": "[0,1]"}, "000"),
    # Document 001: blank images.
    _recipe("001-rates-minimax", "discriminator-too-strong", "D five times faster: stuck in noise",
        DOCUMENT_RATES, {"loss": "minimax"}, {"loss": "non_saturating"}, "001"),
    _recipe("001-rates", "", "Only slow, never blank",
        {"lr_d": 5e-4, "steps": 1000}, {"lr_g": 1e-4}, {"lr_g": 5e-4}, "001"),
    _recipe("001-equal-rates", "", "Equal rates: even minimax learns",
        {"lr_g": 2e-4, "lr_d": 2e-4, "steps": 1000}, {"loss": "minimax"}, {"loss": "non_saturating"}, "001"),
    _recipe("001-gradient-penalty", "discriminator-too-strong", "A gradient penalty restrains D",
        {**DOCUMENT_RATES, "loss": "minimax"}, {"penalty": "none"}, {"penalty": "gradient_penalty"}, "001"),
    _recipe("001-sigmoid", "blank-grey", "Sigmoid against [-1,1]: all grey",
        SHORT, {"output_activation": "sigmoid"}, {"output_activation": "tanh"}, "001"),
    _recipe("001-unnormalised", "out-of-range", "Tanh dips below black, not blank",
        SHORT, {"data_range": "[0,1]"}, {"data_range": "[-1,1]"}, "001"),
    _recipe("001-raw", "blank-black", "Pixels as 0 to 255: black",
        SHORT, {"data_range": "raw"}, {"data_range": "[-1,1]"}, "001"),
    _recipe("001-slow-d", "discriminator-too-weak", "D too slow to teach anything",
        SHORT, {"lr_d": 1e-5}, {"lr_d": 1e-3}, "001"),
    _recipe("001-outliers", "", "Some broken images: no harm",
        SHORT, {"outliers": 0.05}, {"outliers": 0.0}, "001"),
    _recipe("001-no-augmentation", "", "Without augmentation: not blank either",
        SHORT, {"augment": ()}, {"augment": ("crop", "flip")}, "001"),
    # Document 002: untrained generators of three channels at 32x32. It asks for kaiming with fan_out: of a transposed
    # convolution PyTorch then counts the whole kernel, of which a pixel receives a quarter at stride 2.
    _recipe("002-bad", "", "BatchNorm in train mode: vivid noise",
        UNTRAINED, {"init": "pytorch"}, {"init": "he_normal_fan_out"}, "002"),
    _recipe("002-eval", "untrained-grey", "The same in eval mode: grey",
        UNTRAINED, {"sample_mode": "eval"}, {"sample_mode": "train"}, "002"),
    _recipe("002-no-batchnorm", "untrained-grey", "Without BatchNorm: grey",
        UNTRAINED, {"norm_g": "none"}, {"norm_g": "batch"}, "002"),
    _recipe("002-better", "", "Kaiming and sigmoid: paler, not better",
        {**UNTRAINED, "output_activation": "sigmoid", "data_range": "[0,1]"},
        {"init": "he_normal_fan_out"}, {"init": "pytorch"}, "002"),
    _recipe("002-kaiming", "untrained-grey", "Kaiming by fan_out: still grey",
        BARE, {"init": "he_normal_fan_out"}, {"init": "he_normal"}, "002"),
    _recipe("002-default", "untrained-grey", "Default weights grey, kaiming shows noise",
        BARE, {"init": "pytorch"}, {"init": "he_normal"}, "002"),
    _recipe("002-xavier", "untrained-grey", "Xavier without BatchNorm: still grey",
        {**UNTRAINED, "init": "xavier_normal"}, {"norm_g": "none"}, {"norm_g": "batch"}, "002"),
    _recipe("002-sigmoid", "untrained-grey", "Sigmoid is greyer than tanh",
        {**UNTRAINED, "output_activation": "sigmoid", "data_range": "[0,1]"},
        {"norm_g": "none"}, {"norm_g": "batch"}, "002"),
    _recipe("002-narrow-noise", "", "Narrow noise: BatchNorm undoes it",
        UNTRAINED, {"noise_scale": 0.01}, {"noise_scale": 1.0}, "002"),
    _recipe("002-narrow-noise-bare", "untrained-grey", "Narrow noise without BatchNorm: grey",
        {**UNTRAINED, "noise_scale": 0.01}, {"norm_g": "none"}, {"norm_g": "batch"}, "002"),
    _recipe("002-wide-noise", "untrained-grey", "Only far wider noise brings colour",
        BARE, {"noise_scale": 1.0}, {"noise_scale": 100.0}, "002"),
    _recipe("002-uniform-noise", "untrained-grey", "Uniform noise is no broader: grey",
        {**UNTRAINED, "noise": "uniform"}, {"norm_g": "none"}, {"norm_g": "batch"}, "002"),
    # Document 004: the fully connected GAN on Fashion-MNIST; its one gradient tape updates both networks at once.
    _recipe("004-mlp", "", "Its network: blobs drowned in specks",
        {"architecture": "document-mlp", "steps": 400}, {"update": "simultaneous"}, {"update": "alternating"}, "004"),
    _recipe("004-fashion", "", "Silhouettes with specks, not realistic",
        {"architecture": "document-mlp", "dataset": "fashion-mnist", "steps": 400},
        {"update": "simultaneous"}, {"update": "alternating"}, "004"),
    _recipe("004-momentum", "", "BatchNorm momentum: hardly matters",
        {"architecture": "document-mlp", "sample_mode": "eval", "steps": 400},
        {"bn_momentum": 0.9}, {"bn_momentum": 0.01}, "004"),
)  # fmt: skip

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
