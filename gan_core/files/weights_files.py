"""Weights of networks, as checkpoints keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gan_core.files.npy import Array

# How the names of a state dict's tensors end that nothing else has; with weight and spectral normalisation as well.
_ENDS = ("weight", "weight_orig", "weight_v", "running_mean", "original", "original0", "original1")


@dataclass(frozen=True, eq=False)
class WeightsFile:
    """One file with the weights of one or several networks."""

    file: str  # its name
    arrays: list[Array]  # each with the keys that lead to it
    counts: dict[str, float] = field(default_factory=dict)  # single numbers in it, such as epoch and step

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return sum(array.values.size for array in self.arrays)


def is_weights(arrays: Sequence[Array]) -> bool:
    """Whether these are weights, by their names."""
    return any(array.keys and str(array.keys[-1]).rpartition(".")[2] in _ENDS for array in arrays)
