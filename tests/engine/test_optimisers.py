"""The optimiser and the average of the generator against PyTorch's own classes, bit for bit."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from tiny import tiny
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from gan_core.engine.networks import build_generator
from gan_core.engine.optimisers import AveragedGenerator, FusedAdam, advance


def network() -> nn.Module:
    """A small generator with weights and statistics of its own, always the same."""
    made = build_generator(tiny(norm_g="batch"))
    source = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=source))
    return made


def gradients(of: nn.Module, source: torch.Generator) -> None:
    """New gradients for all of its parameters."""
    for parameter in of.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=source)


def equal(first: nn.Module, second: nn.Module) -> bool:
    """Whether all numbers of both are the same."""
    return all(
        torch.equal(one, other)
        for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    )


@pytest.mark.parametrize("betas", [(0.0, 0.99), (0.9, 0.999)])
def test_adam_is_that_of_pytorch(betas: tuple[float, float]) -> None:
    ours, theirs = network(), network()
    fused = FusedAdam(list(ours.parameters()), lr=0.01, betas=betas)
    plain = Adam(theirs.parameters(), lr=0.01, betas=betas, fused=True)
    for step in range(6):
        for one, optimiser in ((ours, fused), (theirs, plain)):
            if step == 3:  # a rate changed while running
                optimiser.param_groups[0]["lr"] = 0.1
            gradients(one, torch.Generator().manual_seed(step))
        advance(fused)
        plain.step()
    assert equal(ours, theirs)


def test_adam_goes_on_from_what_it_was_given() -> None:
    source = torch.Generator().manual_seed(1)
    first = network()
    optimiser = FusedAdam(list(first.parameters()), lr=0.01)
    for _ in range(3):
        gradients(first, source)
        advance(optimiser)
    second = deepcopy(first)
    resumed = FusedAdam(list(second.parameters()), lr=0.01)
    gradients(second, torch.Generator().manual_seed(9))
    advance(resumed)  # moments of its own, which are to be forgotten
    second.load_state_dict(first.state_dict())
    resumed.load_state_dict(deepcopy(optimiser.state_dict()))
    kept = source.get_state()
    for one, of in ((first, optimiser), (second, resumed)):
        source.set_state(kept)
        for _ in range(2):
            gradients(one, source)
            advance(of)
    assert equal(first, second)


@pytest.mark.parametrize("warm_up", [False, True])
def test_the_average_is_that_of_pytorch(warm_up: bool) -> None:
    def average(averages: list[Tensor], weights: list[Tensor], count: Tensor) -> None:
        decay = min(0.9, (1 + count.item()) / (10 + count.item())) if warm_up else 0.9
        get_ema_multi_avg_fn(decay)(averages, weights, count)

    generator = network()
    ours = AveragedGenerator(tiny(norm_g="batch", ema=0.9, ema_warm_up=warm_up), generator)
    theirs = AveragedModel(generator, multi_avg_fn=average, use_buffers=True)
    source = torch.Generator().manual_seed(1)
    for _ in range(12):
        with torch.no_grad():
            generator(torch.randn(8, tiny().latent_dim, generator=source))  # moves its statistics
            for parameter in generator.parameters():
                parameter += torch.randn(parameter.shape, generator=source)
        ours.follow()
        theirs.update_parameters(generator)
    kept, expected = ours.state_dict(), theirs.state_dict()
    assert kept.keys() == expected.keys()
    for name, value in expected.items():
        if not name.endswith("num_batches_tracked"):  # PyTorch averages these counts, too, and rounds down
            assert torch.equal(kept[name], value), name
