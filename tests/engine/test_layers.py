"""The faster ways of layers.py against PyTorch's own layers: outputs, gradients, gradients of gradients."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gan_core.engine.layers import Conv2d, ConvTranspose2d, Linear, multiply_by
from gan_core.engine.products import Library

PAIRS = {
    "linear": (Linear(7, 5), nn.Linear(7, 5), (6, 7)),
    "one logit": (Linear(7, 1), nn.Linear(7, 1), (6, 7)),
    "no bias": (Linear(7, 5, bias=False), nn.Linear(7, 5, bias=False), (6, 7)),
    "grey pictures": (Conv2d(1, 5, 4, 2, 1), nn.Conv2d(1, 5, 4, 2, 1), (3, 1, 8, 6)),
    "grey pictures of odd size": (Conv2d(1, 5, 4, 2, 1), nn.Conv2d(1, 5, 4, 2, 1), (3, 1, 9, 7)),
    "coloured pictures": (Conv2d(3, 5, 4, 2, 1), nn.Conv2d(3, 5, 4, 2, 1), (3, 3, 8, 6)),
    "kernel 3": (Conv2d(1, 5, 3, 1, 1), nn.Conv2d(1, 5, 3, 1, 1), (3, 1, 8, 6)),
    "to grey": (ConvTranspose2d(5, 1, 4, 2, 1), nn.ConvTranspose2d(5, 1, 4, 2, 1), (3, 5, 4, 3)),
    "to colour": (ConvTranspose2d(5, 3, 4, 2, 1), nn.ConvTranspose2d(5, 3, 4, 2, 1), (3, 5, 4, 3)),
    "transpose3": (
        ConvTranspose2d(5, 1, 3, 2, 1, output_padding=1),
        nn.ConvTranspose2d(5, 1, 3, 2, 1, output_padding=1),
        (3, 5, 4, 3),
    ),
    "from a vector": (
        ConvTranspose2d(5, 1, 4, 1, 0, bias=False),
        nn.ConvTranspose2d(5, 1, 4, 1, 0, bias=False),
        (3, 5, 1, 1),
    ),
}


def through(layer: nn.Module, x: Tensor) -> tuple[Tensor, ...]:
    """Output, gradients for the input and all parameters, and those of the squared input gradient (which is what
    a gradient penalty asks for; tanh keeps it from being constant)."""
    x = x.clone().requires_grad_(True)
    y = layer(x)
    weights = list(layer.parameters())
    gradients = torch.autograd.grad(y.tanh().sum(), [x, *weights], create_graph=True)
    second = torch.autograd.grad(gradients[0].square().sum(), [x, *weights])
    return y, *gradients, *second


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("library", ["blas", "onednn"])
def test_equals_pytorchs_layer(name: str, layout: torch.memory_format, library: Library) -> None:
    ours, theirs, shape = PAIRS[name]
    multiply_by(library, ours)
    source = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            mine.copy_(other.normal_(generator=source))
    if len(shape) == 4:
        ours.to(memory_format=layout)
    x = torch.randn(shape, generator=source)
    for a, b in zip(through(ours, x), through(theirs, x), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-4)  # where no gradient for x is asked
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = ours(x)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), theirs(x), rtol=0.05, atol=0.3)


@pytest.mark.parametrize("library", ["blas", "onednn"])
def test_expanded_gradients(library: Library) -> None:
    """sum() gives its gradient with stride 0, the layout that a library is likeliest to read wrongly."""
    layer, x = Linear(4, 3), torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    multiply_by(library, layer)
    nn.init.ones_(layer.weight)
    nn.init.zeros_(layer.bias)
    layer(x).sum().backward()
    assert layer.weight.grad is not None
    torch.testing.assert_close(layer.weight.grad, x.sum(0).expand(3, 4))
