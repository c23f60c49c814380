"""What a network's weights show: at one moment by themselves, and what moved from one moment to the next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_core.uploads.networks import Tensors

# The running statistics of BatchNorm, which move with each batch and which no optimiser trains.
_MEAN, _VARIANCE = "running_mean", "running_var"
_STATISTICS = (_MEAN, _VARIANCE, "num_batches_tracked")
# Numbers that are looked at together.
_PIECE = 1 << 16


@dataclass(frozen=True)
class TensorChange:
    """What became of one tensor from one moment to another."""

    name: str
    shape: tuple[int, ...]
    trained: bool  # a weight; false for running statistics and other states
    equal: bool  # in every number; NaN equals NaN
    before: float  # the norm at first
    apart: float  # the norm of the difference

    @property
    def relative(self) -> float | None:
        """How far it went, against its norm at first; None where that was 0, or a number is not finite."""
        ratio = self.apart / self.before if 0 < self.before < math.inf else math.inf
        return ratio if math.isfinite(ratio) else None


def is_trained(name: str, tensors: Tensors) -> bool:
    """Whether a tensor is a weight that an optimiser may move: no running statistics, no state of a normalisation."""
    stem, _, last = name.rpartition(".")
    spectral = last in ("_u", "_v", "weight_u") or (last == "weight_v" and f"{stem}.weight_orig".lstrip(".") in tensors)
    return last not in _STATISTICS and not spectral and tensors[name].dtype.kind == "f"


def changes(before: Tensors, after: Tensors) -> list[TensorChange]:
    """What became of each tensor that both moments have in the same shape."""
    return [
        TensorChange(name, now.shape, is_trained(name, after), *_moved(before[name], now))
        for name, now in after.items()
        if name in before and before[name].shape == now.shape
    ]


def others(before: Tensors, after: Tensors) -> list[str]:
    """The names of the tensors that only one moment has, or each in a shape of its own."""
    shapes = [{name: tensor.shape for name, tensor in tensors.items()} for tensors in (before, after)]
    return [name for name in before | after if shapes[0].get(name) != shapes[1].get(name)]


def moved(of: list[TensorChange]) -> dict[str, float]:
    """What became of a network, by name; without running statistics, what is said of them is missing.

    - `still`: the share of the weights that are exactly as before
    - `moved`: how far all of them went, against their norm
    - `statistics_still`: the share of the running statistics that are exactly as before
    """
    weights = [one for one in of if one.trained]
    statistics = [one for one in of if one.name.rpartition(".")[2] in _STATISTICS[:2]]
    found: dict[str, float] = {}
    if weights:
        found["still"] = sum(one.equal for one in weights) / len(weights)
        before, apart = math.hypot(*(one.before for one in weights)), math.hypot(*(one.apart for one in weights))
        if 0 < before < math.inf and math.isfinite(apart):
            found["moved"] = apart / before
    if statistics:
        found["statistics_still"] = sum(one.equal for one in statistics) / len(statistics)
    return found


def alone(tensors: Tensors) -> dict[str, float]:
    """What a network shows at one moment, by name.

    - `broken`: the share of NaN and infinite values
    - `zero_layers`: how many layers have no weight but 0
    - `fresh_statistics`: the share of the running statistics that are 0 and 1, as before the first batch
    """
    values = sum(tensor.size for tensor in tensors.values())
    found = {"broken": sum(_broken(tensor) for tensor in tensors.values()) / values, "zero_layers": 0.0}
    found["zero_layers"] = float(len(zero_layers(tensors)))
    fresh = [
        bool((tensor == float(name.endswith(_VARIANCE))).all())
        for name, tensor in tensors.items()
        if name.rpartition(".")[2] in _STATISTICS[:2]
    ]
    return found | ({"fresh_statistics": sum(fresh) / len(fresh)} if fresh else {})


def zero_layers(tensors: Tensors) -> list[str]:
    """The names of the weights of layers, of two dimensions and more, in which every number is 0."""
    return [
        name for name, tensor in tensors.items() if tensor.ndim > 1 and is_trained(name, tensors) and not tensor.any()
    ]


def _moved(before: NDArray[Any], now: NDArray[Any]) -> tuple[bool, float, float]:
    """Whether two tensors are equal, the norm of the first, and that of the difference."""
    equal, apart, norm = True, 0.0, 0.0
    for then, later in _pieces(before, now):
        # What is not finite is equal where it is the same, and else infinitely far.
        same = (then == later) | (np.isnan(then) & np.isnan(later))
        equal = equal and bool(same.all())
        with np.errstate(invalid="ignore", over="ignore"):
            apart += float(np.square(later[~same] - then[~same]).sum())
            norm += float(np.square(then).sum())
    return equal, _root(norm), _root(apart)


def _root(squares: float) -> float:
    return math.sqrt(squares) if math.isfinite(squares) else math.inf


def _broken(tensor: NDArray[Any]) -> int:
    return sum(int((~np.isfinite(piece)).sum()) for (piece,) in _pieces(tensor)) if tensor.dtype.kind == "f" else 0


def _pieces(*arrays: NDArray[Any]) -> Any:
    """Equal arrays side by side in small pieces, as float64: of a view that repeats its numbers no copy is made."""
    flags: Any = ["external_loop", "buffered"]
    with np.nditer(
        arrays, flags, [["readonly"]] * len(arrays), [np.float64] * len(arrays), "C", "same_kind", buffersize=_PIECE
    ) as pieces:
        for several in pieces:
            yield several if isinstance(several, tuple) else (several,)
