"""Loops as people write them, each healthy and with each common mistake: what is named, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from watch.loops import dcgan, drawn, keras_like

from gan_core.watch import Watch

STEPS = 120

# Mistakes that do no harm in so few steps, or that nothing handed over can show, are named as nothing.
NAMED = {
    "none": [],
    "detached_generator": ["no-gradient-to-g"],
    "no_zero_grad": ["accumulated-gradients"],
    "double_sigmoid": ["double-sigmoid"],
    "swapped_labels": ["wrong-labels"],
    "fake_label_for_g": ["wrong-labels"],
    "d_not_frozen": [],
    "other_noise_for_d": [],
    "d_in_eval": ["batchnorm-mismatch"],
    "batchnorm_before_tanh": [],
    "smoothing_sign": ["wrong-labels"],
}
# Keras clears gradients itself; its losses and answers are of two moments, so a formula fits them roughly only.
NAMED_IN_KERAS = {name: NAMED[name] for name in ("none", "detached_generator", "swapped_labels", "fake_label_for_g")}


def watched(loop, mistake: str) -> list[str]:
    with Watch(mistake, real=drawn(64, np.random.default_rng(1)), every=10) as watch:
        for step, handed_over in enumerate(loop(STEPS + 1, mistake)):
            watch(step, **handed_over)
    return [finding.failure for finding in watch.findings()]


@pytest.mark.parametrize("mistake", NAMED)
def test_a_dcgan_after_pytorchs_example(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert watched(dcgan, mistake) == NAMED[mistake]
    assert len(capsys.readouterr().err.splitlines()) == len(NAMED[mistake])  # told once, when it is first named


@pytest.mark.parametrize("mistake", NAMED_IN_KERAS)
def test_a_loop_in_the_style_of_keras(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert watched(keras_like, mistake) == NAMED_IN_KERAS[mistake]
    assert len(capsys.readouterr().err.splitlines()) == len(NAMED_IN_KERAS[mistake])


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
