"""A Trainer as one safetensors file, and back: resumed equals uninterrupted, byte for byte on the CPU."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_core.data import SOURCES
from gan_core.data.images import Images
from gan_core.data.points import Points
from gan_core.engine.device import resolve
from gan_core.engine.layers import multiply_by
from gan_core.engine.mode_turnover import ModeTurnover
from gan_core.engine.networks import build_generator, memory_layout
from gan_core.engine.products import UNRECORDED, Library
from gan_core.engine.trainer import Trainer
from gan_core.files.atomic_write import write_whole
from gan_core.saved_runs.checkpoint_header import FORMAT, CheckpointError, changes_of, read_state, refusing_damage
from gan_core.settings.experiment import Experiment


def save_checkpoint(trainer: Trainer, path: Path) -> None:
    """Write weights, averages, optimisers and every random state, whole or not at all: under a temporary
    name, then renamed."""
    state = {
        "format": FORMAT,
        "experiment": trainer.experiment.json_text(),
        "step": trainer.step,
        "position": trainer.batches.position,
        "last": trainer.last,
        "images": _own_images(trainer),
        "product_library": trainer.product_library,
    }
    if trainer.mode_turnover.shares is not None:
        state["modes"] = asdict(trainer.mode_turnover)
    if trainer.changes:
        state["changes"] = [asdict(change) for change in trainer.changes]
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in _tensors(trainer).items()}
    write_whole(path, to_bytes(tensors, {"state": json.dumps(state)}))


def load_checkpoint(path: Path, data: Images | Points | None = None) -> Trainer:
    """The trainer as it was when the file was written; raises `CheckpointError`, or `DataError` and
    `DeviceError` where its data or device are not to be had."""
    state, experiment = read_state(path)
    with refusing_damage(path), safe_open(path, "pt") as file:
        saved = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    trainer = Trainer(experiment, data, _library(state))
    if state.get("images") != _own_images(trainer):
        raise CheckpointError(
            f"folder={experiment.folder!r} holds other pictures than {path.name} was trained with: put those back, or "
            "start a new run."
        )
    with refusing_damage(path):
        _restore(trainer, state, saved)
    return trainer


def load_generator(path: Path) -> tuple[int, Experiment, nn.Module]:
    """What draws the pictures of the run in the file, alone, on the experiment's device: (step, experiment, the
    generator or its running average). Raises `CheckpointError`, and `DeviceError` where the device is not to be had."""
    state, experiment = read_state(path)
    device = resolve(experiment.device)
    network = build_generator(experiment).to(device, memory_format=memory_layout(experiment))  # type: ignore[call-overload]
    multiply_by(_library(state), network)
    prefix = "average.module." if experiment.ema else "generator."
    with refusing_damage(path), safe_open(path, "pt") as file, torch.no_grad():
        for name, tensor in network.state_dict().items():
            tensor.copy_(file.get_tensor(prefix + name))
    return state["step"], experiment, network


def _library(state: dict[str, Any]) -> Library:
    """What the run's matrices were multiplied by, so that it goes on with the same roundings."""
    found: Library = "onednn" if state.get("product_library", UNRECORDED) == "onednn" else "blas"
    return found


def _own_images(trainer: Trainer) -> str | None:
    """What tells a person's own pictures from others; None for the data that is always the same."""
    return trainer.images.digest if SOURCES[trainer.experiment.dataset].own else None


def _restore(trainer: Trainer, state: dict[str, Any], saved: dict[str, Tensor]) -> None:
    trainer.step, trainer.last = state["step"], state["last"]
    trainer.changes = changes_of(state)
    trainer.mode_turnover = ModeTurnover(**state.get("modes", {}))
    trainer.batches.position = state["position"]
    trainer.batches.order = saved.pop("order")
    for name, source in _sources(trainer).items():
        source.set_state(saved.pop(f"random.{name}"))
    for name, optimiser in _optimisers(trainer).items():
        _restore_optimiser(optimiser, name, saved)
    with torch.no_grad():
        for name, parameter in _accumulating(trainer).items():
            if name in saved:
                parameter.grad = torch.empty_like(parameter, requires_grad=False).copy_(saved.pop(name))
        for name, tensor in _weights(trainer).items():
            tensor.copy_(saved.pop(name))


def _tensors(trainer: Trainer) -> dict[str, Tensor]:
    tensors = {**_weights(trainer), "order": trainer.batches.order}
    tensors |= {f"random.{name}": source.get_state() for name, source in _sources(trainer).items()}
    tensors |= {
        name: parameter.grad for name, parameter in _accumulating(trainer).items() if parameter.grad is not None
    }
    for name, optimiser in _optimisers(trainer).items():
        for index, values in optimiser.state_dict()["state"].items():
            tensors |= {f"{name}.{index}.{key}": value for key, value in values.items() if value is not None}
    return tensors


def _weights(trainer: Trainer) -> dict[str, Tensor]:
    networks = {"generator": trainer.g, "discriminator": trainer.d}
    if trainer.average is not None:
        networks["average"] = trainer.average
    return {f"{owner}.{name}": tensor for owner, net in networks.items() for name, tensor in net.state_dict().items()}


def _optimisers(trainer: Trainer) -> dict[str, Optimizer]:
    optimisers = {"optimiser_g": trainer.optimiser_g, "optimiser_d": trainer.optimiser_d}
    if trainer.optimiser_d_by_g is not None:
        optimisers["optimiser_d_by_g"] = trainer.optimiser_d_by_g
    return optimisers


def _accumulating(trainer: Trainer) -> dict[str, nn.Parameter]:
    """The parameters whose gradients the next step adds to; none without that mistake."""
    if trainer.experiment.mistake != "no_zero_grad":
        return {}
    owners = {"generator": trainer.g, "discriminator": trainer.d}
    return {
        f"gradient.{owner}.{name}": parameter
        for owner, network in owners.items()
        for name, parameter in network.named_parameters()
    }


def _sources(trainer: Trainer) -> dict[str, torch.Generator]:
    batches = trainer.batches
    sources = {"order": batches.generator, "augment": batches.augmenting}
    return sources | {"noise": trainer.noise, "chance": trainer.chance}


def _restore_optimiser(optimiser: Optimizer, name: str, saved: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Any]] = {}
    parameters = optimiser.param_groups[0]["params"]
    for key in [key for key in saved if key.startswith(f"{name}.")]:
        index, quantity = key.removeprefix(f"{name}.").split(".")
        value, parameter = saved.pop(key), parameters[int(index)]
        if value.shape == parameter.shape:
            # Fused optimisers pair numbers by their place in memory, so the strides must be the weight's own.
            value = torch.empty_like(parameter, requires_grad=False).copy_(value)
        state.setdefault(int(index), {})[quantity] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
