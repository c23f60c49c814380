"""Which networks the checkpoints hold that somebody brought, and in which order: by keys, files' names and counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from numpy.typing import NDArray

from gan_core.files.errors import shown
from gan_core.files.npy import Array
from gan_core.files.weights_files import WeightsFile, is_weights

# Words in keys and files' names that say which network it is, and those of copies that no optimiser trains. What may
# stand beside them in a state dict's own names, and what is wrapped around modules there.
_G, _D = {"g", "gen", "generator", "netg"}, {"d", "dis", "disc", "discriminator", "netd", "critic"}
_COPIES = {"ema", "avg", "average", "averaged", "shadow", "optim", "optimizer", "optimiser", "opt", "scheduler"}
_BESIDE = {"net", "model", "network", "a", "b"}
_WRAPPERS = {"module", "_orig_mod"}
# Counts by which checkpoints are put in order, the finest first.
_COUNTS = ("global_step", "step", "steps", "iteration", "iterations", "iter", "iters", "n_iter", "it", "batches",
           "epoch", "epochs", "current_epoch", "last_epoch")  # fmt: skip

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class SavedMoment:
    """One network as one file has it."""

    file: str
    step: float | None  # as the file or its name counts, None where it does not
    counted: str  # what is counted, such as "epoch"; "" for a number in the file's name
    tensors: Tensors  # by name


@dataclass(frozen=True, eq=False)
class BroughtNetwork:
    """One network, over the checkpoints that hold it."""

    role: str  # "g", "d" or "" where nothing says so
    title: str  # for people: "G", "D", "G (A)", a key, or "the network"
    moments: list[SavedMoment] = field(default_factory=list)  # the earliest first


def networks(checkpoints: Sequence[WeightsFile]) -> list[BroughtNetwork]:
    """The networks of all checkpoints: generators, discriminators, then others; each with its moments in order."""
    found: dict[tuple[str, str], BroughtNetwork] = {}
    counted = _counted(checkpoints)
    for checkpoint in checkpoints:
        for (role, title), arrays in _split(checkpoint).items():
            step = checkpoint.counts[counted] if counted else _number(checkpoint.file)
            moment = SavedMoment(checkpoint.file, step, counted, {name: array.values for name, array in arrays.items()})
            found.setdefault((role, title), BroughtNetwork(role, title)).moments.append(moment)
    for network in found.values():
        if all(moment.step is not None for moment in network.moments):
            network.moments.sort(key=lambda moment: moment.step or 0.0)
    return sorted(found.values(), key=lambda network: (network.role != "g", network.role != "d", network.title))


def role_of(text: str) -> str:
    """Which network a key or a file's name means: "g", "d", or "" where it says neither, both, or a copy of one."""
    words = set(_words(text))
    if words & _COPIES or bool(words & _G) == bool(words & _D):
        return ""
    return "g" if words & _G else "d"


def _words(text: str) -> list[str]:
    """netG_A2B as net, g, a, b."""
    return [word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)]


def _counted(checkpoints: Sequence[WeightsFile]) -> str:
    """The name by which all checkpoints count, so that not all have the same number; "" for none."""
    for name in _COUNTS:
        numbers = [checkpoint.counts.get(name) for checkpoint in checkpoints]
        if None not in numbers and (len(checkpoints) == 1 or len(set(numbers)) > 1):
            return name
    return ""


def _number(file: str) -> float | None:
    """The last number in a file's name: 5 in netG_epoch_5.pth."""
    numbers = re.findall("[0-9]{1,12}", PurePath(file).stem)
    return float(numbers[-1]) if numbers else None


def _split(checkpoint: WeightsFile) -> dict[tuple[str, str], dict[str, Array]]:
    """The tensors of each network by name, without what are no weights."""
    of_file = role_of(PurePath(checkpoint.file).stem)
    found: dict[tuple[str, str], dict[str, Array]] = {}
    for array in checkpoint.arrays:
        if array.values.dtype.kind not in "fiub":
            continue
        around, parts = [str(key) for key in array.keys[:-1]], str(array.keys[-1]).split(".")
        parts = [part for part in parts if part not in _WRAPPERS] or parts
        network, rest = _of_keys(around, parts, of_file, checkpoint.file)
        found.setdefault(network, {})[".".join(rest)] = array
    return {network: arrays for network, arrays in found.items() if is_weights(list(arrays.values()))}


def _of_keys(around: list[str], parts: list[str], of_file: str, file: str) -> tuple[tuple[str, str], list[str]]:
    """The role and title of the network that a tensor is of, and what is left of its name there."""
    for at, key in enumerate(around):
        if role := role_of(key):
            return (role, _title(role, key)), [*around[at + 1 :], *parts]
    if around and set(_words(around[0])) & _COPIES:
        return ("", shown(around[0])), [*around[1:], *parts]
    if of_file and len(around) < 2:
        return (of_file, _title(of_file, PurePath(file).stem)), parts
    for at, part in enumerate(parts[:2]):
        words = set(_words(part))
        if words & _COPIES:
            return ("", shown(part)), parts[at + 1 :]
        if words <= _G | _D | _BESIDE and len(parts) > at + 1 and (role := role_of(part)):
            return (role, _title(role, part)), parts[at + 1 :]
    return ("", "the network"), [*around, *parts] if len(around) > 1 else parts


def _title(role: str, text: str) -> str:
    """G, or G (A) of two generators."""
    which = "".join(word.upper() for word in _words(text) if word in ("a", "b"))
    return role.upper() + (f" ({which})" if which else "")
