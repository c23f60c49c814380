"""Faults that the weights of checkpoints give away, each once: how it is told, why it happens, what mends it.

That weights are exactly equal needs no threshold: an optimiser's step moves every weight that has a gradient, if only
by rounding. Of the loops in tests/uploads/test_weights.py all moved all weights of a network, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gan_core.diagnosis.detector import Condition
from gan_core.uploads.log_cures import Known, cure

# Of the weights of a network.
_STILL, _TRAINED = Condition("still", ">", 0.999), Condition("still", "<", 0.999)
# That the two moments differ, so that equal weights say something: the other network went on, BatchNorm saw batches, or
# the files count other steps, which is measured only where one network alone was brought.
_APART = (
    Condition("moved_other", ">", 0.0),
    Condition("statistics_still", "<", 0.5),
    Condition("steps_apart", ">", 0.0),
)
_NOTHING = Known(non_saturating=False, penalty=False, clip="", lr_d=None)


@dataclass(frozen=True, kw_only=True)
class WeightFault:
    """One fault that checkpoints may show."""

    failure: str
    role: Literal["g", "d", ""] = ""  # the network that it is looked for in, "" for any
    ways: tuple[tuple[Condition, ...], ...]  # of which one must hold whole
    why: str  # one sentence or two; {} is the network
    needs: str  # what must have been measured for it to be judged
    needed: str  # the same in words
    code: str
    fix: Mapping[str, Any] = field(default_factory=dict)  # settings


_BROKEN = cure("non-finite", _NOTHING)

WEIGHT_FAULTS = (
    WeightFault(
        failure="non-finite",
        ways=((Condition("broken", ">", 0.0),),),
        why="Weights of {} are NaN or infinite, so all that it gives is: go back to the last checkpoint without them, "
        "and train on with shorter steps.",
        needs="broken",
        needed="a checkpoint",
        code=_BROKEN.code,
        fix=_BROKEN.fix,
    ),
    WeightFault(
        failure="no-gradient-to-g",
        role="g",
        ways=tuple((_STILL, apart) for apart in _APART),
        why="Every weight of {} is exactly as before: no gradient reaches it, as where the generated images are "
        "detached in its step, or its optimiser holds other weights or never steps.",
        needs="still",
        needed="a second checkpoint of G, of a later step",
        code=cure("no-gradient-to-g", _NOTHING).code,
    ),
    WeightFault(
        failure="frozen-discriminator",
        role="d",
        ways=tuple((_STILL, apart) for apart in _APART),
        why="Every weight of {} is exactly as before: it does not learn, as where requires_grad is off or "
        "trainable is False in its own step, or its optimiser holds other weights or never steps.",
        needs="still",
        needed="a second checkpoint of D, of a later step",
        code=cure("constant-discriminator", _NOTHING).code,
    ),
    WeightFault(
        failure="batchnorm-mismatch",
        ways=(
            (_TRAINED, Condition("statistics_still", ">", 0.999)),
            (Condition("fresh_statistics", ">", 0.999),),
        ),
        why="{} has BatchNorm whose running statistics follow no batch, so it never ran in train mode while it "
        "learnt, and train() is missing; or this checkpoint is from before the first step.",
        needs="fresh_statistics",
        needed="a network with BatchNorm's running statistics",
        code="# Before the loop, and after every eval() for samples:\n"
        "def in_train_mode(*networks):\n"
        "    for network in networks:\n"
        "        network.train()",
    ),
    WeightFault(
        failure="zero-layer",
        ways=((Condition("zero_layers", ">", 0.0),),),
        why="{} has layers in which every weight is 0: nothing of their input gets through, and what lies before "
        "them gets no gradient.",
        needs="zero_layers",
        needed="a checkpoint",
        code="from torch import nn\n\n"
        "# Before training starts, draw the weights of such layers anew:\n"
        "def drawn_anew(network):\n"
        "    for module in network.modules():\n"
        '        weight = getattr(module, "weight", None)\n'
        "        if weight is not None and weight.dim() > 1 and not weight.any():\n"
        "            nn.init.normal_(weight, 0.0, 0.02)",
    ),
)  # fmt: skip
