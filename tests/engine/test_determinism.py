"""The same Experiment gives the same bytes, whoever else is training and however often one looks."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from tiny import Rows, global_randomness_unchanged, rows_of, state_of, trained, trainer

from gan_core.engine import take_frame
from gan_core.engine.take_samples import collect

STOCHASTIC: dict[str, Any] = {
    "dropout_d": 0.3, "instance_noise": 0.1, "augment": ("crop", "flip"), "penalty": "gradient_penalty",
    "ema": 0.9,
}  # fmt: skip
SETS: list[dict[str, Any]] = [
    {},
    {"penalty_every": 2, "precision": "bfloat16"},
    {"architecture": "mlp-plain"},
    {"architecture": "dcgan-light"},
    {**STOCHASTIC, "norm_d": "batch", "minibatch_std": True, "pack": 2},
    {**STOCHASTIC, "architecture": "dcgan", "norm_d": "spectral"},
    {"architecture": "dcgan", "precision": "bfloat16", "norm_d": "batch"},
    {"optimiser": "rmsprop", "norm_d": "spectral", "sample_mode": "eval", "outliers": 0.3},
]


@pytest.mark.parametrize("settings", SETS)
def test_same_experiment_same_bytes_in_any_company(settings: dict[str, Any]) -> None:
    alone = trainer(**settings)
    rows = rows_of(alone, 5)
    beside, other = trainer(**settings), trainer(**{**settings, "seed": 1})
    rows_beside = [beside.measure()]
    for _ in range(5):
        other.train_step()
        other.look()
        beside.train_step()
        rows_beside.append(beside.measure())
    assert rows_beside == rows
    assert state_of(beside) == state_of(alone)
    assert state_of(other) != state_of(alone)


def test_same_experiment_same_bytes_in_two_threads() -> None:
    settings = SETS[4]
    alone = trainer(**settings)
    rows = rows_of(alone, 6)
    found: dict[int, tuple[Rows, dict[str, bytes]]] = {}

    def run(place: int, seed: int) -> None:
        torch.set_num_threads(1)
        made = trainer(**{**settings, "seed": seed})
        found[place] = rows_of(made, 6), state_of(made)

    threads = [threading.Thread(target=run, args=pair) for pair in ((0, 0), (1, 5))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == (rows, state_of(alone))
    assert found[1] != found[0]


@pytest.mark.parametrize("settings", SETS)
def test_looking_touches_nothing(settings: dict[str, Any]) -> None:
    """Looked at never, or three times a step in three ways: the same weights, buffers, modes, random states
    and rows."""
    unseen, seen = trainer(**settings), trainer(**settings)
    for _ in range(4):
        before = state_of(seen)
        sources = [s.get_state() for s in (seen.noise, seen.chance, seen.batches.generator, seen.batches.augmenting)]
        modes = [m.training for net in (seen.g, seen.d) for m in net.modules()]
        gradients = [None if p.grad is None else p.grad.clone() for p in (*seen.g_parameters, *seen.d_parameters)]
        for _ in range(2):
            seen._looked = None  # ask anew, not from memory
            seen.look()
            seen.measure()
            take_frame.take(seen)
            collect(seen, 3)
        assert state_of(seen) == before
        for source, state in zip(
            (seen.noise, seen.chance, seen.batches.generator, seen.batches.augmenting), sources, strict=True
        ):
            assert torch.equal(source.get_state(), state)
        assert [m.training for net in (seen.g, seen.d) for m in net.modules()] == modes
        for parameter, gradient in zip((*seen.g_parameters, *seen.d_parameters), gradients, strict=True):
            assert (parameter.grad is None) == (gradient is None)
            assert gradient is None or torch.equal(parameter.grad, gradient)
        seen.train_step()
        unseen.train_step()
        assert state_of(seen) == state_of(unseen)
    assert seen.measure() == unseen.measure()


def test_looking_twice_gives_the_same() -> None:
    made = trained(2, norm_d="spectral", ema=0.9)
    first = made.look()
    made._looked = None
    again = made.look()
    assert torch.equal(first.fake, again.fake)
    assert first.measurements == again.measurements


def test_no_global_randomness() -> None:
    for settings in SETS:
        with global_randomness_unchanged():
            made = trainer(**settings)
            made.train_step()
            take_frame.opening(made)
            take_frame.take(made)


def test_purposes_have_sources_of_their_own() -> None:
    """More draws for D leave G's noise and the data's order alone."""
    plain, noisy = trained(3), trained(3, dropout_d=0.5, instance_noise=1.0, penalty="gradient_penalty")
    assert torch.equal(plain.noise.get_state(), noisy.noise.get_state())
    assert torch.equal(plain.batches.generator.get_state(), noisy.batches.generator.get_state())
    assert not torch.equal(plain.chance.get_state(), noisy.chance.get_state())


def test_seeds_change_everything_but_the_data() -> None:
    first, second = trainer(seed=1), trainer(seed=2)
    assert not torch.equal(first.probe.z, second.probe.z)
    assert torch.equal(first.probe.real, second.probe.real)
    assert not torch.equal(first.g_parameters[0], second.g_parameters[0])
    assert not torch.equal(first.batches.next(), second.batches.next())
    # Seeds one apart must not share a stream between two purposes.
    states = [
        source.get_state().numpy().tobytes()
        for seed in range(6)
        for made in [trainer(seed=seed)]
        for source in (made.noise, made.chance, made.batches.generator, made.batches.augmenting)
    ]
    assert len(set(states)) == len(states)
