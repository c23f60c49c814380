"""Loops by the order of their steps: which of them train D on G's gradient."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.optim import Adam
from torch.optim.optimizer import _global_optimizer_pre_hooks

from gan_core.watch.optimiser_steps import OptimiserSteps


class Loop:
    """Two small networks with what their steps are made of."""

    def __init__(self) -> None:
        torch.manual_seed(5)
        self.g, self.d = nn.Linear(4, 8), nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(), nn.Linear(16, 1))
        self.of_g, self.of_d = Adam(self.g.parameters()), Adam(self.d.parameters())
        self.of_both = Adam([*self.g.parameters(), *self.d.parameters()])

    def d_backward(self) -> None:
        self.of_d.zero_grad()
        on_real, on_fake = self.d(torch.randn(6, 8)), self.d(self.g(torch.randn(6, 4)).detach())
        (bce(on_real, torch.ones(6, 1)) + bce(on_fake, torch.zeros(6, 1))).backward()

    def g_backward(self) -> None:
        self.of_g.zero_grad()
        bce(self.d(self.g(torch.randn(6, 4))), torch.ones(6, 1)).backward()

    def d_step(self) -> None:
        self.d_backward()
        self.of_d.step()

    def g_step(self) -> None:
        self.g_backward()
        self.of_g.step()


def usual(loop: Loop) -> None:
    loop.d_step()
    loop.g_step()


def two_of_d(loop: Loop) -> None:
    loop.d_step()
    usual(loop)


def two_of_d_and_g_first(loop: Loop) -> None:
    loop.g_step()
    loop.d_step()
    loop.d_step()


def d_frozen(loop: Loop) -> None:
    loop.d_step()
    loop.d_step()
    loop.d.requires_grad_(False)
    loop.g_step()
    loop.d.requires_grad_(True)


def simultaneous(loop: Loop) -> None:
    loop.d_backward()
    loop.g_backward()
    loop.of_g.step()
    loop.of_d.step()


def never_cleared(loop: Loop) -> None:
    for network in (loop.d, loop.g, loop.d):
        bce(loop.d(loop.g(torch.randn(6, 4))), torch.ones(6, 1)).backward()
        (loop.of_d if network is loop.d else loop.of_g).step()


def d_after_g(loop: Loop) -> None:
    usual(loop)
    loop.of_d.step()


def d_before_g(loop: Loop) -> None:
    loop.d_step()
    loop.g_backward()
    loop.of_d.step()
    loop.of_g.step()


def only_gs_gradient(loop: Loop) -> None:
    loop.d_step()
    loop.of_d.zero_grad()
    loop.g_step()
    loop.of_d.step()


def clipped_between(loop: Loop) -> None:
    usual(loop)
    nn.utils.clip_grad_norm_(loop.d.parameters(), 0.01)
    loop.of_d.step()


def one_optimiser_holds_both(loop: Loop) -> None:
    loop.d_step()
    loop.of_d.zero_grad()
    loop.g_backward()
    loop.of_both.step()


RIGHT = (usual, two_of_d, two_of_d_and_g_first, d_frozen, simultaneous, never_cleared)
WRONG = (d_after_g, d_before_g, only_gs_gradient, clipped_between, one_optimiser_holds_both)


@pytest.mark.parametrize("calls_apart", [1, 3])  # loop steps from one call of Watch to the next
@pytest.mark.parametrize("loop", [*RIGHT, *WRONG])
def test_only_loops_whose_step_of_g_moves_d_are_told(loop: Callable[[Loop], None], calls_apart: int) -> None:
    made, steps = Loop(), OptimiserSteps()
    loop(made)
    for _ in range(10):
        steps.listen(made.g, made.d)
        for _ in range(calls_apart):
            loop(made)
        assert steps.measure() == {"d_trained_by_g": float(loop in WRONG)}


def test_the_steps_of_other_networks_are_not_noted_and_no_hook_is_left() -> None:
    made, other, steps = Loop(), Loop(), OptimiserSteps()
    hooks = len(_global_optimizer_pre_hooks)
    steps.listen(made.g, made.d)
    assert len(_global_optimizer_pre_hooks) == hooks + 1
    d_after_g(other)
    assert steps.measure() == {} and len(_global_optimizer_pre_hooks) == hooks
    steps.listen("no module", made.d)
    assert len(_global_optimizer_pre_hooks) == hooks
