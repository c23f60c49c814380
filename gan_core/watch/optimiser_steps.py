"""Whether D is trained by G's step: seen in the steps that torch's optimisers take between two calls of Watch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook
from torch.utils.hooks import RemovableHandle

MOST_STEPS = 16  # of optimisers, the last before a look
LEAST, EACH = 16, 256  # numbers of a gradient that are compared
_PARALLEL = 1 - 1e-6  # the cosine of gradients that are the same but for their length


@dataclass(frozen=True)
class _Step:
    """One step of an optimiser: whose weights it holds, and the gradients that both networks had at that moment."""

    of_g: bool
    of_d: bool
    gradient_g: Tensor | None
    gradient_d: Tensor | None


class OptimiserSteps:
    """Listens to the optimisers of two torch modules. They, the gradients and the weights are only read."""

    def __init__(self) -> None:
        self._steps: deque[_Step] = deque(maxlen=MOST_STEPS)
        self._handle: RemovableHandle | None = None

    def listen(self, generator: Any, discriminator: Any) -> None:
        """Note each step from now on, where both are torch modules."""
        self.stop()
        if not (isinstance(generator, nn.Module) and isinstance(discriminator, nn.Module)):
            return
        of_g, of_d = list(generator.parameters()), list(discriminator.parameters())
        ids_g, ids_d = {id(weight) for weight in of_g}, {id(weight) for weight in of_d}
        steps = self._steps

        def note(optimiser: Optimizer, _: Any, __: Any) -> None:
            held = {id(weight) for group in optimiser.param_groups for weight in group["params"]}
            if held & (ids_g | ids_d):
                steps.append(_Step(bool(held & ids_g), bool(held & ids_d), _gradient(of_g), _gradient(of_d)))

        self._handle = register_optimizer_step_pre_hook(note)

    def measure(self) -> dict[str, float]:
        """`d_trained_by_g`: 1 where D took a step of its own and another one in G's step, else 0. Listens no more.

        In G's step is what uses the gradients, of both networks, that were there when G was updated: no backward()
        came between. They may have been clipped or unscaled meanwhile. A loop with one step of D, at the same moment as
        G's, is a simultaneous update. Nothing where a network took no step.
        """
        steps = list(self._steps)
        self.stop()
        of_g, of_d = [one for one in steps if one.of_g], [one for one in steps if one.of_d]
        if not of_g or not of_d:
            return {}
        together = [any(_same(one, other) for other in of_g) for one in of_d]
        return {"d_trained_by_g": float(any(together) and not all(together))}

    def stop(self) -> None:
        """Listen no more, and forget what was noted."""
        if self._handle is not None:
            self._handle.remove()
            self._handle = None
        self._steps.clear()


@torch.no_grad()
def _gradient(weights: list[nn.Parameter]) -> Tensor | None:
    """A part of a network's gradient, copied: of the last weight that has one with enough numbers."""
    having = (weight.grad for weight in reversed(weights) if weight.grad is not None and weight.numel() >= LEAST)
    found = next(having, None)
    return None if found is None or found.is_sparse else found.detach().flatten()[:EACH].clone()


def _same(one: _Step, other: _Step) -> bool:
    return _parallel(one.gradient_g, other.gradient_g) and _parallel(one.gradient_d, other.gradient_d)


def _parallel(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None or one.shape != other.shape:
        return False
    return float(cosine_similarity(one.double(), other.double(), dim=0)) > _PARALLEL
