"""The least time that a step could take: its arithmetic at the rate of this processor's products, and its calls.

Both rates are measured here: that of products of large matrices, and what a call of PyTorch costs that does next to no
work. No loop that makes these calls can be faster; how near a step comes to it says what is left to gain.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from gan_core.data.images import Images
from gan_core.engine.products import faster_library, product
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

ROUNDS = 9
SIZE = 512  # rows and columns of the matrices
CALLS = 2000


@dataclass(frozen=True)
class Floor:
    """Of one step, on average over a period of its lazy penalty."""

    multiply_adds: float
    calls: float
    arithmetic_s: float  # at the measured rate of products
    calls_s: float  # at the measured cost of a call

    @property
    def seconds(self) -> float:
        """Both together."""
        return self.arithmetic_s + self.calls_s


class _Counted(TorchDispatchMode):
    """Counts the operators that reach the processor and what they multiply; views, which compute nothing, are not."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.multiply_adds = 0.0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        self.calls += not func.is_view
        if (flops := flop_registry.get(func.overloadpacket)) is not None:
            self.multiply_adds += flops(*args, **(kwargs or {}), out_val=result) / 2
        return result


def floor_of(e: Experiment, images: Images) -> Floor:
    """What a step of this experiment takes at least, in float32 on this processor."""
    trainer = Trainer(e, images, "blas")  # whose products are counted; oneDNN's are not
    period = e.penalty_every
    trainer.train_step()  # makes the optimisers' state
    with _Counted() as counted:
        for _ in range(period):
            trainer.train_step()
    multiply_adds, calls = counted.multiply_adds / period, counted.calls / period
    return Floor(multiply_adds, calls, multiply_adds / products_a_second(), calls * seconds_a_call())


def products_a_second() -> float:
    """Multiply-adds of large matrices, by the library that the engine uses here."""
    source = torch.Generator().manual_seed(0)
    x, weight = (torch.randn(SIZE, SIZE, generator=source) for _ in range(2))
    library = faster_library()
    with torch.no_grad():
        return SIZE**3 / _best(lambda: product(x, weight, None, library))


def seconds_a_call() -> float:
    """Of an operator on one number, without a gradient."""
    x = torch.zeros(1)

    def calls() -> None:
        for _ in range(CALLS):
            x.add_(x)

    with torch.no_grad():
        return _best(calls) / CALLS


def _best(work: Callable[[], object]) -> float:
    """The shortest of several rounds, since others may use the processor too."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)
