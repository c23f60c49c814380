"""Counting the work of a computation, which is the same on every machine and under every load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import nn
from torch.nn.modules.module import register_module_forward_hook


@dataclass
class Work:
    """Multiply-adds of all forward passes through layers with a weight matrix or a kernel."""

    multiply_adds: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count the forward passes of every network within."""
    work = Work()

    def count(layer: nn.Module, arguments: tuple[Any, ...], output: Any) -> None:
        if isinstance(layer, nn.ConvTranspose2d):  # each pixel of its input is spread by the kernel
            work.multiply_adds += arguments[0].numel() * layer.weight[0].numel()
        elif isinstance(layer, nn.Linear | nn.Conv2d):
            work.multiply_adds += output.numel() * layer.weight[0].numel()

    hook = register_module_forward_hook(count)
    try:
        yield work
    finally:
        hook.remove()
