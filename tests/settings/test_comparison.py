"""Comparisons: links there and back, what runs share at their start, which of them is better."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny import tiny, tiny_images
from torch.nn.utils import parametrize

from gan_core.diagnosis.recipes import RECIPES
from gan_core.engine.trainer import Trainer
from gan_core.settings.comparison import (
    CHANGED_BY,
    Comparison,
    ComparisonError,
    read_query,
    same_start,
    vary,
)
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.link import from_query
from gan_core.settings.setting import Setting

BASE = Experiment(dataset="mnist", width=0.5)
V_KEYS = {"v1", "v2", "v3", "v4"}


def again(comparison: Comparison) -> Comparison:
    """The comparison after a journey through a link."""
    query = comparison.to_query()
    base = from_query({key: text for key, text in query.items() if key not in V_KEYS})
    read, told = read_query(base, query)
    assert not told
    assert read is not None
    return read


# ------------------------------------------------------------------------------------------ links


def test_a_link_of_one_setting_varied() -> None:
    comparison = vary(BASE, "output_activation", ("tanh", "linear", "sigmoid"))
    assert comparison.to_query() == {
        "a": "mlp", "d": "mnist", "w": "0.5", "v1": "o:tanh", "v2": "o:linear", "v3": "o:sigmoid",
    }  # fmt: skip
    assert again(comparison).experiments == comparison.experiments
    assert comparison.differing == ("output_activation",)
    assert comparison.shared["dataset"] == "mnist"
    assert "output_activation" not in comparison.shared


@pytest.mark.parametrize("name", RECIPES)
def test_any_two_experiments_come_back_from_their_link(name: str) -> None:
    broken, fixed = RECIPES[name].broken, RECIPES[name].fixed
    assert again(Comparison.of([broken, fixed])).experiments == (broken, fixed)


@pytest.mark.parametrize("leader", ["document-mlp", "document-dcgan"])
def test_a_setting_that_would_follow_but_does_not_is_in_the_link(leader: str) -> None:
    size = {"image_size": 32} if leader == "document-dcgan" else {}
    stubborn = Experiment(architecture=leader, lr_g=Experiment().lr_g, latent_dim=Experiment().latent_dim, **size)
    comparison = Comparison.of([Experiment(), stubborn])
    assert comparison.experiments == (Experiment(), stubborn)
    assert again(comparison).experiments == (Experiment(), stubborn)


def test_settings_follow_in_a_link_written_by_hand() -> None:
    comparison, told = read_query(Experiment(), {"v1": "a:mlp", "v2": "architecture:document-dcgan"})
    assert not told
    assert comparison is not None
    assert comparison.experiments[1] == Experiment(architecture="document-dcgan")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lg:7", "Learning rate of G = “7”: must be a number from 1e-06 to 1."),
        ("lg:fast", "Learning rate of G = “fast”: must be a number from 1e-06 to 1."),
        ("xx:1", "“xx:1” is not a setting with its value"),
        ("lg", "“lg” is not a setting with its value"),
        ("o:linear", "Runs A and B have the same settings"),
        ("p:clip;nd:spectral", "spectral norm rescales the weights"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_and_the_rest_is_used(text: str, words: str) -> None:
    comparison, told = read_query(Experiment(), {"v1": "o:linear", "v2": text, "v3": "o:tanh"})
    assert len(told) == 1
    assert told[0].startswith("`v2` is ignored. ")
    assert words in told[0]
    assert comparison is not None
    assert [e.output_activation for e in comparison.experiments] == ["linear", "tanh"]


def test_one_run_is_no_comparison() -> None:
    comparison, told = read_query(Experiment(), {"v1": "o:linear"})
    assert comparison is None
    assert "one run" in told[0]
    assert read_query(Experiment(), {}) == (None, [])


@given(st.dictionaries(st.sampled_from(sorted(V_KEYS)), st.text(max_size=30)))
def test_any_text_is_read_or_refused_in_words(query: dict[str, str]) -> None:
    comparison, told = read_query(Experiment(), query)
    named = len(comparison.changes) if comparison else 0
    assert len(told) + named >= len(query)


@pytest.mark.parametrize("values", [["tanh"], ["tanh", "tanh"], ["tanh", "linear", "relu", "sigmoid", "hardtanh"]])
def test_too_few_too_many_or_the_same_are_refused(values: list[str]) -> None:
    with pytest.raises(ComparisonError):
        vary(Experiment(), "output_activation", values)


def test_a_setting_that_all_share_changes_in_all() -> None:
    made = vary(Experiment(), "output_activation", ["tanh", "linear"]).sharing("dataset", "mnist")
    assert [(e.output_activation, e.dataset) for e in made.experiments] == [("tanh", "mnist"), ("linear", "mnist")]
    # Also one that the runs were given by themselves.
    both = Comparison(Experiment(), ({"lr_g": 0.01}, {"lr_g": 0.01, "loss": "hinge"})).sharing("lr_g", 0.1)
    assert [(e.lr_g, e.loss) for e in both.experiments] == [(0.1, Experiment().loss), (0.1, "hinge")]
    with pytest.raises(ComparisonError, match="must be a number from"):
        made.sharing("lr_g", 7.0)


# ------------------------------------------------------------------------------------------ the same start

BASES: list[dict[str, Any]] = [{}, {"architecture": "dcgan"}, {"init": "dcgan"}, {"init": "normal"}]
IMAGES = tiny_images(count=60)


def starts(e: Experiment) -> dict[str, Any]:
    """The initial weights by layer, the first epochs' images, the noise of some steps, and the probe."""
    trainer = Trainer(e, IMAGES if (e.image_size, e.channels) == (8, 1) else tiny_images(e.image_size, e.channels, 60))
    # Of a layer with spectral norm those that it divides.
    weights = [
        m.parametrizations.weight.original if parametrize.is_parametrized(m) else m.weight
        for net in (trainer.g, trainer.d)
        for m in net.modules()
        if _weighted(m)
    ]
    probe = trainer.probe
    order = []
    for _ in range(30):
        trainer._real()
        order.append(trainer.batches.order.numpy().copy())
    return {
        "initial weights": [w.detach().contiguous().numpy() for w in weights],
        "data order": order,
        "noise": [trainer._noise().numpy() for _ in range(3)],
        "probe": [probe.z.numpy(), probe.real.numpy()],
    }


def _weighted(module: torch.nn.Module) -> bool:
    return isinstance(module, torch.nn.Linear | torch.nn.Conv2d | torch.nn.ConvTranspose2d)


def others(row: Setting, value: Any) -> list[Any]:
    """Other values of a setting that these images and this machine allow."""
    if row.name in ("dataset", "folder", "device", "threads", "precision"):
        return []
    if row.kind == "switch":
        return [not value]
    if row.kind == "set":
        return [("flip",)]
    if row.kind == "choice":
        return [choice for choice in row.choices if choice != value and not str(choice).startswith("document-")]
    if row.name == "seed":
        return [1]
    cast = int if row.kind == "integer" else float
    return [cast(mark) for mark in row.marks if mark != value and 0.1 <= mark <= 32][:2]


def alike(one: list[Any], other: list[Any]) -> bool:
    """The same tensors, where shapes match."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=False) if a.shape == b.shape)


@pytest.mark.parametrize("settings", BASES, ids=str)
def test_what_is_called_the_same_start_is_the_same_byte_for_byte(settings: dict[str, Any]) -> None:
    """Every setting changed, one at a time: whatever is not said to differ does not."""
    base = tiny(**settings)
    first = starts(base)
    for name, row in SETTINGS.items():
        for value in others(row, getattr(base, name)):
            try:
                other = base.replace(**{name: value})
            except ValueError:
                continue  # it does not go with the others
            second, differs = starts(other), same_start([base, other])
            for part in CHANGED_BY:
                if not differs[part]:
                    assert alike(first[part], second[part]), f"{part} with {name}={value}"
                    assert part != "initial weights" or len(first[part]) == len(second[part])


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("initial weights", {"seed": 1}), ("initial weights", {"init": "he_normal"}),
        ("data order", {"batch_size": 16}), ("noise", {"noise": "uniform"}), ("probe", {"data_range": "[0,1]"}),
    ],
)  # fmt: skip
def test_what_is_said_to_differ_does(part: str, changes: dict[str, Any]) -> None:
    base, other = tiny(), tiny(**changes)
    assert same_start([base, other])[part] == tuple(changes)
    assert not alike(starts(base)[part], starts(other)[part])
