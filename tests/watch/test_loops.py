"""Loops as people write them, each healthy and with each common mistake: what is named, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from watch.keras_models import OfTensorFlow
from watch.loops import dcgan, drawn, keras_like

from gan_core.watch import Watch

STEPS = 150

# Other noise for D than for G is what Goodfellow's algorithm has, and named as nothing.
NAMED = {
    "none": [],
    "detached_generator": ["no-gradient-to-g"],
    "no_zero_grad": ["accumulated-gradients"],
    "double_sigmoid": ["double-sigmoid"],
    "swapped_labels": ["wrong-labels"],
    "fake_label_for_g": ["wrong-labels"],
    "d_not_frozen": ["discriminator-too-weak"],
    "other_noise_for_d": [],
    "d_in_eval": ["batchnorm-mismatch"],
    "batchnorm_before_tanh": ["normalised-output"],
    "smoothing_sign": ["wrong-labels"],
}


def watched(name: str) -> Watch:
    return Watch(name, real=drawn(64, np.random.default_rng(1)), every=10)


def named(watch: Watch) -> list[str]:
    watch.close()
    return [finding.failure for finding in watch.findings()]


@pytest.mark.parametrize("mistake", NAMED)
def test_a_dcgan_after_pytorchs_example(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    watch = watched(mistake)
    for step, handed_over in enumerate(dcgan(STEPS + 1, mistake)):
        watch(step, **handed_over)
    assert named(watch) == NAMED[mistake]
    assert len(capsys.readouterr().err.splitlines()) == len(NAMED[mistake])  # told once, when it is first named


@pytest.mark.parametrize("mistake", NAMED)
def test_a_loop_in_the_style_of_keras(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    as_modules, as_arrays = watched("on torch"), watched("on another backend")
    for step, handed_over in enumerate(keras_like(STEPS + 1, mistake, norm_d=mistake == "d_in_eval")):
        as_modules(step, **handed_over)
        players = {name: OfTensorFlow(handed_over[name]) for name in ("generator", "discriminator")}
        as_arrays(step, **handed_over | players)
    expected = NAMED[mistake]
    assert named(as_modules) == expected
    # Gradients are seen on torch alone; nowhere else does anything keep them from one step to the next.
    if mistake != "no_zero_grad":
        assert named(as_arrays) == expected
        assert len(capsys.readouterr().err.splitlines()) == 2 * len(expected)


@pytest.mark.parametrize("loop", [dcgan, keras_like, partial(keras_like, norm_d=True)])
def test_healthy_loops_at_other_rates_and_seeds_are_not_accused(loop: Callable[..., Any]) -> None:
    for lr, seed in ((0.0005, 11), (0.004, 12)):
        watch = watched(f"{lr}")
        for step, handed_over in enumerate(loop(STEPS + 1, lr=lr, seed=seed)):
            watch(step, **handed_over)
        assert named(watch) == []


def trained(*, watch: bool) -> list[bytes]:
    """Everything that a loop has after some steps, as bytes."""
    looking = Watch("looked at", real=drawn(16, np.random.default_rng(1)), every=3) if watch else None
    for step, handed_over in enumerate(dcgan(20)):
        if step == 10:
            handed_over["discriminator"].eval()
            handed_over["generator"][0].weight.requires_grad_(False)
        modes = [module.training for module in handed_over["discriminator"].modules()]
        if looking:
            looking(step, **handed_over)
        assert [module.training for module in handed_over["discriminator"].modules()] == modes
    left: list[bytes] = [torch.get_rng_state().numpy().tobytes()]
    for network in (handed_over["generator"], handed_over["discriminator"]):
        left += [tensor.numpy().tobytes() for tensor in network.state_dict().values()]  # BatchNorm's statistics in it
        for parameter in network.parameters():
            left.append(b"" if parameter.grad is None else parameter.grad.numpy().tobytes())
            left.append(bytes([parameter.requires_grad]))
    left += [handed_over[name].detach().numpy().tobytes() for name in ("fake", "loss_d", "real_logits")]
    return left


def test_looking_changes_nothing_of_the_loop() -> None:
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002 — the global state is what must not be drawn from
    assert trained(watch=True) == trained(watch=False)
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002
